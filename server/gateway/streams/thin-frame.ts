// What of a frame a subscription gets: the events of its views; and of those that come by the thousand only as many as a
// page can show. Rounds are left out whole, by the same rule as at the members, and the last mark of each kind always
// stays: the commits that a page counts are exact.

import type { GatewayEvent, NumberedEvents } from '#shared/events/socket-protocol.ts'
import { type StreamView, VIEW_OF } from '#shared/events/subscription.ts'
import { counterOfText, epochText } from '#shared/events/zxid-text.ts'

/** Rounds in a frame that a page gets; at twice as many it gets every second one, and so on. */
export const ROUNDS_PER_FRAME_MAX = 66
/** Events about watches in a frame that a page gets, the newest. */
export const WATCHES_PER_FRAME_MAX = 130

type RoundEvent = Extract<GatewayEvent, { type: 'proposed' | 'known' | 'multi' | 'mark' | 'quorum' }>

/** Everything of its views, for a page that catches up. */
export function framesViews(frame: NumberedEvents, views: ReadonlySet<StreamView>): NumberedEvents {
  return numbered(frame, filtered(frame.events, views))
}

/** The same for a page that is live: thinned out where it must be. */
export function thinFrame(frame: NumberedEvents, views: ReadonlySet<StreamView>): NumberedEvents {
  const wanted = filtered(frame.events, views)
  const rounds = wanted.filter(({ type }) => type === 'proposed').length
  const watches = wanted.filter(({ type }) => VIEW_OF[type] === 'watches').length
  const showsRounds = views.has('rounds')
  if (showsRounds && rounds <= ROUNDS_PER_FRAME_MAX && watches <= WATCHES_PER_FRAME_MAX) return numbered(frame, wanted)
  const every = showsRounds ? strideFor(wanted) : Number.POSITIVE_INFINITY
  const lastOf = lastMarks(wanted)
  const passed = new Map<string, number>()
  let watchesLeftOut = Math.max(0, watches - WATCHES_PER_FRAME_MAX)
  return numbered(
    frame,
    wanted.filter((event) => {
      if (VIEW_OF[event.type] === 'watches') {
        watchesLeftOut -= 1
        return watchesLeftOut < 0
      }
      return !isOfRounds(event) || lastOf.has(event) || isKept(event, every, passed)
    }),
  )
}

function numbered({ seq, events }: NumberedEvents, kept: readonly GatewayEvent[]): NumberedEvents {
  return kept.length === events.length ? { seq, events } : { seq, events: kept, upTo: seq + events.length - 1 }
}

function filtered(events: readonly GatewayEvent[], views: ReadonlySet<StreamView>): readonly GatewayEvent[] {
  return events.filter(({ type }) => {
    const view = VIEW_OF[type]
    return view === 'ensemble' || type === 'mark' || views.has(view)
  })
}

/** The power of two that leaves few enough. Members may have left out some already, by such powers, too. */
function strideFor(events: readonly GatewayEvent[]): number {
  const counters = events.flatMap((event) => (event.type === 'proposed' ? [counterOfText(event.txn.zxid)] : []))
  let every = 1
  while (counters.filter((counter) => counter % every === 0).length > ROUNDS_PER_FRAME_MAX) every *= 2
  return every
}

function isOfRounds(event: GatewayEvent): event is RoundEvent {
  return VIEW_OF[event.type] === 'rounds'
}

/** Of each member, stage and epoch. */
function lastMarks(events: readonly GatewayEvent[]): ReadonlySet<GatewayEvent> {
  const last = new Map<string, GatewayEvent>()
  for (const event of events) if (event.type === 'mark' || event.type === 'quorum') last.set(kindOf(event), event)
  return new Set(last.values())
}

function kindOf(event: Extract<RoundEvent, { type: 'mark' | 'quorum' }>): string {
  return `${event.sid} ${event.type === 'mark' ? event.stage : ''} ${epochText(event.zxid)}`
}

/** Whether a round is told, or a mark is the first that passes one that is. */
function isKept(event: RoundEvent, every: number, passed: Map<string, number>): boolean {
  if (every === Number.POSITIVE_INFINITY) return false
  switch (event.type) {
    case 'proposed':
    case 'known':
      return counterOfText(event.txn.zxid) % every === 0
    case 'multi':
      return counterOfText(event.zxid) % every === 0
    case 'mark':
    case 'quorum': {
      const kind = kindOf(event)
      const step = Math.floor(counterOfText(event.zxid) / every)
      if (passed.get(kind) === step) return false
      passed.set(kind, step)
      return true
    }
  }
}
