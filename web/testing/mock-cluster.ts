// A made-up cluster for drawing the page without a gateway: it tells the events that members would tell, with
// plausible times. Development only; nothing in the product imports it.

import { applyEvent } from '#shared/events/apply-event.ts'
import type { ClusterEvent, TxnSummary } from '#shared/events/cluster-event.ts'
import type { ClusterView, MemberView, ProcessState } from '#shared/events/cluster-view.ts'
import { emptyClusterView } from '#shared/events/cluster-view.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import type { ServerState } from '#shared/zk/vote.ts'

/** Numbers in [0, 1), the same ones each time. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

interface Mock {
  up: boolean
  paused: boolean
  pid: number
}

export class MockCluster {
  readonly view: ClusterView = emptyClusterView()
  readonly random = seeded(7)
  epoch = 2
  counter = 0
  leader = 2
  round = 4
  readonly members = new Map<number, Mock>()
  emit: (events: readonly GatewayEvent[]) => void = () => {}

  constructor(size: number, startedAt: number) {
    for (let sid = 1; sid <= size; sid += 1) {
      this.members.set(sid, { up: true, paused: false, pid: 41_000 + sid * 7 })
      this.tell({ type: 'member', t: startedAt, sid, member: this.describe(sid, startedAt) })
    }
  }

  private tell(...events: GatewayEvent[]): void {
    for (const event of events) applyEvent(this.view, event)
    this.emit(events)
  }

  private stateOf(sid: number): ServerState {
    return sid === this.leader ? 'LEADING' : 'FOLLOWING'
  }

  private describe(sid: number, t: number): MemberView {
    return {
      sid,
      process: 'running',
      pid: this.members.get(sid)?.pid ?? null,
      clientAddress: `127.0.0.1:${2180 + sid}`,
      role: 'participant',
      state: this.stateOf(sid),
      phase: 'BROADCAST',
      serving: true,
      epoch: this.epoch,
      leader: this.leader,
      lastZxid: this.zxid(),
      connections: 3 + sid * 2,
      sessions: 21,
      znodes: 1284,
      watches: 12 * sid,
      outstanding: 0,
      requests: 18_402 + sid * 991,
      heardAt: t,
    }
  }

  zxid(): string {
    return `0x${(BigInt(this.epoch) * 2n ** 32n + BigInt(this.counter)).toString(16)}`
  }

  alive(): number[] {
    return [...this.members].filter(([, m]) => m.up && !m.paused).map(([sid]) => sid)
  }

  /** One write at `t`, all of its stages. */
  write(t: number, txn: Omit<TxnSummary, 'zxid'>): void {
    const live = this.alive()
    if (!live.includes(this.leader) || live.length * 2 <= this.members.size) return
    this.counter += 1
    const zxid = this.zxid()
    const events: ClusterEvent[] = [{ type: 'proposed', t, sid: this.leader, txn: { ...txn, zxid } }]
    const wait = (low: number, spread: number) => low + this.random() * spread
    const acks: { sid: number; at: number }[] = []
    for (const sid of live) {
      const received = sid === this.leader ? t : t + wait(0.15, 0.3)
      const logged = received + wait(0.7, 1.4)
      if (sid !== this.leader) events.push({ type: 'mark', t: received, sid, stage: 'received', zxid })
      events.push({ type: 'mark', t: logged, sid, stage: 'logged', zxid })
      if (sid !== this.leader) events.push({ type: 'mark', t: logged + 0.05, sid, stage: 'acked', zxid })
      acks.push({ sid, at: sid === this.leader ? logged : logged + wait(0.25, 0.3) })
    }
    acks.sort((a, b) => a.at - b.at)
    const decisive = acks[Math.floor(this.members.size / 2)]
    if (!decisive) return
    events.push({ type: 'quorum', t: decisive.at, sid: this.leader, zxid, by: decisive.sid })
    for (const sid of live) {
      const committed = decisive.at + (sid === this.leader ? 0.03 : wait(0.2, 0.4))
      events.push({ type: 'mark', t: committed, sid, stage: 'committed', zxid })
      events.push({ type: 'mark', t: committed + wait(0.04, 0.1), sid, stage: 'applied', zxid })
    }
    this.tell(...events.sort((a, b) => a.t - b.t))
  }

  stats(t: number): void {
    for (const sid of this.alive()) {
      const before = this.view.members[sid]
      if (!before) continue
      this.tell({
        type: 'stats',
        t,
        sid,
        stats: {
          pid: before.pid ?? 0,
          state: before.state ?? 'LOOKING',
          acceptedEpoch: this.epoch,
          currentEpoch: this.epoch,
          leader: before.leader,
          lastZxid: this.zxid(),
          connections: before.connections || 4,
          sessions: 21,
          znodes: 1284,
          watches: before.watches || 9,
          outstanding: Math.floor(this.random() * 2),
          requests: before.requests + 40,
          uptimeMs: 60_000,
          cpuMs: 1,
          rssBytes: 80_000_000,
        },
      })
    }
  }

  process(t: number, sid: number, process: ProcessState, reason: string): void {
    const member = this.members.get(sid)
    if (!member) return
    member.up = process !== 'killed' && process !== 'stopped'
    member.paused = process === 'paused'
    if (process === 'starting') member.pid += 300
    this.tell({ type: 'process', t, sid, process, pid: member.up ? member.pid : null, reason })
  }

  /** Members look, vote, and elect `winner`. Without it they stay LOOKING. */
  elect(t: number, winner: number | null): void {
    const live = this.alive()
    this.round += 1
    const zxid = this.zxid()
    for (const sid of live) {
      this.tell({ type: 'state', t, sid, state: 'LOOKING', round: this.round, reason: 'lost the leader' })
    }
    for (const step of [0, 1]) {
      for (const from of live) {
        for (const to of live) {
          const leader = step === 0 || winner === null ? from : winner
          const at = t + 4 + step * 9 + from
          this.tell({
            type: 'vote',
            t: at,
            sid: from,
            to,
            state: 'LOOKING',
            leader,
            zxid,
            round: this.round,
            peerEpoch: this.epoch,
          })
        }
      }
    }
    if (winner === null) return
    this.leader = winner
    this.epoch += 1
    this.counter = 0
    for (const sid of live) this.serve(t + 240, sid)
  }

  /** `sid` serves under the present leader. */
  serve(t: number, sid: number): void {
    const state = this.stateOf(sid)
    if (state === 'FOLLOWING')
      this.tell({ type: 'sync', t: t - 20, sid: this.leader, learner: sid, how: 'DIFF', zxid: this.zxid() })
    this.tell(
      { type: 'state', t, sid, state, round: this.round, reason: 'elected' },
      { type: 'phase', t, sid, phase: 'BROADCAST', epoch: this.epoch, leader: this.leader },
      { type: 'serving', t, sid, state, epoch: this.epoch, zxid: this.zxid() },
    )
  }

  event(event: GatewayEvent): void {
    this.tell(event)
  }
}
