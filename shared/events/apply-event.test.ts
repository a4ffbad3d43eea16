import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatZxid, makeZxid } from '../zk/zxid.ts'
import { applyEvent } from './apply-event.ts'
import { KNOWN_TXNS_MAX, type MemberStats, type Stage, type TxnSummary } from './cluster-event.ts'
import {
  type ClusterView,
  emptyClusterView,
  type MemberView,
  PARKED_MAX,
  ROUNDS_MAX,
  UNKNOWN_OP,
} from './cluster-view.ts'
import type { GatewayEvent } from './socket-protocol.ts'

const z = (epoch: number, counter: number): string => formatZxid(makeZxid(epoch, counter))

function txn(zxid: string): TxnSummary {
  return { zxid, op: 'create', path: '/a', session: '0x1', cxid: 1, bytes: 3, error: null, ephemeral: false }
}

function member(sid: number, lastZxid = '0x0'): MemberView {
  return {
    sid,
    process: 'running',
    pid: 10 + sid,
    clientAddress: `127.0.0.1:${2180 + sid}`,
    role: 'participant',
    state: null,
    phase: null,
    serving: false,
    epoch: 0,
    leader: null,
    lastZxid,
    connections: 0,
    sessions: 0,
    znodes: 0,
    watches: 0,
    outstanding: 0,
    requests: 0,
    heardAt: 1,
  }
}

function introduce(...sids: number[]): GatewayEvent[] {
  return sids.map((sid) => ({ type: 'member', t: 0, sid, member: member(sid) }))
}

function fold(events: readonly GatewayEvent[]): ClusterView {
  const view = emptyClusterView()
  for (const event of events) applyEvent(view, event)
  return view
}

const proposed = (t: number, sid: number, zxid: string): GatewayEvent => ({ type: 'proposed', t, sid, txn: txn(zxid) })
const mark = (t: number, sid: number, stage: Stage, zxid: string): GatewayEvent => ({
  type: 'mark',
  t,
  sid,
  stage,
  zxid,
})

describe('rounds', () => {
  test('a mark covers every round of its epoch up to its zxid, and a later mark does not overwrite it', () => {
    const view = fold([
      proposed(1, 3, z(1, 1)),
      proposed(2, 3, z(1, 2)),
      proposed(3, 3, z(1, 3)),
      mark(5, 1, 'logged', z(1, 2)),
      mark(6, 1, 'logged', z(1, 3)),
    ])
    expect(view.rounds.map((round) => round.members['1']?.logged)).toEqual([5, 5, 6])
  })

  test("the leader's own flush is its ack, a follower's is not", () => {
    const view = fold([proposed(1, 3, z(1, 1)), mark(2, 3, 'logged', z(1, 1)), mark(3, 1, 'logged', z(1, 1))])
    expect(view.rounds[0]?.members['3']).toEqual({ proposed: 1, logged: 2, acked: 2 })
    expect(view.rounds[0]?.members['1']).toEqual({ logged: 3 })
  })

  test('marks of a newer epoch say nothing about a proposal that the old leader took with it', () => {
    const view = fold([proposed(1, 3, z(1, 8)), proposed(2, 2, z(2, 1)), mark(3, 1, 'committed', z(2, 1))])
    expect(view.rounds[0]?.members['1']).toBeUndefined()
    expect(view.rounds[1]?.members['1']).toEqual({ committed: 3 })
  })

  test('marks that come before their proposals are kept for them', () => {
    const view = fold([
      mark(5, 1, 'received', z(1, 1)),
      mark(6, 1, 'logged', z(1, 2)),
      mark(7, 1, 'received', z(1, 2)),
      proposed(1, 3, z(1, 1)),
      proposed(2, 3, z(1, 2)),
    ])
    expect(view.rounds[0]?.members['1']).toEqual({ received: 5, logged: 6 })
    expect(view.rounds[1]?.members['1']).toEqual({ received: 7, logged: 6 })
    expect(view.parked).toEqual({})
  })

  test('a member that serves has applied what a snapshot brought it', () => {
    const serving = (zxid: string): GatewayEvent => ({
      type: 'serving',
      t: 9,
      sid: 1,
      state: 'FOLLOWING',
      epoch: 1,
      zxid,
    })
    const view = fold([proposed(1, 3, z(1, 1)), proposed(2, 3, z(1, 2)), serving(z(1, 1)), serving(z(2, 0))])
    expect(view.rounds.map((round) => round.members['1']?.applied)).toEqual([9, undefined])
    expect(view.parked).toEqual({})
  })

  test('a quorum names whose ack completed it, once', () => {
    const view = fold([
      proposed(1, 3, z(1, 1)),
      proposed(2, 3, z(1, 2)),
      { type: 'quorum', t: 4, sid: 3, zxid: z(1, 1), by: 1 },
      { type: 'quorum', t: 5, sid: 3, zxid: z(1, 2), by: 2 },
    ])
    expect(view.rounds.map((round) => [round.quorumBy, round.quorumAt])).toEqual([
      [1, 4],
      [2, 5],
    ])
  })

  test('what a killed leader could not tell any more is a round all the same, before and after its end is known', () => {
    const down: GatewayEvent = { type: 'stream', t: 8, sid: 3, up: false }
    const marks = [mark(5, 1, 'received', z(1, 2)), mark(6, 1, 'logged', z(1, 3)), mark(7, 1, 'acked', z(1, 3))]
    for (const events of [
      [...marks, down],
      [down, ...marks],
    ]) {
      const view = fold([proposed(1, 3, z(1, 1)), ...events])
      expect(view.rounds.map((round) => [round.txn.zxid, round.txn.op, round.leader])).toEqual([
        [z(1, 1), 'create', 3],
        [z(1, 2), UNKNOWN_OP, 3],
        [z(1, 3), UNKNOWN_OP, 3],
      ])
      expect(view.rounds[1]?.members).toEqual({ '1': { received: 5, logged: 6, acked: 7 } })
      expect(view.rounds[2]?.members).toEqual({ '1': { logged: 6, acked: 7 } })
      expect(view.parked).toEqual({})
    }
  })

  test("what a killed leader's followers know describes its last rounds, in every order of the streams", () => {
    const known = (t: number, sid: number, counter: number): GatewayEvent => ({
      type: 'known',
      t,
      sid,
      txn: { ...txn(z(1, counter)), path: `/${counter}` },
    })
    const leader: GatewayEvent[] = [proposed(1, 3, z(1, 1)), { type: 'stream', t: 9, sid: 3, up: false }]
    const followers = [1, 2].map((sid) => [
      mark(5, sid, 'logged', z(1, 3)),
      known(8, sid, 1),
      known(8, sid, 2),
      known(8, sid, 3),
    ])
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), (picks) => {
        const view = fold(interleave([leader, ...followers], picks))
        expect(view.rounds.map((round) => [round.txn.path, round.leader])).toEqual([
          ['/a', 3], // as its leader told it
          ['/2', 3],
          ['/3', 3],
        ])
        expect(view.rounds[0]?.members['3']).toEqual({ proposed: 1 })
        expect(view.rounds[2]?.members['2']).toEqual({ logged: 5 })
        expect([view.known, view.parked]).toEqual([{}, {}])
      }),
    )
  })

  test('what is known of rounds that never come is bounded', () => {
    const events: GatewayEvent[] = []
    for (let i = 1; i <= KNOWN_TXNS_MAX + 7; i += 1) events.push({ type: 'known', t: 1, sid: 1, txn: txn(z(1, i)) })
    expect(Object.keys(fold(events).known)).toHaveLength(KNOWN_TXNS_MAX)
  })

  test('only the newest rounds are kept, and a mark nobody proposed is bounded too', () => {
    const events: GatewayEvent[] = []
    for (let i = 1; i <= ROUNDS_MAX + 7; i += 1) events.push(proposed(i, 3, z(1, i)))
    for (let i = 1; i <= PARKED_MAX + 7; i += 1) events.push(mark(i, 1, 'logged', z(2, i)))
    const view = fold(events)
    expect(view.rounds).toHaveLength(ROUNDS_MAX)
    expect(view.rounds[0]?.txn.zxid).toBe(z(1, 8))
    expect(view.parked['1']).toHaveLength(PARKED_MAX)
  })

  test('every interleaving of the streams gives the same rounds', () => {
    const streams = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 8 }).map(ensembleHistory)
    fc.assert(
      fc.property(streams, fc.infiniteStream(fc.nat()), (history, picks) => {
        const inOrder = fold(history.flat())
        const shuffled = fold(interleave(history, picks))
        expect(shuffled.rounds).toEqual(inOrder.rounds)
        expect(shuffled.parked).toEqual({})
        expect(shuffled.totals.committed).toBe(inOrder.totals.committed)
        const last = inOrder.rounds.at(-1)
        expect(last?.members['1']?.committed).toBeGreaterThan(0)
      }),
    )
  })
})

/** Two epochs, led by 3 and then 2; `batches` says how many txns each group commit holds. */
function ensembleHistory(batches: readonly number[]): GatewayEvent[][] {
  const streams: GatewayEvent[][] = [[], [], []]
  let t = 100
  for (const [epoch, leader] of [
    [1, 3],
    [2, 2],
  ] as const) {
    let counter = 0
    for (const size of batches) {
      for (let i = 0; i < size; i += 1) {
        counter += 1
        t += 1
        streams[leader - 1]?.push(proposed(t, leader, z(epoch, counter)))
      }
      const upTo = z(epoch, counter)
      for (const sid of [1, 2, 3]) {
        const stages: Stage[] = sid === leader ? ['logged', 'committed', 'applied'] : ['received', 'logged', 'acked']
        if (sid !== leader) stages.push('committed', 'applied')
        for (const stage of stages) {
          t += 1
          streams[sid - 1]?.push(mark(t, sid, stage, upTo))
          if (sid === leader && stage === 'logged') {
            streams[sid - 1]?.push({ type: 'quorum', t, sid, zxid: upTo, by: 1 })
          }
        }
      }
    }
  }
  // The order of the sids: leader first, so that folding stream after stream is one interleaving too.
  return [streams[2] ?? [], streams[1] ?? [], streams[0] ?? []]
}

function interleave(streams: readonly GatewayEvent[][], picks: Iterable<number>): GatewayEvent[] {
  const rest = streams.map((events) => [...events])
  const out: GatewayEvent[] = []
  for (const pick of picks) {
    const open = rest.filter((events) => events.length > 0)
    const next = open[pick % Math.max(1, open.length)]?.shift()
    if (!next) break
    out.push(next)
  }
  return out
}

describe('counting', () => {
  test('commits are counted by zxid, so a dropped event loses none', () => {
    const view = fold([
      ...introduce(1, 2, 3),
      mark(1000, 3, 'committed', z(1, 2)),
      mark(1900, 1, 'committed', z(1, 2)),
      { type: 'dropped', t: 1950, sid: 3, count: 40 },
      mark(2100, 3, 'committed', z(1, 50)),
      mark(3000, 2, 'committed', z(2, 1)),
    ])
    expect(view.totals).toEqual({ committed: 51, dropped: 40 })
    expect(view.writeRate).toEqual([
      [1, 2],
      [2, 48],
      [3, 1],
    ])
  })

  test('what was committed before anybody looked is not counted', () => {
    const view = fold([
      { type: 'member', t: 0, sid: 1, member: member(1, z(1, 700)) },
      mark(1000, 1, 'committed', z(1, 701)),
    ])
    expect(view.totals.committed).toBe(1)
    applyEvent(view, mark(1100, 2, 'committed', z(1, 650)))
    applyEvent(view, mark(1100, 2, 'applied', z(0, 900)))
    expect(view.totals.committed).toBe(1)
  })
})

const STATS: MemberStats = {
  pid: 77,
  state: 'FOLLOWING',
  acceptedEpoch: 2,
  currentEpoch: 2,
  leader: 3,
  lastZxid: '0x200000005',
  connections: 4,
  sessions: 5,
  znodes: 6,
  watches: 7,
  outstanding: 8,
  requests: 9,
  uptimeMs: 10,
  cpuMs: 1,
  rssBytes: 80_000_000,
}

describe('members', () => {
  test('a leader is marked once an epoch, with a sentence', () => {
    const view = fold([
      ...introduce(3),
      { type: 'state', t: 1, sid: 3, state: 'LOOKING', round: 1, reason: 'it has just started' },
      { type: 'state', t: 2, sid: 3, state: 'LEADING', round: 1, reason: 'elected' },
      { type: 'phase', t: 3, sid: 3, phase: 'BROADCAST', epoch: 2, leader: 3 },
      { type: 'serving', t: 4, sid: 3, state: 'LEADING', epoch: 2, zxid: '0x200000000' },
    ])
    expect(view.markers.map((marker) => marker.text)).toEqual([
      'Member 3 looks for a leader: it has just started',
      'Member 3 leads epoch 2',
    ])
    expect(view.members['3']).toMatchObject({
      state: 'LEADING',
      phase: 'BROADCAST',
      epoch: 2,
      leader: 3,
      serving: true,
    })
  })

  test('what a member has applied is its last zxid, and a truncation takes it back', () => {
    const applied = fold([...introduce(1), mark(1, 1, 'applied', z(1, 8))])
    expect(applied.members['1']?.lastZxid).toBe(z(1, 8))
    applyEvent(applied, { type: 'stats', t: 2, sid: 1, stats: { ...STATS, lastZxid: z(1, 7) } })
    expect(applied.members['1']?.lastZxid).toBe(z(1, 7))
  })

  test('stats describe a member', () => {
    const view = fold([...introduce(1), { type: 'stats', t: 9, sid: 1, stats: STATS }])
    expect(view.members['1']).toMatchObject({ pid: 77, state: 'FOLLOWING', epoch: 2, znodes: 6, heardAt: 9 })
  })

  test('a killed member has no state, no connections, and keeps what it last said', () => {
    const view = fold([
      ...introduce(1, 2),
      { type: 'stats', t: 9, sid: 1, stats: STATS },
      { type: 'connected', t: 9, sid: 1, conn: 4, address: '127.0.0.1:5000', session: '0x1', timeoutMs: 4000 },
      { type: 'connected', t: 9, sid: 2, conn: 4, address: '127.0.0.1:5001', session: '0x2', timeoutMs: 4000 },
      { type: 'process', t: 10, sid: 1, process: 'killed', pid: null, reason: 'SIGKILL' },
    ])
    expect(view.members['1']).toMatchObject({ process: 'killed', pid: null, state: null, lastZxid: '0x200000005' })
    expect(Object.keys(view.connections)).toEqual(['2:4'])
    expect(view.markers.at(-1)).toMatchObject({ type: 'killed', text: 'Member 1 ended: SIGKILL' })
  })

  test('a stream that comes up again lists its connections afresh', () => {
    const connected = (conn: number): GatewayEvent => {
      return { type: 'connected', t: 1, sid: 1, conn, address: 'a', session: '0x1', timeoutMs: 4000 }
    }
    const view = fold([connected(1), connected(2), { type: 'stream', t: 2, sid: 1, up: true }, connected(2)])
    expect(Object.keys(view.connections)).toEqual(['1:2'])
  })
})

describe('an attached cluster', () => {
  const told = (t: number, sid: number, lastZxid: string): GatewayEvent => {
    return { type: 'member', t, sid, member: { ...member(sid, lastZxid), serving: true, unknown: [] } }
  }

  test('has its commits counted by the zxids that its servers say, each once', () => {
    const events = [told(0, 1, z(3, 100)), told(0, 2, z(3, 100)), told(1000, 1, z(3, 107)), told(1100, 2, z(3, 107))]
    const view = fold([...events, told(2000, 2, z(3, 110)), told(2100, 1, z(3, 110)), told(3000, 2, z(4, 2))])
    expect(view.totals.committed).toBe(12)
    expect(view.writeRate.map(([, count]) => count)).toEqual([7, 3, 2])
    expect([view.parked, view.rounds]).toEqual([{}, []])
  })

  test('is not counted by a server that does not serve, or of which nothing is known', () => {
    const silent: GatewayEvent = { type: 'member', t: 1, sid: 1, member: { ...member(1, z(1, 9)), unknown: [] } }
    const ours: GatewayEvent = { type: 'member', t: 2, sid: 1, member: { ...member(1, z(1, 12)), serving: true } }
    expect(fold([told(0, 1, z(1, 5)), silent, ours]).totals.committed).toBe(0)
  })
})
