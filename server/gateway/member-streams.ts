// The event streams of all members of one ensemble, together with what the supervisor sees of their
// processes, as one sequence of gateway events.

import type { Logger } from 'pino'
import type { StreamHello } from '#shared/events/cluster-event.ts'
import type { ClusterView, MemberView } from '#shared/events/cluster-view.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import type { Ensemble } from '../ensemble/ensemble.ts'
import type { ProcessChange } from '../ensemble/member-process.ts'
import { HOST } from '../ensemble/ports.ts'
import type { MemberPlan } from '../ensemble/zoo-cfg.ts'
import { FOUND_WATCHES_MAX } from './limits.ts'
import { MemberStream } from './member-stream.ts'

export interface MemberStreams {
  close(): void
}

/** Wall-clock milliseconds with fractions, as members' events have them. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now()
}

/**
 * Introduces every member, then follows processes and streams. `emit` is called in order; `view` is what the
 * events emitted so far fold into.
 */
export function followMembers(
  ensemble: Ensemble,
  view: ClusterView,
  emit: (event: GatewayEvent) => void,
  log: Logger,
): MemberStreams {
  const streams = new Map<number, MemberStream>()

  function follow(plan: MemberPlan): void {
    const { sid } = plan
    emit({ type: 'member', t: nowMs(), sid, member: unheardMember(plan, ensemble.status(sid)) })
    let heardUpTo = 0
    const stream = new MemberStream({
      sid,
      host: HOST,
      port: plan.eventPort,
      secret: ensemble.secret,
      onHello(hello) {
        // What it said while nobody listened: at its start, or while our connection was broken.
        for (const event of hello.recent) if (event.t > heardUpTo) emit(event)
        introduce(hello, view, emit)
      },
      onEvent(event) {
        heardUpTo = Math.max(heardUpTo, event.t)
        emit(event)
      },
      onDown: () => {
        if (streams.get(sid) === stream) emit({ type: 'stream', t: nowMs(), sid, up: false })
      },
      log,
    })
    streams.set(sid, stream)
    if (ensemble.status(sid).pid !== null) stream.open()
  }

  function onMembers(plans: readonly MemberPlan[]): void {
    for (const [sid, stream] of [...streams]) {
      if (plans.some((plan) => plan.sid === sid)) continue
      streams.delete(sid)
      stream.close()
      emit({ type: 'memberGone', t: nowMs(), sid })
    }
    for (const plan of plans) {
      const known = view.members[plan.sid]
      if (!streams.has(plan.sid)) follow(plan)
      else if (known && known.role !== plan.role)
        emit({ type: 'member', t: nowMs(), sid: plan.sid, member: { ...known, role: plan.role } })
    }
  }

  for (const plan of ensemble.plans) follow(plan)
  const unlistenMembers = ensemble.onMembers(onMembers)
  const unlisten = ensemble.onProcess((change) => {
    emit({ type: 'process', t: nowMs(), ...change })
    const stream = streams.get(change.sid)
    if (change.pid === null) stream?.close()
    else if (change.process === 'starting') stream?.open()
  })
  return {
    close: () => {
      unlisten()
      unlistenMembers()
      for (const stream of streams.values()) stream.close()
    },
  }
}

function unheardMember(plan: MemberPlan, status: ProcessChange): MemberView {
  return {
    sid: plan.sid,
    process: status.process,
    pid: status.pid,
    clientAddress: `${HOST}:${plan.clientPort}`,
    role: plan.role,
    state: null,
    phase: null,
    serving: false,
    epoch: 0,
    leader: null,
    lastZxid: '0x0',
    connections: 0,
    sessions: 0,
    znodes: 0,
    watches: 0,
    outstanding: 0,
    requests: 0,
    heardAt: 0,
  }
}

/** A stream has come up: who the member is now, which connections it has, and which watches. */
function introduce(hello: StreamHello, view: ClusterView, emit: (event: GatewayEvent) => void): void {
  const { sid, stats, phase } = hello
  const t = nowMs()
  emit({ type: 'stream', t, sid, up: true })
  const known = view.members[sid]
  if (known) {
    const { state, lastZxid, connections, sessions, znodes, watches, outstanding, requests, leader } = stats
    const counts = { connections, sessions, znodes, watches, outstanding, requests }
    const member: MemberView = {
      ...known,
      ...counts,
      state,
      phase,
      leader,
      lastZxid,
      epoch: stats.currentEpoch,
      serving: phase === 'BROADCAST' && state !== 'LOOKING',
      heardAt: t,
    }
    emit({ type: 'member', t, sid, member })
  }
  emit({ type: 'counts', t, sid, counts: hello.counts })
  for (const connection of hello.connections) emit({ type: 'connected', t, sid, ...connection })
  for (const watch of hello.watches.slice(-FOUND_WATCHES_MAX)) emit({ type: 'watchFound', t, sid, ...watch })
}
