// The leader's pipeline: requests of its own clients and of its learners become txns, in the order in which
// they come; sessions are tracked and expired here and nowhere else (S-8).
// Source: PrepRequestProcessor, LeaderSessionTracker, watches-sessions.md §7.

import { assert } from '../base/assert.ts'
import type { EnsembleContext } from '../tree/contract.ts'
import { prepareRequest, proposalDigest } from '../tree/prepare.ts'
import { REAP_INTERVAL_MS, reapCandidates } from '../tree/reaper.ts'
import { checkOwner, expire, isKnown, postponeAll, setClosing, setOwner, touch, track } from '../tree/sessions.ts'
import { isReconfiguring } from '../zab/configs.ts'
import type { LinkId, ZabEffect } from '../zab/contract.ts'
import { nextZxid, propose } from '../zab/leader-broadcast.ts'
import { onSyncRequest } from '../zab/leader-confirm.ts'
import { isQuorumSynced } from '../zab/leader-reconfig.ts'
import type { AuthId } from '../zk/acl.ts'
import { ERROR_CODES, type ErrorCode } from '../zk/errors.ts'
import { NO_SESSION, type SessionId } from '../zk/ids.ts'
import { opName } from '../zk/op.ts'
import type { ForwardedRequest, RevalidateRequest, Touch } from '../zk/packet.ts'
import type { ClientRequest, WriteRequest } from '../zk/request.ts'
import type { Entry, Txn } from '../zk/txn.ts'
import type { PeerEffect } from './contract.ts'
import { onLeaderAnswer } from './following.ts'
import { createsEphemeral, isIdOf } from './local-sessions.ts'
import { stopServing } from './serving.ts'
import type { Peer } from './state.ts'

export interface Submission {
  readonly sessionId: SessionId
  readonly cxid: number
  readonly request: WriteRequest
  readonly auth: readonly AuthId[]
  /** Where it came in: this server's own client, a learner, or the leader itself. */
  readonly origin: 'self' | 'internal' | LinkId
}

/** Prepares one write and proposes it; a refused one is proposed as an error txn and takes its zxid (T-8). */
export function submit(peer: Peer, submission: Submission, out: PeerEffect[]): void {
  const { leadership, zab } = peer
  const zxid = nextZxid(zab)
  if (!leadership || zxid === null) return // leadership is ending: the client's connection is closed with it
  const { sessionId, cxid, request } = submission
  const refusal = admit(peer, submission)
  const txn: Txn =
    refusal === ERROR_CODES.OK
      ? prepareRequest(
          peer.tree,
          leadership.pending,
          request,
          { zxid, timeMs: peer.wallMs, sessionId, auth: submission.auth, ensemble: ensembleFor(peer, request) },
          peer.options,
        )
      : { type: 'error', err: refusal }
  const digest = proposalDigest(leadership.pending, txn, peer.options)
  const entry: Entry = { zxid, sessionId, cxid, timeMs: peer.wallMs, txn, digest }
  if (proposed.length > PROPOSED_MAX) proposed.length = 0
  const from = proposed.length
  propose(zab, entry, proposed)
  for (let i = from; i < proposed.length; i += 1) {
    const effect = proposed[i]
    if (effect?.type === 'notServing') stopServing(peer, effect.reason, out)
    else out.push(effect as PeerEffect) // propose appends and sends; it delivers nothing
  }
}

/** As in peer.ts: emptied now and then, since emptying is dear. */
const proposed: ZabEffect[] = []
const PROPOSED_MAX = 64

/** What a reconfig is checked against; null when reconfiguration is off, and for all other requests. */
function ensembleFor({ config, zab }: Peer, request: WriteRequest): EnsembleContext | null {
  if (request.type !== 'reconfig' || !(config.reconfigEnabled || config.aloneWithReconfig)) return null
  return {
    lastSeen: zab.lastSeen,
    inProgress: isReconfiguring(zab),
    standaloneEnabled: config.standaloneEnabled ?? true,
    isQuorumSynced: (next) => isQuorumSynced(zab, next),
  }
}

/** A sync of an own client; the core says when it may be answered, perhaps at once. */
export function syncHere(peer: Peer, out: PeerEffect[]): void {
  const { zab } = peer
  if (zab.role.state !== 'LEADING') return
  const effects: ZabEffect[] = []
  onSyncRequest(zab, zab.role, null, effects)
  for (const effect of effects) {
    if (effect.type === 'leaderAnswer') onLeaderAnswer(peer, effect.packet, out)
    else out.push(effect as PeerEffect) // it pings and answers, nothing else
  }
}

/** Session checks; the ones of the tree come later. */
function admit(peer: Peer, { sessionId, request, origin }: Submission): ErrorCode {
  const tracker = peer.leadership?.tracker
  assert(tracker !== undefined, 'a serving leader tracks sessions')
  if (request.type === 'createSession') {
    track(tracker, sessionId, request.timeoutMs, peer.nowMs)
    setOwner(tracker, sessionId, ownerOf(origin))
    return ERROR_CODES.OK
  }
  if (origin === 'internal' || sessionId === NO_SESSION) return ERROR_CODES.OK
  if (isLocalSomewhere(peer, sessionId, request)) return ERROR_CODES.OK
  const refusal = checkOwner(tracker, sessionId, ownerOf(origin))
  // A session closes once (S-5): who asks a second time, or after it expired, is told that it is over.
  if (request.type === 'closeSession' && refusal === ERROR_CODES.OK) setClosing(tracker, sessionId)
  return refusal
}

/**
 * A session that the leader does not know may be local to the server that gave it its id. That server has made it global
 * before it sends an ephemeral of it, so one that comes all the same is of a session that is over.
 * Source: LeaderSessionTracker.checkSession.
 */
function isLocalSomewhere(peer: Peer, sessionId: SessionId, request: WriteRequest): boolean {
  const { config, leadership, local } = peer
  if ((config.localSessions ?? 'off') === 'off' || !leadership || isKnown(leadership.tracker, sessionId)) return false
  if (createsEphemeral(request) || request.type === 'closeSession') return false
  return isIdOf(config.sid, sessionId) ? local !== null && isKnown(local, sessionId) : true
}

/** The tracker knows owners as numbers: 0 is this server. */
function ownerOf(origin: Submission['origin']): number {
  return typeof origin === 'number' ? origin : 0
}

/** What takes a zxid. An undecodable request does if its operation would have. */
export function isWrite(request: ClientRequest): request is WriteRequest {
  if (request.type !== 'undecodable') return WRITES.has(request.type)
  const name = opName(request.op)
  return name !== null && WRITES.has(name)
}

const WRITES: ReadonlySet<string> = new Set<WriteRequest['type']>([
  'create',
  'create2',
  'createContainer',
  'createTTL',
  'delete',
  'setData',
  'setACL',
  'multi',
  'reconfig',
  'createSession',
  'closeSession',
  'deleteContainer',
])

export function onLearnerRequest(
  peer: Peer,
  link: LinkId,
  packet: ForwardedRequest | RevalidateRequest,
  out: PeerEffect[],
): void {
  const tracker = peer.leadership?.tracker
  if (!tracker) return
  const { sessionId } = packet
  if (packet.type === 'REVALIDATE') {
    const valid = touch(tracker, sessionId, packet.timeoutMs, peer.nowMs)
    if (valid) setOwner(tracker, sessionId, link)
    out.push({ type: 'send', link, packet: { type: 'REVALIDATE', sessionId, valid } })
    return
  }
  const { request, cxid, authInfo } = packet
  if (isWrite(request)) submit(peer, { sessionId, cxid, request, auth: authInfo ?? [], origin: link }, out)
}

export function onLearnerTouches(peer: Peer, touches: readonly Touch[]): void {
  const tracker = peer.leadership?.tracker
  if (!tracker) return
  for (const { sessionId, timeoutMs } of touches) touch(tracker, sessionId, timeoutMs, peer.nowMs)
}

export function onLeadershipTick(peer: Peer, out: PeerEffect[]): void {
  const { leadership, config, nowMs } = peer
  if (!leadership) return
  // O-18 (R-STALL): this process stood still; whoever was silent to us may have been calling all along.
  const gapMs = nowMs - leadership.lastTickMs
  leadership.lastTickMs = nowMs
  if (gapMs > config.tickTimeMs) return postponeAll(leadership.tracker, gapMs)
  for (const sessionId of expire(leadership.tracker, nowMs))
    submit(peer, { sessionId, cxid: 0, request: { type: 'closeSession' }, auth: [], origin: 'internal' }, out)
  if (nowMs < leadership.nextReapMs) return
  leadership.nextReapMs = nowMs + (config.reapIntervalMs ?? REAP_INTERVAL_MS)
  for (const path of reapCandidates(peer.tree, peer.wallMs, config.containerNeverUsedMs))
    submit(
      peer,
      { sessionId: NO_SESSION, cxid: 0, request: { type: 'deleteContainer', path }, auth: [], origin: 'internal' },
      out,
    )
}
