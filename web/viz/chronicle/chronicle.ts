// What this page has heard since it was opened and the view does not keep: phases, synchronizations, who came
// and went, and a sample of every member each second. Folded from the same events, in place, by applyToChronicle.
// The view stays the authority for everything that it has; feed.ts and the metrics join the two.

import type { ClusterView } from '#shared/events/cluster-view.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { type MemberSecond, sampleSecond, type Told } from './seconds.ts'
import { emptySessionNotes, noteConnected, noteExpired, noteGone, noteTxn, type SessionNotes } from './session-notes.ts'

export const PHASES_MAX = 600
export const SYNCS_MAX = 200
export const NOTES_MAX = 600
export const REQUESTS_MAX = 2000
/** Connections told so soon after a stream came up were there before. */
const RETOLD_MS = 1500
/** A stream that was away for less than this is not worth a word. */
const HICCUP_MS = 3000
/** Of one member between two samples. */
export const FLUSHES_MAX = 2000
/** Ten minutes of every member. */
export const SECONDS_MAX = 600

export interface PhaseNote {
  readonly t: number
  readonly sid: number
  readonly phase: 'ELECTION' | 'DISCOVERY' | 'SYNCHRONIZATION' | 'BROADCAST'
  readonly epoch: number
}

export interface SyncNote {
  readonly t: number
  readonly leader: number
  readonly learner: number
  readonly how: 'DIFF' | 'TRUNC' | 'SNAP'
  /** Up to where the learner had, or was cut back; as the leader told. */
  readonly zxid: string
  /** How many txns it was sent; null until the leader has told. */
  readonly count: number | null
}

/** A sample of what clients asked: one request from its arrival to the answer. */
export interface RequestNote {
  /** When it was answered. */
  readonly t: number
  readonly sid: number
  readonly session: string
  readonly op: string
  readonly path: string | null
  readonly zxid: string
  readonly latencyMs: number
}

/** What a member told last of its connection to another one. */
export interface LinkNote {
  readonly t: number
  readonly bytesSent: number
  readonly queuedBytes: number
  /** Sent since what was told before; null for the first. */
  readonly bytesPerS: number | null
}

/** Nine members, each to each. */
const LINKS_MAX = 81

export type NoteKind =
  | 'connected'
  | 'disconnected'
  | 'serving'
  | 'notServing'
  | 'unheard'
  | 'heardAgain'
  | 'dropped'
  | 'closed'
  | 'expired'
  | 'moved'

export interface Note {
  readonly t: number
  readonly sid: number
  readonly kind: NoteKind
  /** Session, reason or count, by kind. */
  readonly detail: string
}

export interface Chronicle {
  /** When the page began to hear, by the servers' clock; null before. */
  since: number | null
  phases: PhaseNote[]
  syncs: SyncNote[]
  notes: Note[]
  /** By member, oldest first. */
  seconds: Record<string, MemberSecond[]>
  requests: RequestNote[]
  /** By member: flushes told since its last sample, ms. */
  flushes: Record<string, number[]>
  /** By member: when its stream came up last. */
  heardSince: Record<string, number>
  readonly sessions: SessionNotes
  /** Newest traffic of each link, by `from>to`: at most LINKS_MAX. */
  links: Record<string, LinkNote>
}

export function emptyChronicle(): Chronicle {
  return {
    since: null,
    phases: [],
    syncs: [],
    notes: [],
    seconds: {},
    requests: [],
    flushes: {},
    heardSince: {},
    sessions: emptySessionNotes(),
    links: {},
  }
}

function push<T>(list: T[], item: T, max: number): void {
  list.push(item)
  // A quarter at once: cutting one off for each that comes would cost the whole list every time.
  if (list.length > max * 1.25) list.splice(0, list.length - max)
}

/** What a snapshot tells of the time before: sessions and ephemerals of the rounds that it holds. */
export function seedChronicle(chronicle: Chronicle, view: ClusterView): void {
  for (const { txn, proposedAt } of view.rounds) noteTxn(chronicle.sessions, proposedAt, txn)
}

/** Before `event` goes into `view`: what it takes away can still be read there. */
export function applyToChronicle(chronicle: Chronicle, view: ClusterView, event: GatewayEvent): void {
  const { t, sid } = event
  chronicle.since ??= t
  const note = (kind: NoteKind, detail: string) => push(chronicle.notes, { t, sid, kind, detail }, NOTES_MAX)
  switch (event.type) {
    case 'phase':
      push(chronicle.phases, { t, sid, phase: event.phase, epoch: event.epoch }, PHASES_MAX)
      return
    case 'state':
      if (event.state === 'LOOKING') push(chronicle.phases, { t, sid, phase: 'ELECTION', epoch: 0 }, PHASES_MAX)
      return
    case 'sync':
      push(
        chronicle.syncs,
        { t, leader: sid, learner: event.learner, how: event.how, zxid: event.zxid, count: null },
        SYNCS_MAX,
      )
      return
    case 'synced':
      noteSynced(chronicle, event)
      return
    case 'session':
      if (event.change !== 'created') note(event.change, event.session)
      if (event.change === 'expired') noteExpired(chronicle.sessions, t, event.session)
      return
    case 'flush': {
      const list = chronicle.flushes[sid] ?? []
      chronicle.flushes[sid] = list
      if (list.length < FLUSHES_MAX) list.push(event.ms)
      return
    }
    case 'linkTraffic':
      noteTraffic(chronicle, event)
      return
    case 'request': {
      const { session, op, path, zxid, latencyMs } = event
      push(chronicle.requests, { t, sid, session, op, path, zxid, latencyMs }, REQUESTS_MAX)
      return
    }
    case 'serving':
      note('serving', event.zxid)
      return
    case 'notServing':
      note('notServing', event.reason)
      return
    case 'connected':
      // What was there already is told again when a stream comes up.
      if (t - (chronicle.heardSince[sid] ?? Number.NEGATIVE_INFINITY) > RETOLD_MS) note('connected', event.session)
      noteConnected(chronicle.sessions, event)
      return
    case 'disconnected': {
      const connection = Object.values(view.connections).find((each) => each.sid === sid && each.conn === event.conn)
      if (connection) noteGone(chronicle.sessions, t, connection)
      note('disconnected', event.reason)
      return
    }
    case 'process':
      if (event.process !== 'killed' && event.process !== 'stopped') return
      for (const connection of Object.values(view.connections))
        if (connection.sid === sid) noteGone(chronicle.sessions, t, connection)
      return
    case 'stream':
      noteStream(chronicle, t, sid, event.up)
      return
    case 'dropped':
      note('dropped', String(event.count))
      return
    case 'known':
      noteTxn(chronicle.sessions, t, event.txn)
      return
    case 'proposed':
      noteTxn(chronicle.sessions, t, event.txn)
      return
    case 'stats':
      noteSample(chronicle, view, event)
      return
    case 'member':
      // What a server of an attached ensemble has answered is all that is told of its figures.
      if (event.member.unknown && event.member.serving) noteSample(chronicle, view, { t, sid, stats: event.member })
      return
    default: // all else is in the view
  }
}

function noteSample(chronicle: Chronicle, view: ClusterView, told: Told): void {
  const list = chronicle.seconds[told.sid] ?? []
  chronicle.seconds[told.sid] = list
  const second = sampleSecond(view, told, list.at(-1) ?? null, chronicle)
  if (!second) return
  push(list, second, SECONDS_MAX)
  chronicle.flushes[told.sid] = []
}

/** The leader is done with a learner: the note of its beginning is completed. */
function noteSynced(chronicle: Chronicle, event: Extract<GatewayEvent, { type: 'synced' }>): void {
  const { t, sid, learner, how, had, count } = event
  const at = chronicle.syncs.findLastIndex((sync) => sync.learner === learner && sync.leader === sid)
  const began = chronicle.syncs[at]
  if (began && began.count === null) chronicle.syncs[at] = { ...began, how, count }
  else push(chronicle.syncs, { t, leader: sid, learner, how, zxid: had, count }, SYNCS_MAX)
}

function noteTraffic({ links }: Chronicle, event: Extract<GatewayEvent, { type: 'linkTraffic' }>): void {
  const { t, sid, peer, bytesSent, queuedBytes } = event
  const key = `${sid}>${peer}`
  const before = links[key]
  if (peer === null || (!before && Object.keys(links).length >= LINKS_MAX)) return
  // A connection that came up anew counts from zero.
  const goesOn = before !== undefined && t > before.t && bytesSent >= before.bytesSent
  const bytesPerS = goesOn ? ((bytesSent - before.bytesSent) * 1000) / (t - before.t) : null
  links[key] = { t, bytesSent, queuedBytes, bytesPerS }
}

function noteStream(chronicle: Chronicle, t: number, sid: number, up: boolean): void {
  const { notes } = chronicle
  if (!up) {
    push(notes, { t, sid, kind: 'unheard', detail: '' }, NOTES_MAX)
    return
  }
  chronicle.heardSince[sid] = t
  const at = notes.findLastIndex((note) => note.sid === sid && note.kind === 'unheard')
  const lost = notes[at]
  if (lost && t - lost.t < HICCUP_MS) notes.splice(at, 1)
  else if (lost) push(notes, { t, sid, kind: 'heardAgain', detail: '' }, NOTES_MAX)
}
