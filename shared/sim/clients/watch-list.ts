// The watches that a client believes it has, so that it can set them again on another connection. As client
// libraries keep them: by kind and path, one-shot ones gone once they fired.

import type { Operation } from '../../history/history.ts'
import type { SetWatchesRequest } from '../../zk/request.ts'
import { ADD_WATCH_MODES, WATCHER_TYPES, type WatchEvent } from '../../zk/watch.ts'
import type { Zxid } from '../../zk/zxid.ts'

type Kind = 'data' | 'exist' | 'child' | 'persistent' | 'persistentRecursive'

export interface WatchList {
  readonly size: number
  readonly byKind: Readonly<Record<Kind, Set<string>>>
  clear(): void
}

export function createWatchList(): WatchList {
  const byKind: Record<Kind, Set<string>> = {
    data: new Set(),
    exist: new Set(),
    child: new Set(),
    persistent: new Set(),
    persistentRecursive: new Set(),
  }
  const all = Object.values(byKind)
  return {
    byKind,
    get size() {
      return all.reduce((sum, set) => sum + set.size, 0)
    },
    clear() {
      for (const set of all) set.clear()
    },
  }
}

/** An answered request may have left a watch, or taken one away. */
export function noteWatches({ byKind }: WatchList, { request, err }: Operation): void {
  const ok = err === 0
  switch (request.type) {
    case 'getData':
      if (request.watch && ok) byKind.data.add(request.path)
      return
    case 'exists':
      if (request.watch && ok) byKind.data.add(request.path)
      else if (request.watch) byKind.exist.add(request.path)
      return
    case 'getChildren':
    case 'getChildren2':
      if (request.watch && ok) byKind.child.add(request.path)
      return
    case 'addWatch':
      if (!ok) return
      if (request.mode === ADD_WATCH_MODES.persistent) byKind.persistent.add(request.path)
      else byKind.persistentRecursive.add(request.path)
      return
    case 'removeWatches':
      if (ok && request.watcherType === WATCHER_TYPES.any)
        for (const set of Object.values(byKind)) set.delete(request.path)
      return
    default:
  }
}

/** A one-shot watch is spent by its event. */
export function forgetFired({ byKind }: WatchList, event: WatchEvent): void {
  const { path } = event
  if (event.type === 'nodeChildrenChanged') byKind.child.delete(path)
  else {
    byKind.data.delete(path)
    byKind.exist.delete(path)
    if (event.type === 'nodeDeleted') byKind.child.delete(path)
  }
}

export function setWatchesRequest({ byKind }: WatchList, relativeZxid: Zxid): SetWatchesRequest {
  return {
    type: 'setWatches2',
    relativeZxid,
    data: [...byKind.data],
    exist: [...byKind.exist],
    child: [...byKind.child],
    persistent: [...byKind.persistent],
    persistentRecursive: [...byKind.persistentRecursive],
  }
}
