// The whole page: the frame, the view that the route names, and the screens that stand in for them when
// there is no token or no permission.

import type { ReactNode } from 'react'
import { useEffect } from 'react'
import type { CapabilityId } from '#shared/events/attach.ts'
import { Answer } from '../panels/answer.tsx'
import { AttachedBadge } from '../panels/attached-badge.tsx'
import { ClusterOverlays, ClustersButton, GoneBanner } from '../panels/clusters/cluster-overlays.tsx'
import { useDroppedRecording } from '../panels/clusters/open-recording.tsx'
import { RecordingBar } from '../panels/clusters/recording-bar.tsx'
import { Inspector } from '../panels/inspector.tsx'
import { ActionDialog } from '../panels/member-actions.tsx'
import { Notices } from '../panels/notices.tsx'
import { Palette } from '../panels/palette/palette.tsx'
import { PasswordAgain } from '../panels/password-again.tsx'
import { PictureDialog } from '../panels/picture/picture-dialog.tsx'
import { LinkFaults } from '../panels/playground/link-faults.tsx'
import { Rail, Settings } from '../panels/rail.tsx'
import { ReplayBar } from '../panels/replay-bar.tsx'
import { ShareButton } from '../panels/share-button.tsx'
import { Timeline } from '../panels/timeline.tsx'
import { Tour } from '../panels/tour.tsx'
import { LostBanner, NobodyServes, WorldBadge } from '../panels/world.tsx'
import { useLayout } from '../stores/layout-store.ts'
import { useNarrow } from '../stores/narrow.ts'
import { closeOverlay, openOverlay, useOverlay } from '../stores/overlay-store.ts'
import type { ViewName } from '../stores/route.ts'
import { useRoute } from '../stores/route-store.ts'
import { useViewStore } from '../stores/view-store.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Icon } from '../ui/icon.tsx'
import { Lacking } from '../ui/lacking.tsx'
import { Empty } from '../ui/states.tsx'
import { useLanguage, useMessages } from '../ui/words.ts'
import { AccessPage, type ReadToken } from './access-page.tsx'
import { EnsemblePage } from './ensemble-page.tsx'
import { useKeyboard } from './keyboard.ts'
import { LocksPage } from './locks-page.tsx'
import { MetricsPage } from './metrics-page.tsx'
import { PlaygroundPage } from './playground-page.tsx'
import { RoundsPage } from './rounds-page.tsx'
import { SessionsPage } from './sessions-page.tsx'
import { TreePage } from './tree-page.tsx'
import { WatchesPage } from './watches-page.tsx'

const PAGES: Record<ViewName, () => ReactNode> = {
  ensemble: EnsemblePage,
  tree: TreePage,
  rounds: RoundsPage,
  watches: WatchesPage,
  locks: LocksPage,
  sessions: SessionsPage,
  metrics: MetricsPage,
  playground: PlaygroundPage,
}

/** What each view would show of any ensemble, and cannot of some that are attached. */
const LACKED: Record<ViewName, readonly CapabilityId[]> = {
  ensemble: ['servers', 'figures', 'configuration'],
  tree: ['writes', 'tree'],
  rounds: ['rounds', 'elections'],
  watches: ['watches'],
  locks: ['sessions', 'watches', 'locks'],
  sessions: ['sessions'],
  metrics: ['figures', 'latencies'],
  playground: ['faults'],
}

/** Views of what a recording does not hold. */
const NOT_RECORDED: ReadonlySet<ViewName> = new Set(['tree', 'locks', 'playground'])

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
  const { frame, palette, picture } = useMessages()
  const view = useRoute((route) => route.view)
  const cluster = useRoute((route) => route.cluster)
  const layout = useLayout()
  const overlay = useOverlay((state) => state.open)
  const stale = useViewStore((state) => state.known && state.status.type !== 'live')
  const recorded = useViewStore((state) => state.about?.recording !== undefined)
  useKeyboard()
  useFirstVisit()
  useDroppedRecording()
  const Page = PAGES[view]
  const sizes = {
    '--inspector-set': `${layout.inspectorPx}px`,
    '--timeline-set': `${layout.timelinePx}px`,
  } as React.CSSProperties // custom properties are not in its type
  return (
    <div
      className="frame"
      data-stale={stale ? '' : undefined}
      data-rail={layout.railCollapsed ? 'collapsed' : undefined}
      style={sizes}
    >
      <button type="button" className="button skip" onClick={() => document.getElementById('view')?.focus()}>
        {frame.skip}
      </button>
      <Rail />
      <header className="header">
        <h1>{frame.views[view]}</h1>
        <Answer />
        <div className="tools">
          <WorldBadge />
          <AttachedBadge />
          <ClustersButton />
          <button
            type="button"
            className="button quiet find-or-do"
            title={palette.openHint}
            aria-label={palette.open}
            onClick={() => openOverlay('palette')}
          >
            <Icon name="search" />
            <kbd>Ctrl K</kbd>
          </button>
          <ShareButton />
          <button
            type="button"
            className="button quiet icon"
            aria-label={picture.title}
            title={picture.hint}
            onClick={() => openOverlay('picture')}
          >
            <Icon name="picture" />
          </button>
          <button
            type="button"
            className="button quiet icon"
            aria-label={frame.keys}
            title={frame.keys}
            onClick={() => openOverlay('keys')}
          >
            <Icon name="keys" />
          </button>
        </div>
      </header>
      <div className="banners">
        <LostBanner />
        <GoneBanner />
        <RecordingBar key={cluster} />
        <NobodyServes />
        <ReplayBar />
      </div>
      <main className="view" id="view" tabIndex={-1}>
        <Lacking of={LACKED[view]} />
        {recorded && NOT_RECORDED.has(view) ? <NotRecorded /> : <Page key={cluster} />}
      </main>
      <Inspector key={cluster} />
      <Timeline />
      <Notices />
      <ActionDialog />
      <LinkFaults />
      <PasswordAgain />
      <ClusterOverlays />
      {overlay === 'keys' && <Help onClose={closeOverlay} />}
      {overlay === 'palette' && <Palette />}
      {overlay === 'picture' && <PictureDialog />}
      {overlay === 'tour' && <Tour />}
    </div>
  )
}

function NotRecorded() {
  const { recordings: words } = useMessages()
  return (
    <Empty title={words.nothing}>
      <p>{words.nothingText}</p>
    </Empty>
  )
}

/** Whoever comes for the first time is shown around, once there is something to see. */
function useFirstVisit(): void {
  const known = useViewStore((state) => state.known)
  useEffect(() => {
    if (known && !useLayout.getState().tourSeen && useOverlay.getState().open === null) openOverlay('tour')
  }, [known])
}

function Help({ onClose }: { readonly onClose: () => void }) {
  const { keys, frame, palette } = useMessages()
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
        <button type="button" className="button quiet" onClick={() => openOverlay('tour')}>
          {palette.actions.tour}
        </button>
        <button type="button" className="button" onClick={onClose}>
          {frame.close}
        </button>
      </div>
    </Dialog>
  )
}
