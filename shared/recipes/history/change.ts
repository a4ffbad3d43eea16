// What happens to the znodes of a lock, as its history hears of it: txns of the stream, in the order of their
// zxids, and listings, which say what is there when no stream does or something was missed.

import type { SessionId } from '../../zk/ids.ts'
import type { Zxid } from '../../zk/zxid.ts'
import type { SiteNode } from '../recognise/picture.ts'
import type { GapReason } from './gaps.ts'

interface Base {
  /** Ms since 1970, with fractions. */
  readonly t: number
}

export type LockChange = Base &
  (
    | {
        readonly type: 'created'
        readonly zxid: Zxid
        readonly path: string
        /** NO_SESSION for what is not ephemeral. */
        readonly owner: SessionId
        readonly data: Uint8Array | null
      }
    | { readonly type: 'deleted'; readonly zxid: Zxid; readonly path: string; readonly by: SessionId }
    /** closeSession: the server's own have cxid 0, which tells an expiry from a client's close (ZooKeeperServer.close). */
    | { readonly type: 'closed'; readonly zxid: Zxid; readonly session: SessionId; readonly cxid: number }
    /** What is there at `zxid`; null when there is no such node. */
    | { readonly type: 'listed'; readonly zxid: Zxid; readonly path: string; readonly node: SiteNode | null }
    /** Changes may have been missed: what is seen next began at an unknown time. */
    | { readonly type: 'gap'; readonly reason: GapReason }
    /** The stream tells only some changes from now on, or all of them again. */
    | { readonly type: 'sampling'; readonly on: boolean }
    /** Sessions that wait for a lock that is one znode: they watch it, in no order. */
    | { readonly type: 'crowd'; readonly sessions: readonly string[] }
    /** A watch of `session` on `path` fired. */
    | { readonly type: 'triggered'; readonly session: SessionId; readonly path: string }
    /** Its notification was handed to the operating system. */
    | { readonly type: 'delivered'; readonly session: SessionId; readonly path: string }
  )

/**
 * delete: by its owner, who held · cancel: by its owner, who waited · removed: by somebody else · close, expiry: with its
 * session · unknown: it was gone when we looked.
 */
export type EndReason = 'delete' | 'cancel' | 'removed' | 'close' | 'expiry' | 'unknown'

/** One contender's stay, from its creation to its end. */
export interface Tenure {
  readonly path: string
  readonly kind: string
  /** `0x…` */
  readonly session: string
  readonly token: Zxid
  readonly enqueuedMs: number
  /** Null while it waits, and for one that held already when we looked first: then it was between `enqueuedMs` and `seenMs`. */
  grantedMs: number | null
  /** It held when we first saw it. */
  readonly late: boolean
  /** When we first saw it. */
  readonly seenMs: number
  /** When the notification that its turn had come was handed over; null when it did not wait or nobody saw it. */
  wokenMs: number | null
  endedMs: number | null
  endedBy: EndReason | null
}

export function holds(tenure: Tenure): boolean {
  return tenure.grantedMs !== null || tenure.late
}
