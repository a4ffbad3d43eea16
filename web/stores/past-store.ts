// What the gateway remembers from before this page was opened: asked for when a view needs it, kept while the
// page lives. Who asks gets null until the answer is there, and an empty past when there is none to be had.

import { create } from 'zustand'
import type { HistoryRange } from '#shared/events/history-protocol.ts'
import type { PhaseNote, SyncNote } from '../viz/chronicle/chronicle.ts'
import { ask } from './ask.ts'

export interface ElectionPast {
  readonly phases: readonly PhaseNote[]
  readonly syncs: readonly SyncNote[]
}

export type FiguresPast = Pick<HistoryRange, 'steps' | 'stepMs'>

interface PastState {
  /** By when the election began. */
  readonly elections: ReadonlyMap<number, ElectionPast | null>
  /** By the minutes asked for. */
  readonly figures: ReadonlyMap<number, FiguresPast | null>
  /** For the space–time view: one range at a time. */
  readonly flow: FiguresPast | null
}

const ELECTIONS_MAX = 20
const BEFORE_MS = 500
const AFTER_MS = 5000
const STEPS_MAX = 600
const NOTHING: ElectionPast = { phases: [], syncs: [] }

export const usePast = create<PastState>(() => ({ elections: new Map(), figures: new Map(), flow: null }))

function put<V>(map: ReadonlyMap<number, V>, key: number, value: V): Map<number, V> {
  const entries = [...map].filter(([other]) => other !== key).slice(-ELECTIONS_MAX)
  return new Map([...entries, [key, value]])
}

/** Phases and synchronizations of the time around an election, `until` when the next one began. */
export async function loadElection(startedAt: number, until: number): Promise<void> {
  if (usePast.getState().elections.has(startedAt)) return
  const keep = (past: ElectionPast | null) =>
    usePast.setState(({ elections }) => ({ elections: put(elections, startedAt, past) }))
  keep(null)
  const [fromMs, toMs] = [Math.floor(startedAt - BEFORE_MS), Math.ceil(Math.min(until, startedAt + AFTER_MS))]
  const answer = await ask('history:range', { fromMs, toMs, stepMs: 1000, events: true })
  keep(answer.ok ? electionPast(answer.value) : NOTHING)
}

function electionPast({ events }: HistoryRange): ElectionPast {
  const phases = events.flatMap((event): PhaseNote[] => {
    if (event.type === 'phase') return [{ t: event.t, sid: event.sid, phase: event.phase, epoch: event.epoch }]
    const looks = event.type === 'state' && event.state === 'LOOKING'
    return looks ? [{ t: event.t, sid: event.sid, phase: 'ELECTION', epoch: 0 }] : []
  })
  const syncs = events.flatMap((event): SyncNote[] =>
    event.type === 'sync'
      ? [{ t: event.t, leader: event.sid, learner: event.learner, how: event.how, zxid: event.zxid, count: null }]
      : [],
  )
  return { phases, syncs }
}

/** Figures of the last `minutes` before `now`. */
export async function loadFigures(minutes: number, now: number): Promise<void> {
  if (usePast.getState().figures.has(minutes)) return
  const keep = (past: FiguresPast | null) =>
    usePast.setState(({ figures }) => ({ figures: put(figures, minutes, past) }))
  keep(null)
  const stepMs = Math.ceil((minutes * 60) / STEPS_MAX) * 1000
  const request = { fromMs: Math.floor(now - minutes * 60_000), toMs: Math.ceil(now), stepMs, events: false }
  const answer = await ask('history:range', request)
  keep(answer.ok ? answer.value : { steps: [], stepMs })
}

/** Figures from `fromMs` to `toMs` in steps of exactly `stepMs`; a coarser answer is none. */
export async function loadFlow(fromMs: number, toMs: number, stepMs: number): Promise<void> {
  const request = { fromMs: Math.max(0, Math.floor(fromMs)), toMs: Math.ceil(toMs), stepMs, events: false }
  const answer = await ask('history:range', request)
  if (answer.ok && answer.value.stepMs === stepMs) usePast.setState({ flow: answer.value })
}

export function forgetPast(): void {
  usePast.setState({ elections: new Map(), figures: new Map(), flow: null })
}
