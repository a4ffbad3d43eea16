// What the gateway's services need of an ensemble: a few reads and persistent watches. ensemble-session.ts
// does it over the client protocol; tests use a fake.

import type { Acl } from '#shared/zk/acl.ts'
import type { Stat } from '#shared/zk/stat.ts'
import type { PackedChildren } from '../client/answers.ts'

/**
 * gap: something may have been missed, for example while the session moved to another server; read again.
 * The others are about the watched path itself and about its children.
 */
export type PathChange = 'children' | 'data' | 'created' | 'deleted' | 'gap'

/** All reject with RequestError: NONODE, NOAUTH, NO_ANSWER … */
export interface EnsembleReader {
  /** Names in no order. */
  children(path: string): Promise<{ children: readonly string[]; stat: Stat }>
  /** As `children`, for nodes that may have a million of them: no string is made of a name. */
  packedChildren(path: string): Promise<PackedChildren>
  /** How many nodes there are below, children and their children. */
  countBelow(path: string): Promise<number>
  /** Null when there is no such node. */
  stat(path: string): Promise<Stat | null>
  data(path: string): Promise<{ data: Uint8Array | null; stat: Stat }>
  acl(path: string): Promise<readonly Acl[]>
  /**
   * Calls `listener` at every change of `path` until the returned function is called. Resolves when the
   * ensemble has confirmed the watch, so that a read afterwards misses nothing.
   */
  watch(path: string, listener: (change: PathChange) => void): Promise<() => void>
}
