// All Chinese words, in the shape that English gives.

import type { Messages } from '../languages.ts'
import { attached } from './attached.ts'
import { clusters } from './clusters.ts'
import { edit } from './edit.ts'
import { ensemble } from './ensemble.ts'
import { access, frame, keys, timeline, units } from './frame.ts'
import { lints, lockDetail } from './lock-detail.ts'
import { lockView, why } from './lock-view.ts'
import { metrics } from './metrics.ts'
import { palette } from './palette.ts'
import { picture } from './picture.ts'
import { playground } from './playground.ts'
import { reading } from './reading.ts'
import { rounds } from './rounds.ts'
import { sessions } from './sessions.ts'
import { story } from './story.ts'
import { session, tree } from './tree.ts'
import { treeMap } from './tree-map.ts'
import { locks, watches } from './watches.ts'

export const zhCn: Messages = {
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
  edit,
  lockView,
  lockDetail,
  lints,
  why,
  attached,
  clusters,
}
