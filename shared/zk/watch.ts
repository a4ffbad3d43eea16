// Watch events and modes, as they travel. Source: Watcher.Event, ZooDefs.AddWatchModes.

export const WATCH_EVENT_TYPES = {
  none: -1,
  nodeCreated: 1,
  nodeDeleted: 2,
  nodeDataChanged: 3,
  nodeChildrenChanged: 4,
} as const
export type WatchEventType = keyof typeof WATCH_EVENT_TYPES

/** The only KeeperState that a server sends in a WatcherEvent, beside read-only's 5. */
export const KEEPER_STATE_SYNC_CONNECTED = 3

export interface WatchEvent {
  readonly type: WatchEventType
  /** The changed node, which for a recursive watch may lie below the watched path. */
  readonly path: string
}

/** standard: fires once. persistent: data and child events of one path. persistentRecursive: a subtree. */
export type WatchMode = 'standard' | 'persistent' | 'persistentRecursive'
export const ADD_WATCH_MODES = { persistent: 0, persistentRecursive: 1 } as const

/** The watcherType of removeWatches and checkWatches. */
export const WATCHER_TYPES = { children: 1, data: 2, any: 3, persistent: 4, persistentRecursive: 5 } as const
