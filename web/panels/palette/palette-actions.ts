// What the page itself can do, for the palette; and how an entry is carried out. Orders to members go the same
// way as their buttons: what destroys asks first.

import { toggleRail } from '../../stores/layout-store.ts'
import { askFirst, type MemberAction, order } from '../../stores/member-actions.ts'
import { openOverlay } from '../../stores/overlay-store.ts'
import { togglePause } from '../../stores/pause-store.ts'
import { navigate, openView, select } from '../../stores/route-store.ts'
import { shareView } from '../share-button.tsx'
import type { PaletteEntry } from './rank.ts'

type ActionName =
  | 'pause'
  | 'share'
  | 'picture'
  | 'keys'
  | 'tour'
  | 'clusters'
  | 'attach'
  | 'rail'
  | 'dark'
  | 'light'
  | 'auto'
  | 'english'
  | 'chinese'

export const ACTIONS: readonly { readonly name: ActionName; readonly run: () => void }[] = [
  { name: 'pause', run: togglePause },
  { name: 'share', run: () => void shareView() },
  { name: 'picture', run: () => openOverlay('picture') },
  { name: 'keys', run: () => openOverlay('keys') },
  { name: 'tour', run: () => openOverlay('tour') },
  { name: 'clusters', run: () => openOverlay('clusters') },
  { name: 'attach', run: () => openOverlay('attach') },
  { name: 'rail', run: toggleRail },
  { name: 'dark', run: () => navigate({ theme: 'dark' }, 'replace') },
  { name: 'light', run: () => navigate({ theme: 'light' }, 'replace') },
  { name: 'auto', run: () => navigate({ theme: null }, 'replace') },
  { name: 'english', run: () => navigate({ language: 'en' }, 'replace') },
  { name: 'chinese', run: () => navigate({ language: 'zh-CN' }, 'replace') },
]

const HARMLESS: ReadonlySet<string> = new Set<MemberAction>(['start', 'resume'])
const ORDERS: Readonly<Record<string, MemberAction>> = {
  kill: 'kill',
  start: 'start',
  pause: 'pause',
  resume: 'resume',
}

function runAction(name: string): void {
  const own = ACTIONS.find((action) => action.name === name)
  if (own) {
    own.run()
    return
  }
  const [what = '', sid = ''] = name.split(' ')
  const action = ORDERS[what]
  if (!action) return
  if (HARMLESS.has(action)) void order(Number(sid), action)
  else askFirst(Number(sid), action)
}

export function runEntry({ run }: PaletteEntry): void {
  switch (run.type) {
    case 'view':
      openView(run.view)
      return
    case 'lock':
      navigate({ view: 'locks', lock: run.path })
      return
    case 'action':
      runAction(run.name)
      return
    default:
      if (run.view) navigate({ view: run.view })
      select(run.selection)
  }
}
