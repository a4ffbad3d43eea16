// Joins a feed to the stores: what it says is folded, listed or shown.

import { applyEvent } from '#shared/events/apply-event.ts'
import type { Feed, FeedSink } from '../feeds/feed.ts'
import { applyToChronicle, seedChronicle } from '../viz/chronicle/chronicle.ts'
import { setFeed } from './ask.ts'
import { presentChronicle } from './chronicle-store.ts'
import { forgetCluster, onClusters, onShown } from './cluster-store.ts'
import { onJobProgress } from './job-store.ts'
import { onLockChanged, onLockDirectories, reopenLock } from './lock-store.ts'
import { noteCommit } from './pixels.ts'
import { askRights } from './rights-store.ts'
import { noteWrites } from './tree/heat-store.ts'
import { onDataWritten, onTreeChanged, relistAll } from './tree-store.ts'
import { currentView, replaceView, setAbout, setStatus, useViewStore, viewChanged } from './view-store.ts'

/** Txns after which a row of the tree looks different. By the time it is listed again they are committed. */
const CHANGES_DATA: ReadonlySet<string> = new Set(['setData', 'setACL', 'multi'])

const sink: FeedSink = {
  status(status) {
    setStatus(status)
    if (status.type !== 'live') return
    // Watches of the old connection died with it.
    relistAll()
    void askRights()
    void reopenLock()
  },
  about(about) {
    const before = useViewStore.getState().about?.attached?.readOnly
    setAbout(about)
    // What one may do here follows from it.
    if (before !== undefined && before !== about.attached?.readOnly) void askRights()
    onShown(about.cluster.id)
  },
  clusters: onClusters,
  snapshot(view) {
    seedChronicle(presentChronicle(), view)
    replaceView(view)
  },
  events(events) {
    const view = currentView()
    const chronicle = presentChronicle()
    const shown = useViewStore.getState().pastAt === null
    const written = new Set<string>()
    const committedBefore = view.totals.committed
    for (const event of events) {
      applyToChronicle(chronicle, view, event)
      applyEvent(view, event)
      if (shown && event.type === 'quorum') noteCommit(event.t)
      if (
        (event.type === 'proposed' || event.type === 'known') &&
        event.txn.path !== null &&
        CHANGES_DATA.has(event.txn.op)
      )
        written.add(event.txn.path)
    }
    noteWrites(events, Math.max(0, view.totals.committed - committedBefore))
    viewChanged()
    if (written.size > 0) onDataWritten(written)
  },
  treeChanged: onTreeChanged,
  lockChanged: onLockChanged,
  lockDirectories: onLockDirectories,
  jobProgress: onJobProgress,
}

/** Makes `feed` the page's feed; the one before it is stopped and what it told is forgotten. */
export function followFeed(feed: Feed): void {
  setFeed(feed)
  forgetCluster()
  feed.start(sink)
}
