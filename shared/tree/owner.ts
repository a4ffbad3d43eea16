// What a stored ephemeralOwner says about its znode: the one place that tells the kinds apart.
// Source: EphemeralType and EphemeralTypeEmulate353, client-protocol.md §7.

import { NO_SESSION, type SessionId } from '../zk/ids.ts'
import { CONTAINER_OWNER, TTL_MS_MAX, TTL_OWNER_PREFIX } from './data-tree.ts'

export type NodeKind = 'persistent' | 'ephemeral' | 'container' | 'ttl'

/** The prefix byte 0xff and the feature number 0 behind it. */
const TTL_MARK = TTL_OWNER_PREFIX >> 40n
const TTL_MASK = BigInt(TTL_MS_MAX)

/**
 * A TTL owner counts as one whether or not TTL znodes may be created now: a server that forgot the option
 * must not take them for ephemerals of a lost session and delete them.
 */
export function kindOfOwner(owner: SessionId): NodeKind {
  if (owner === NO_SESSION) return 'persistent'
  if (owner === CONTAINER_OWNER) return 'container'
  return owner >> 40n === TTL_MARK ? 'ttl' : 'ephemeral'
}

/** For a ttlMs from 1 to TTL_MS_MAX. */
export function ttlOwner(ttlMs: number): SessionId {
  return (TTL_OWNER_PREFIX | BigInt(ttlMs)) as SessionId
}

/** The milliseconds in a TTL owner. */
export function ttlMsOf(owner: SessionId): number {
  return Number(owner & TTL_MASK)
}
