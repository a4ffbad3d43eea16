// Joins a feed to the stores: what it says is folded, listed or shown.

import { applyEvent } from '#shared/events/apply-event.ts'
import type { Feed, FeedSink } from '../feeds/feed.ts'
import { setFeed } from './ask.ts'
import { onLockChanged, onLockDirectories, reopenLock } from './lock-store.ts'
import { onTreeChanged, relistAll } from './tree-store.ts'
import { currentView, forgetView, replaceView, setAbout, setStatus, viewChanged } from './view-store.ts'

const sink: FeedSink = {
  status(status) {
    setStatus(status)
    if (status.type !== 'live') return
    // Watches of the old connection died with it.
    relistAll()
    void reopenLock()
  },
  about: setAbout,
  snapshot: replaceView,
  events(events) {
    const view = currentView()
    for (const event of events) applyEvent(view, event)
    viewChanged()
  },
  treeChanged: onTreeChanged,
  lockChanged: onLockChanged,
  lockDirectories: onLockDirectories,
}

/** Makes `feed` the page's feed; the one before it is stopped and what it told is forgotten. */
export function followFeed(feed: Feed): void {
  setFeed(feed)
  forgetView()
  feed.start(sink)
}
