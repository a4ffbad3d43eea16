// When sessions expire, and through whom they come in: the leader's tracker. Deadlines are rounded up to
// ticks, so that sessions share buckets and a touch is one comparison most of the time. Which sessions exist
// is DataTree.sessions; closing them is a txn. Source: SessionTrackerImpl, ExpiryQueue, watches-sessions.md §7.

import { ERROR_CODES, type ErrorCode } from '../zk/errors.ts'
import type { SessionId } from '../zk/ids.ts'

/** Whom a session last came in through: a link to a learner, or the leader itself, as the peer numbers them. */
export type OwnerId = number

interface TrackedSession {
  timeoutMs: number
  /** The bucket it is in: the multiple of tickTime at which it expires. */
  expiresMs: number
  /** Expired or being closed: it cannot be touched any more. */
  isClosing: boolean
  /** `null` until the first request after it was tracked. */
  owner: OwnerId | null
}

export interface SessionTracker {
  readonly tickTimeMs: number
  readonly sessions: Map<SessionId, TrackedSession>
  /** By time of expiry, monotonic milliseconds. At most the longest timeout divided by tickTime of them. */
  readonly buckets: Map<number, Set<SessionId>>
}

export function createTracker(tickTimeMs: number): SessionTracker {
  return { tickTimeMs, sessions: new Map(), buckets: new Map() }
}

function bucketFor(tracker: SessionTracker, nowMs: number, timeoutMs: number): number {
  return (Math.floor((nowMs + timeoutMs) / tracker.tickTimeMs) + 1) * tracker.tickTimeMs
}

function enterBucket(tracker: SessionTracker, id: SessionId, session: TrackedSession, expiresMs: number): void {
  session.expiresMs = expiresMs
  const bucket = tracker.buckets.get(expiresMs)
  if (bucket) bucket.add(id)
  else tracker.buckets.set(expiresMs, new Set([id]))
}

function leaveBucket(tracker: SessionTracker, id: SessionId, session: TrackedSession): void {
  const bucket = tracker.buckets.get(session.expiresMs)
  bucket?.delete(id)
  if (bucket?.size === 0) tracker.buckets.delete(session.expiresMs)
}

/** Starts to track a session; one that is tracked already is only touched, with the new timeout. */
export function track(tracker: SessionTracker, id: SessionId, timeoutMs: number, nowMs: number): void {
  if (tracker.sessions.has(id)) {
    touch(tracker, id, timeoutMs, nowMs)
    return
  }
  const session: TrackedSession = { timeoutMs, expiresMs: 0, isClosing: false, owner: null }
  tracker.sessions.set(id, session)
  enterBucket(tracker, id, session, bucketFor(tracker, nowMs, timeoutMs))
}

/**
 * The session has been heard of. `timeoutMs` null keeps the last one; a number, as a reconnect negotiates it,
 * holds from now on. False for a session that is unknown or closing.
 */
export function touch(tracker: SessionTracker, id: SessionId, timeoutMs: number | null, nowMs: number): boolean {
  const session = tracker.sessions.get(id)
  if (!session || session.isClosing) return false
  if (timeoutMs !== null) session.timeoutMs = timeoutMs
  const expiresMs = bucketFor(tracker, nowMs, session.timeoutMs)
  if (expiresMs === session.expiresMs) return true
  leaveBucket(tracker, id, session)
  enterBucket(tracker, id, session, expiresMs)
  return true
}

/** The sessions whose time is over, earliest first. They are closing from now on; each needs a closeSession. */
export function expire(tracker: SessionTracker, nowMs: number): SessionId[] {
  const due: number[] = []
  for (const at of tracker.buckets.keys()) if (at <= nowMs) due.push(at)
  const expired: SessionId[] = []
  for (const at of due.sort((a, b) => a - b)) {
    for (const id of tracker.buckets.get(at) ?? []) {
      const session = tracker.sessions.get(id)
      if (session) session.isClosing = true
      expired.push(id)
    }
    tracker.buckets.delete(at)
  }
  return expired
}

/** A closeSession is on its way: no more touches, and no expiry of its own. */
export function setClosing(tracker: SessionTracker, id: SessionId): void {
  const session = tracker.sessions.get(id)
  if (!session || session.isClosing) return
  session.isClosing = true
  leaveBucket(tracker, id, session)
}

/** True for closing sessions too, until they are forgotten. */
export function isKnown(tracker: SessionTracker, id: SessionId): boolean {
  return tracker.sessions.has(id)
}

export function isClosing(tracker: SessionTracker, id: SessionId): boolean {
  return tracker.sessions.get(id)?.isClosing ?? false
}

/** Its closeSession has been applied. */
export function forget(tracker: SessionTracker, id: SessionId): void {
  const session = tracker.sessions.get(id)
  if (!session) return
  leaveBucket(tracker, id, session)
  tracker.sessions.delete(id)
}

/** A connect or a successful REVALIDATE came in through `owner`. */
export function setOwner(tracker: SessionTracker, id: SessionId, owner: OwnerId): void {
  const session = tracker.sessions.get(id)
  if (session) session.owner = owner
}

/**
 * Whether a request of this session may come in through `owner`: 0, SESSIONEXPIRED for an unknown or closing
 * session, SESSIONMOVED when it lives elsewhere by now. A session without an owner takes this one.
 */
export function checkOwner(tracker: SessionTracker, id: SessionId, owner: OwnerId): ErrorCode {
  const session = tracker.sessions.get(id)
  if (!session || session.isClosing) return ERROR_CODES.SESSIONEXPIRED
  session.owner ??= owner
  return session.owner === owner ? ERROR_CODES.OK : ERROR_CODES.SESSIONMOVED
}

/**
 * The leader could not listen for `gapMs`, so nobody could be heard: all deadlines move by that, rounded up to
 * ticks [O-18].
 */
export function postponeAll(tracker: SessionTracker, gapMs: number): void {
  const shiftMs = Math.ceil(gapMs / tracker.tickTimeMs) * tracker.tickTimeMs
  if (shiftMs <= 0) return
  tracker.buckets.clear()
  for (const [id, session] of tracker.sessions) {
    if (!session.isClosing) enterBucket(tracker, id, session, session.expiresMs + shiftMs)
  }
}

/** Leadership begins: exactly the sessions of the tree, each with its full timeout ahead and no owner yet. */
export function restartAll(tracker: SessionTracker, sessions: ReadonlyMap<SessionId, number>, nowMs: number): void {
  tracker.sessions.clear()
  tracker.buckets.clear()
  for (const [id, timeoutMs] of sessions) track(tracker, id, timeoutMs, nowMs)
}
