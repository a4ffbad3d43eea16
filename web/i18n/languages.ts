// The languages of the page. English decides the shape; a message missing in another language, or with other
// parameters, does not compile. ui/words.ts has the hooks.

import { attached } from './en/attached.ts'
import { clusters } from './en/clusters.ts'
import { edit } from './en/edit.ts'
import { ensemble } from './en/ensemble.ts'
import { access, frame, keys, timeline, units } from './en/frame.ts'
import { lints, lockDetail } from './en/lock-detail.ts'
import { lockView, why } from './en/lock-view.ts'
import { metrics } from './en/metrics.ts'
import { palette } from './en/palette.ts'
import { picture } from './en/picture.ts'
import { playground } from './en/playground.ts'
import { reading } from './en/reading.ts'
import { rounds } from './en/rounds.ts'
import { sessions } from './en/sessions.ts'
import { story } from './en/story.ts'
import { session, tree } from './en/tree.ts'
import { treeMap } from './en/tree-map.ts'
import { locks, watches } from './en/watches.ts'
import { zhCn } from './zh-cn/all.ts'

const en = {
  frame,
  timeline,
  access,
  keys,
  units,
  ensemble,
  tree,
  treeMap,
  session,
  rounds,
  watches,
  locks,
  palette,
  picture,
  story,
  sessions,
  metrics,
  reading,
  playground,
  attached,
  clusters,
  edit,
  lockView,
  lockDetail,
  lints,
  why,
}

type Shape<T> = T extends (...args: infer A) => string
  ? (...args: A) => string
  : T extends string
    ? string
    : { readonly [Key in keyof T]: Shape<T[Key]> }

/** The route has the same ones; where the two meet (ui/words.ts) a difference does not compile. */
export type Language = 'en' | 'zh-CN'

export type Messages = Shape<typeof en>

export const MESSAGES: Record<Language, Messages> = { en, 'zh-CN': zhCn }

/** The language of the browser, when the page has it; else English. */
export function preferredLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    if (/^zh\b/i.test(tag)) return 'zh-CN'
    if (/^en\b/i.test(tag)) return 'en'
  }
  return 'en'
}
