// Going back: the page shows the cluster as it was at a moment that the gateway still remembers, and steps from there by
// events, rounds and elections. The present is folded on meanwhile, and shown again when somebody asks for it.

import { create } from 'zustand'
import { applyEvent } from '#shared/events/apply-event.ts'
import type { HistoryMoment } from '#shared/events/history-protocol.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { applyToChronicle, emptyChronicle, seedChronicle } from '../viz/chronicle/chronicle.ts'
import { ask } from './ask.ts'
import { showChronicle } from './chronicle-store.ts'
import { renewNow } from './clock.ts'
import { tell } from './notice-store.ts'
import { usePause } from './pause-store.ts'
import { presentNow, showPast, showPresent } from './view-store.ts'

/** An event of any kind; the beginning of a round; a member that begins to look for a leader. */
export type StepKind = 'event' | 'round' | 'election'

interface MomentState {
  /** Null: the present is shown. */
  readonly moment: HistoryMoment | null
  /** How many of its events have happened. */
  readonly at: number
  readonly busy: boolean
}

const PRESENT: MomentState = { moment: null, at: 0, busy: false }

export const useMoment = create<MomentState>(() => PRESENT)

/** A request that was followed by another one, or by going back to the present, is void. */
let asked = 0

/** Shows the cluster as it was at `t`, ms since 1970 by the servers' clock. */
export async function rewind(t: number): Promise<void> {
  const moment = await momentAt(t)
  if (moment) show(moment, moment.before)
}

async function momentAt(t: number): Promise<HistoryMoment | null> {
  asked += 1
  const mine = asked
  useMoment.setState({ busy: true })
  const answer = await ask('history:moment', { atMs: Math.max(0, Math.min(t, presentNow())) })
  if (mine !== asked) return null
  useMoment.setState({ busy: false })
  if (answer.ok) return answer.value
  tell(answer.message)
  return null
}

/** Folds so many events into a copy: going back is beginning anew. */
function show(moment: HistoryMoment, at: number): void {
  const view = structuredClone(moment.view)
  const chronicle = emptyChronicle()
  seedChronicle(chronicle, view)
  for (const event of moment.events.slice(0, at)) {
    applyToChronicle(chronicle, view, event)
    applyEvent(view, event)
  }
  showChronicle(chronicle)
  usePause.setState({ frozen: null })
  showPast(view, timeOf(moment, at))
  renewNow()
  useMoment.setState({ moment, at })
}

/** Of the last event that has happened. */
function timeOf({ events }: HistoryMoment, at: number): number {
  return events[at - 1]?.t ?? events[0]?.t ?? 0
}

/** The newest event that has happened; null when none is known. */
export function lastEvent({ moment, at }: MomentState): GatewayEvent | null {
  return moment?.events[at - 1] ?? null
}

/** To the next such event, or back to the one before; false: none is near, and nothing has changed. */
export async function stepTo(kind: StepKind, forward: boolean): Promise<boolean> {
  const { moment, at } = useMoment.getState()
  if (!moment) return false
  const here = placeOf(moment.events, at, kind, forward)
  if (here !== null) {
    show(moment, here)
    return true
  }
  // What is beyond the events at hand: asked for around the last one on that side.
  const edge = (forward ? moment.events.at(-1) : moment.events[0])?.t
  const more = edge === undefined ? null : await momentAt(edge)
  if (!more) return false
  const from = forward ? more.before : more.events.findIndex(({ t }) => t >= (edge ?? 0)) + 1
  const there = placeOf(more.events, from, kind, forward)
  if (there === null) return false
  show(more, there)
  return true
}

/** How many events have happened when the wanted one is the last; null: it is not among these. */
function placeOf(events: readonly GatewayEvent[], at: number, kind: StepKind, forward: boolean): number | null {
  if (forward) {
    const next = events.findIndex((event, i) => i >= at && isStep(event, kind))
    return next === -1 ? null : next + 1
  }
  const before = events.findLastIndex((event, i) => i < at - 1 && isStep(event, kind))
  return before === -1 ? null : before + 1
}

/** Figures come once a second and change nothing that has a place in time. */
function isStep(event: GatewayEvent, kind: StepKind): boolean {
  switch (kind) {
    case 'event':
      return event.type !== 'stats' && event.type !== 'counts'
    case 'round':
      return event.type === 'proposed'
    case 'election':
      return event.type === 'state' && event.state === 'LOOKING'
  }
}

export function backToNow(): void {
  forgetMoment()
  showPresent()
  renewNow()
}

/** Without showing anything: what is shown is about to be replaced. */
export function forgetMoment(): void {
  asked += 1
  showChronicle(null)
  useMoment.setState(PRESENT)
}
