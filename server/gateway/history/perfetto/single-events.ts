// What of a trace comes from one event alone, and the slices of a member's states, each of which lasts until the next.

import { unreachable } from '#shared/base/assert.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { readableZxid } from '#shared/events/zxid-text.ts'
import type { LaneKind } from './lanes.ts'
import { TRACKS, type TraceEvent } from './trace-event.ts'

type Micros = (t: number) => number

/** Still without a track: others of its kind overlap it. */
export interface LanedSlice {
  readonly kind: LaneKind
  readonly event: TraceEvent & { readonly ts: number; readonly dur: number }
}

/** Something that took time and ended at its event. */
export function sliceOf(event: GatewayEvent, us: Micros): LanedSlice | null {
  const { t, sid } = event
  const slice = (kind: LaneKind, name: string, ms: number, args: Readonly<Record<string, unknown>>): LanedSlice => {
    // What began before the window is cut off at its start.
    const from = Math.max(0, us(t - ms))
    const dur = Math.max(1, us(t) - from)
    return { kind, event: { ph: 'X', pid: sid, cat: event.type, name, ts: from, dur, args } }
  }
  if (event.type === 'flush')
    return slice('disk', `flush of ${event.txns} txns`, event.ms, { txns: event.txns, bytes: event.bytes })
  if (event.type === 'request') {
    const { op, path, session, zxid, error, latencyMs } = event
    return slice('requests', path === null ? op : `${op} ${path}`, latencyMs, { session, zxid, error })
  }
  return null
}

/** Something that happened at once; null for what others draw, and for figures. */
export function instantOf(event: GatewayEvent, us: Micros): TraceEvent | null {
  const instant = (tid: number, name: string): TraceEvent => {
    const { t, sid, type, ...args } = event
    return { ph: 'i', s: 't', pid: sid, tid, cat: type, name, ts: us(t), args }
  }
  switch (event.type) {
    case 'vote':
      return instant(TRACKS.votes, `votes for ${event.leader} (${readableZxid(event.zxid)}), to ${event.to}`)
    case 'voteChange':
      return instant(TRACKS.votes, `now votes for ${event.leader}: ${event.why}`)
    case 'elected':
      return instant(TRACKS.votes, `elected ${event.leader}`)
    case 'handshake':
      return instant(TRACKS.links, `${event.packet} to ${event.to ?? 'somebody'}`)
    case 'sync':
      return instant(TRACKS.links, `${event.how} to ${event.learner}`)
    case 'synced':
      return instant(TRACKS.links, `${event.how} to ${event.learner}: ${event.count} txns`)
    case 'link':
      return instant(TRACKS.links, `link to ${event.peer ?? 'somebody'} ${event.up ? 'up' : 'down'}`)
    case 'watchSet':
      return instant(TRACKS.watches, `watch set on ${event.path}`)
    case 'watchTriggered':
      return instant(TRACKS.watches, `${event.event} ${event.path}`)
    case 'watchDelivered':
      return instant(TRACKS.watches, `delivered: ${event.event} ${event.path}`)
    case 'session':
      return instant(TRACKS.watches, `session ${event.session} ${event.change}`)
    case 'process':
      return instant(TRACKS.state, `process ${event.process}`)
    case 'fault':
      return instant(TRACKS.state, `fault ${event.change}: ${event.fault.text}`)
    case 'memberGone':
      return instant(TRACKS.state, 'no member any more')
    case 'workload':
    case 'scenario':
      return null
    case 'notServing':
      return instant(TRACKS.state, 'stops serving')
    case 'stats': {
      const { outstanding, connections, watches } = event.stats
      const args = { outstanding, connections, watches }
      return { ph: 'C', pid: event.sid, name: 'clients', ts: us(event.t), args }
    }
    case 'state':
    case 'phase':
    case 'serving':
    case 'proposed':
    case 'known':
    case 'mark':
    case 'quorum':
    case 'multi':
    case 'request':
    case 'flush':
    case 'linkTraffic':
    case 'sampling':
    case 'counts':
    case 'connected':
    case 'disconnected':
    case 'watchFound':
    case 'member':
    case 'stream':
    case 'dropped':
      return null
    default:
      return unreachable(event)
  }
}

/** LOOKING, FOLLOWING, LEADING and OBSERVING with their phases, as slices. */
export class StateSlices {
  readonly #us: Micros
  readonly #open = new Map<number, { readonly name: string; readonly t: number }>()

  constructor(us: Micros) {
    this.#us = us
  }

  add(event: GatewayEvent): readonly TraceEvent[] {
    const { t, sid } = event
    if (event.type === 'state') return this.#turn(sid, t, event.state)
    if (event.type === 'process' && event.pid === null) return this.#turn(sid, t, null)
    if (event.type !== 'serving') return []
    return this.#turn(sid, t, `${event.state}, serving in epoch ${event.epoch}`)
  }

  /** What still lasts at the end of the trace. */
  end(endMs: number): readonly TraceEvent[] {
    return [...this.#open.keys()].flatMap((sid) => this.#turn(sid, endMs, null))
  }

  #turn(sid: number, t: number, next: string | null): readonly TraceEvent[] {
    const last = this.#open.get(sid)
    if (next === null) this.#open.delete(sid)
    else this.#open.set(sid, { name: next, t })
    if (!last || t <= last.t) return []
    const ts = this.#us(last.t)
    return [{ ph: 'X', pid: sid, tid: TRACKS.state, cat: 'state', name: last.name, ts, dur: this.#us(t) - ts }]
  }
}
