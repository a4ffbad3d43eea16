// The phases of every member from the first vote to broadcast, as bars on one scale, with what each learner was
// sent. Only what was heard: a phase without an end goes on to the edge.

import type { PhaseNote, SyncNote } from './chronicle/chronicle.ts'

export interface PhaseBar {
  readonly phase: PhaseNote['phase']
  /** Ms after the start. */
  readonly from: number
  readonly to: number
  /** False: nothing that ended it was heard. */
  readonly ended: boolean
}

export interface PhaseStrip {
  readonly sid: number
  readonly bars: readonly PhaseBar[]
  readonly syncs: readonly { readonly at: number; readonly how: SyncNote['how']; readonly zxid: string }[]
}

export interface PhaseStrips {
  readonly strips: readonly PhaseStrip[]
  readonly spanMs: number
}

/** How long before the first vote a member may have begun to look. */
const BEFORE_MS = 250
const SHORTEST_SPAN_MS = 20
/** A longer story is told up to here. */
const LONGEST_SPAN_MS = 20_000
/** Part of the span shown behind the last change. */
const TAIL = 1.12

/** Null when no phase of that time was heard. `until`: when the next election began, or now. */
export function phaseStrips(
  chronicle: { readonly phases: readonly PhaseNote[]; readonly syncs: readonly SyncNote[] },
  startedAt: number,
  until: number,
): PhaseStrips | null {
  const from = startedAt - BEFORE_MS
  const to = Math.min(until, startedAt + LONGEST_SPAN_MS)
  const notes = chronicle.phases.filter(({ t }) => t >= from && t < to).sort((a, b) => a.t - b.t)
  if (!notes.some(({ phase }) => phase !== 'ELECTION')) return null
  const start = Math.min(startedAt, notes[0]?.t ?? startedAt)
  const lastChange = Math.max(...notes.map(({ t }) => t))
  const spanMs = Math.max(SHORTEST_SPAN_MS, (lastChange - start) * TAIL)
  const sids = [...new Set(notes.map(({ sid }) => sid))].sort((a, b) => a - b)
  return {
    spanMs,
    strips: sids.map((sid) => {
      // The same phase told twice is one bar.
      const own = notes.filter((note) => note.sid === sid)
      const changes = own.filter((note, i) => own[i - 1]?.phase !== note.phase)
      return {
        sid,
        bars: changes.map((note, i): PhaseBar => {
          const next = changes[i + 1]
          return {
            phase: note.phase,
            from: note.t - start,
            to: next ? next.t - start : spanMs,
            ended: next !== undefined || note.phase === 'BROADCAST',
          }
        }),
        syncs: chronicle.syncs
          .filter(({ learner, t }) => learner === sid && t >= start && t <= start + spanMs)
          .map(({ t, how, zxid }) => ({ at: t - start, how, zxid })),
      }
    }),
  }
}
