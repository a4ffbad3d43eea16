// What this page has heard since it was opened and the view does not keep: phases, synchronizations, who came
// and went, and a sample of every member each second. Folded from the same events, in place, by applyToChronicle.
// The view stays the authority for everything that it has; feed.ts and the metrics join the two.

import type { ClusterView } from '#shared/events/cluster-view.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { type MemberSecond, sampleSecond } from './seconds.ts'
import { emptySessionNotes, noteConnected, noteGone, noteTxn, type SessionNotes } from './session-notes.ts'

export const PHASES_MAX = 600
export const SYNCS_MAX = 200
export const NOTES_MAX = 600
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
}

export type NoteKind =
  | 'connected'
  | 'disconnected'
  | 'serving'
  | 'notServing'
  | 'unheard'
  | 'heardAgain'
  | 'dropped'
  | 'closed'

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
  readonly sessions: SessionNotes
}

export function emptyChronicle(): Chronicle {
  return { since: null, phases: [], syncs: [], notes: [], seconds: {}, sessions: emptySessionNotes() }
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
      push(chronicle.syncs, { t, leader: sid, learner: event.learner, how: event.how, zxid: event.zxid }, SYNCS_MAX)
      return
    case 'serving':
      note('serving', event.zxid)
      return
    case 'notServing':
      note('notServing', event.reason)
      return
    case 'connected':
      note('connected', event.session)
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
      note(event.up ? 'heardAgain' : 'unheard', '')
      return
    case 'dropped':
      note('dropped', String(event.count))
      return
    case 'known':
      noteTxn(chronicle.sessions, t, event.txn)
      return
    case 'proposed':
      noteTxn(chronicle.sessions, t, event.txn)
      if (event.txn.op === 'closeSession') note('closed', event.txn.session)
      return
    case 'stats': {
      const list = chronicle.seconds[sid] ?? []
      chronicle.seconds[sid] = list
      const second = sampleSecond(view, event, list.at(-1) ?? null)
      if (second) push(list, second, SECONDS_MAX)
      return
    }
    default: // all else is in the view
  }
}
