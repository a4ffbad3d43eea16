// The whole page: the frame, the view that the route names, and the screens that stand in for them when
// there is no token or no permission.

import type { ReactNode } from 'react'
import { useCallback, useEffect, useState } from 'react'
import { Answer } from '../panels/answer.tsx'
import { Inspector } from '../panels/inspector.tsx'
import { ActionDialog } from '../panels/member-actions.tsx'
import { Notices } from '../panels/notices.tsx'
import { Rail, Settings } from '../panels/rail.tsx'
import { Timeline } from '../panels/timeline.tsx'
import { LostBanner, WorldBadge } from '../panels/world.tsx'
import { useNarrow } from '../stores/narrow.ts'
import type { ViewName } from '../stores/route.ts'
import { useRoute } from '../stores/route-store.ts'
import { useViewStore } from '../stores/view-store.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Icon } from '../ui/icon.tsx'
import { useLanguage, useMessages } from '../ui/words.ts'
import { AccessPage, type ReadToken } from './access-page.tsx'
import { EnsemblePage } from './ensemble-page.tsx'
import { useKeyboard } from './keyboard.ts'
import { LocksPage } from './locks-page.tsx'
import { RoundsPage } from './rounds-page.tsx'
import { TreePage } from './tree-page.tsx'
import { WatchesPage } from './watches-page.tsx'

const PAGES: Record<ViewName, () => ReactNode> = {
  ensemble: EnsemblePage,
  tree: TreePage,
  rounds: RoundsPage,
  watches: WatchesPage,
  locks: LocksPage,
}

interface AppProps {
  readonly hasToken: boolean
  readonly readToken: ReadToken
  readonly onToken: (token: string) => void
}

export function App({ hasToken, readToken, onToken }: AppProps) {
  useDocument()
  const status = useViewStore((state) => state.status)
  if (!hasToken) return <AccessPage refused={null} readToken={readToken} onToken={onToken} />
  if (status.type === 'refused') return <AccessPage refused={status} readToken={readToken} onToken={onToken} />
  return <Frame />
}

/** Theme, language and title of the document follow the route. */
function useDocument(): void {
  const language = useLanguage()
  const { frame } = useMessages()
  const theme = useRoute((route) => route.theme)
  const view = useRoute((route) => route.view)
  useEffect(() => {
    const root = document.documentElement
    root.lang = language
    if (theme) root.dataset.theme = theme
    else delete root.dataset.theme
    document.title = `${frame.views[view]} · Zabscope`
  }, [language, theme, view, frame])
}

function Frame() {
  const { frame } = useMessages()
  const view = useRoute((route) => route.view)
  const stale = useViewStore((state) => state.known && state.status.type !== 'live')
  const [help, setHelp] = useState(false)
  useKeyboard(useCallback(() => setHelp(true), []))
  const Page = PAGES[view]
  return (
    <div className="frame" data-stale={stale ? '' : undefined}>
      <button type="button" className="button skip" onClick={() => document.getElementById('view')?.focus()}>
        {frame.skip}
      </button>
      <Rail />
      <header className="header">
        <h1>{frame.views[view]}</h1>
        <Answer />
        <div className="tools">
          <WorldBadge />
          <button
            type="button"
            className="button quiet icon"
            aria-label={frame.keys}
            title={frame.keys}
            onClick={() => setHelp(true)}
          >
            <Icon name="keys" />
          </button>
        </div>
      </header>
      <LostBanner />
      <main className="view" id="view" tabIndex={-1}>
        <Page />
      </main>
      <Inspector />
      <Timeline />
      <Notices />
      <ActionDialog />
      {help && <Help onClose={() => setHelp(false)} />}
    </div>
  )
}

function Help({ onClose }: { readonly onClose: () => void }) {
  const { keys, frame } = useMessages()
  const narrow = useNarrow()
  return (
    <Dialog title={keys.title} onClose={onClose}>
      <dl className="facts keys">
        {keys.list.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      {/* The rail has no room for them there. */}
      {narrow && <Settings />}
      <div className="buttons">
        <button type="button" className="button" onClick={onClose}>
          {frame.close}
        </button>
      </div>
    </Dialog>
  )
}
