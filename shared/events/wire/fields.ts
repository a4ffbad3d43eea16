// The layout of event frames, as tables: which field of which event is written how, and in which order. A field that is
// missing here, or one too many, does not compile. To change anything, raise WIRE_VERSION: a gateway takes no other.
//
//   frame  = version (1 byte), time of the first event (8 bytes, a double, milliseconds since 1970), event …
//   event  = code (1 byte, EVENT_CODES), sid (number), µs since the first event (number), its fields
//   number = whole: (v >= 0 ? 2v : -2v-1) * 2 as unsigned; else the unsigned 1 and a double
//   unsigned = seven bits a byte, lowest first, 0x80 set on all but the last byte
//   hex    = high and low 32 bits, each unsigned
//   text   = unsigned n: 0, then length and UTF-8, which the frame remembers as its next text (the first 4096 of them);
//            else the n-th text of this frame
//   a choice is one byte, its index; a truth value is one byte; what may be null has a byte before it, 0 for null;
//   a list is its length (unsigned) and its items
//
// Code 0 is an event as JSON text, which only the gateway writes, for its own events in its own history.

import { SERVER_STATES } from '../../zk/vote.ts'
import type { ActivityCounts, MultiPart } from '../activity-event.ts'
import { HANDSHAKE_PACKETS, SESSION_CHANGES, SYNC_WAYS, VOTE_REASONS } from '../activity-event.ts'
import type { ClusterEvent, MemberStats, TxnSummary } from '../cluster-event.ts'

export const WIRE_VERSION = 3
/** Items of a list in an event; a longer one is no event. */
export const LIST_MAX = 4096

export type Kind =
  | 'number'
  | 'hex'
  | 'text'
  | 'bool'
  | 'number?'
  | 'text?'
  | 'numbers'
  | { readonly oneOf: readonly string[] }
  | { readonly record: readonly Field[] }
  | { readonly listOf: readonly Field[] }

export type Field = readonly [name: string, kind: Kind]

type Layout<T> = { readonly [Name in keyof T]-?: Kind }

function fields<T>(layout: Layout<T>): readonly Field[] {
  return Object.entries(layout) as [string, Kind][] // a Layout has nothing but kinds
}

const STATE: Kind = { oneOf: SERVER_STATES }
const PHASE: Kind = { oneOf: ['ELECTION', 'DISCOVERY', 'SYNCHRONIZATION', 'BROADCAST'] }
const HOW: Kind = { oneOf: SYNC_WAYS }

const TXN: Kind = {
  record: fields<TxnSummary>({
    zxid: 'hex',
    op: 'text',
    path: 'text?',
    session: 'hex',
    cxid: 'number',
    bytes: 'number',
    error: 'text?',
    ephemeral: 'bool',
  }),
}

const STATS: Kind = {
  record: fields<MemberStats>({
    pid: 'number',
    state: STATE,
    acceptedEpoch: 'number',
    currentEpoch: 'number',
    leader: 'number?',
    lastZxid: 'hex',
    connections: 'number',
    sessions: 'number',
    znodes: 'number',
    watches: 'number',
    outstanding: 'number',
    requests: 'number',
    uptimeMs: 'number',
    cpuMs: 'number',
    rssBytes: 'number',
  }),
}

const COUNTS: Kind = {
  record: fields<ActivityCounts>({
    sinceMs: 'number',
    proposed: 'number',
    received: 'number',
    logged: 'number',
    applied: 'number',
    roundsTold: 'number',
    creates: 'number',
    deletes: 'number',
    sets: 'number',
    multis: 'number',
    errors: 'number',
    requests: 'number',
    replies: 'number',
    requestsTold: 'number',
    latencySumMs: 'number',
    latencyCount: 'number',
    watchesSet: 'number',
    watchesTriggered: 'number',
    watchesDelivered: 'number',
    watchEventsTold: 'number',
    sessionsCreated: 'number',
    sessionsMoved: 'number',
    sessionsClosed: 'number',
    sessionsExpired: 'number',
    flushes: 'number',
    flushesTold: 'number',
    flushMs: 'number',
    flushMaxMs: 'number',
    flushedTxns: 'number',
    flushedBytes: 'number',
  }),
}

const WATCH = { conn: 'number', session: 'hex', path: 'text' } as const
const FIRED = { ...WATCH, event: 'text', zxid: 'hex' } as const

type Bare<Type extends ClusterEvent['type']> = Omit<Extract<ClusterEvent, { type: Type }>, 't' | 'sid' | 'type'>
const LAYOUTS: { readonly [Type in ClusterEvent['type']]: Layout<Bare<Type>> } = {
  state: { state: STATE, round: 'number', reason: 'text' },
  phase: { phase: PHASE, epoch: 'number', leader: 'number?' },
  vote: { to: 'number', state: STATE, leader: 'number', zxid: 'hex', round: 'number', peerEpoch: 'number' },
  sync: { learner: 'number', how: HOW, zxid: 'hex' },
  proposed: { txn: TXN },
  known: { txn: TXN },
  mark: { stage: { oneOf: ['received', 'logged', 'acked', 'committed', 'applied'] }, zxid: 'hex' },
  quorum: { zxid: 'hex', by: 'number' },
  serving: { state: STATE, epoch: 'number', zxid: 'hex' },
  notServing: { reason: 'text' },
  connected: { conn: 'number', address: 'text', session: 'hex', timeoutMs: 'number' },
  disconnected: { conn: 'number', reason: 'text' },
  watchSet: {
    ...WATCH,
    kind: { oneOf: ['data', 'children', 'exists', 'persistent', 'persistentRecursive'] },
    zxid: 'hex',
  },
  watchTriggered: FIRED,
  watchDelivered: FIRED,
  stats: { stats: STATS },
  dropped: { count: 'number' },
  voteChange: {
    round: 'number',
    from: 'number?',
    why: { oneOf: VOTE_REASONS },
    leader: 'number',
    zxid: 'hex',
    peerEpoch: 'number',
    beforeLeader: 'number',
    beforeZxid: 'hex',
    beforePeerEpoch: 'number',
  },
  elected: { round: 'number', state: STATE, leader: 'number', votes: 'numbers' },
  handshake: { to: 'number?', packet: { oneOf: HANDSHAKE_PACKETS }, epoch: 'number', zxid: 'hex' },
  synced: { learner: 'number', how: HOW, had: 'hex', first: 'hex', last: 'hex', count: 'number' },
  session: { change: { oneOf: SESSION_CHANGES }, session: 'hex', timeoutMs: 'number' },
  multi: { zxid: 'hex', total: 'number', parts: { listOf: fields<MultiPart>({ op: 'text', path: 'text?' }) } },
  request: {
    conn: 'number',
    session: 'hex',
    op: 'text',
    path: 'text?',
    zxid: 'hex',
    error: 'text?',
    latencyMs: 'number',
  },
  link: { link: 'number', peer: 'number?', up: 'bool', reason: 'text' },
  linkTraffic: {
    link: 'number',
    peer: 'number?',
    packetsSent: 'number',
    packetsReceived: 'number',
    bytesSent: 'number',
    bytesReceived: 'number',
    queuedBytes: 'number',
  },
  flush: { ms: 'number', txns: 'number', bytes: 'number' },
  sampling: { every: 'number' },
  counts: { counts: COUNTS },
}

/** The place in this list, from 1, is the code of the type. */
export const EVENT_TYPES = Object.keys(LAYOUTS) as ClusterEvent['type'][] // the keys of LAYOUTS are just these

export const EVENT_CODES: ReadonlyMap<string, number> = new Map(EVENT_TYPES.map((type, i) => [type, i + 1]))
/** By code; the first is that of JSON text, which has none. */
export const EVENT_FIELDS: readonly (readonly Field[])[] = [
  [],
  ...EVENT_TYPES.map((type) => Object.entries(LAYOUTS[type]) as [string, Kind][]), // as in `fields`
]
