// The inspector: everything known about what is selected. It only chooses the part that shows it.

import type { ReactNode } from 'react'
import { unreachable } from '#shared/base/assert.ts'
import type { Messages } from '../i18n/languages.ts'
import { INSPECTOR_PX, setLayout, useLayout } from '../stores/layout-store.ts'
import type { Selection } from '../stores/route.ts'
import { select, useRoute } from '../stores/route-store.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Resizer } from '../ui/resizer.tsx'
import { Visible } from '../ui/visible.tsx'
import { useMessages } from '../ui/words.ts'
import { InspectContender } from './inspect-contender.tsx'
import { InspectMember } from './inspect-member.tsx'
import { InspectRound } from './inspect-round.tsx'
import { InspectSession } from './inspect-session.tsx'
import { InspectWatch } from './inspect-watch.tsx'
import { InspectZnode } from './inspect-znode.tsx'

function titleOf(selection: Selection, words: Messages): string {
  switch (selection.type) {
    case 'member':
      return words.ensemble.member(String(selection.sid))
    case 'round':
      return selection.zxid
    case 'session':
      return `${words.session.title} ${selection.session}`
    default:
      return selection.path
  }
}

/** What is worth copying. */
function exactOf(selection: Selection): string | null {
  switch (selection.type) {
    case 'member':
      return null
    case 'round':
      return selection.zxid
    case 'session':
      return selection.session
    default:
      return selection.path
  }
}

function content(selection: Selection): ReactNode {
  switch (selection.type) {
    case 'member':
      return <InspectMember sid={selection.sid} />
    case 'znode':
      return <InspectZnode path={selection.path} />
    case 'round':
      return <InspectRound zxid={selection.zxid} />
    case 'session':
      return <InspectSession session={selection.session} />
    case 'watch':
      return <InspectWatch path={selection.path} />
    case 'contender':
      return <InspectContender path={selection.path} />
    default:
      return unreachable(selection)
  }
}

export function Inspector() {
  const words = useMessages()
  const selection = useRoute((route) => route.selection)
  const width = useLayout((layout) => layout.inspectorPx)
  if (!selection) return null
  const title = titleOf(selection, words)
  const exact = exactOf(selection)
  const mono = selection.type !== 'member' && selection.type !== 'session'
  return (
    <aside className="inspector" aria-label={words.frame.inspector}>
      <Resizer
        label={words.palette.inspectorSize}
        axis="x"
        value={width}
        {...INSPECTOR_PX}
        onChange={(inspectorPx) => setLayout({ inspectorPx })}
      />
      <div className="inspector-head">
        <h2 className={mono ? 'mono' : undefined}>
          <Visible text={title} />
        </h2>
        {exact !== null && <CopyButton value={exact} />}
        <button type="button" className="button quiet icon" aria-label={words.frame.close} onClick={() => select(null)}>
          <Icon name="close" />
        </button>
      </div>
      <div className="inspector-body">{content(selection)}</div>
    </aside>
  )
}
