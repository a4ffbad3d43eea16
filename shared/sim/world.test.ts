// The ensemble under crashes, cuts and delays, seeded. Each run prints how to repeat it. Checked after every
// effect: what one server applied is what every other applied at that zxid (B-2), nothing acknowledged is
// lost (D-7), one established leader an epoch (L-1). After the faults stop: a leader, and equal trees (V-1, V-2).

import { describe, expect, test } from 'vitest'
import { chance, createPrng, nextInt, pick } from '../base/prng.ts'
import type { ConnId } from '../peer/contract.ts'
import { OPEN_ACL } from '../zk/acl.ts'
import { asSid, NO_SESSION, type Sid } from '../zk/ids.ts'
import type { Entry } from '../zk/txn.ts'
import { formatEpochCounter, ZERO_ZXID, type Zxid } from '../zk/zxid.ts'
import { crash, createWorld, feed, run, type Server, serverOf, start, type World } from './world.ts'

class Checker {
  readonly applied = new Map<Zxid, Entry>()
  readonly leaders = new Map<number, Sid>()
  readonly acknowledged = new Map<string, Zxid>()
  readonly sessions = new Map<string, string>()
  elections = 0

  observe(server: Server, effect: Parameters<World['observe']>[1]): void {
    if (effect.type === 'applied') {
      const known = this.applied.get(effect.entry.zxid)
      if (known)
        expect(describeEntry(effect.entry), `[B-2] at ${formatEpochCounter(known.zxid)}`).toBe(describeEntry(known))
      else this.applied.set(effect.entry.zxid, effect.entry)
    }
    if (effect.type === 'serving' && effect.state === 'LEADING') {
      this.elections += 1
      const known = this.leaders.get(effect.epoch) ?? server.sid
      expect(known, `[L-1] leaders of epoch ${effect.epoch}`).toBe(server.sid)
      this.leaders.set(effect.epoch, server.sid)
    }
    if (effect.type === 'reply' && effect.err === 0 && effect.request.type === 'create')
      this.acknowledged.set(effect.request.path, effect.zxid)
  }
}

function describeEntry(entry: Entry): string {
  return `${entry.zxid} ${entry.sessionId} ${entry.cxid} ${entry.txn.type} ${'path' in entry.txn ? entry.txn.path : ''}`
}

function leaderOf(world: World): Server | undefined {
  return [...world.servers.values()].find((s) => s.peer?.leadership)
}

function connectTo(world: World, sid: Sid, conn: ConnId): void {
  feed(world, serverOf(world, sid), {
    type: 'connect',
    conn,
    sessionId: NO_SESSION,
    passwordOk: true,
    timeoutMs: 4000,
    lastZxidSeen: ZERO_ZXID,
    auth: [],
  })
}

function createNode(world: World, sid: Sid, conn: ConnId, xid: number, path: string): void {
  feed(world, serverOf(world, sid), {
    type: 'request',
    conn,
    xid,
    request: { type: 'create', path, data: new Uint8Array([xid & 255]), acl: OPEN_ACL, flags: 0 },
  })
}

function settle(world: World, checker: Checker): void {
  world.cuts.clear()
  for (const server of world.servers.values()) if (!server.peer) start(world, server.sid)
  run(world, 15_000)
  const leader = leaderOf(world)
  expect(leader, '[V-1] a leader once the faults stop').toBeDefined()
  for (const server of world.servers.values()) {
    const { peer } = server
    expect(peer?.leadership ?? peer?.followership, `[V-7] server ${server.sid} serves`).toBeTruthy()
    expect(peer?.tree.lastProcessedZxid, `[V-2] server ${server.sid}`).toBe(leader?.peer?.tree.lastProcessedZxid)
    expect(peer?.tree.digest, `[V-2] digest of server ${server.sid}`).toBe(leader?.peer?.tree.digest)
    for (const path of checker.acknowledged.keys())
      expect(peer?.tree.nodes.has(path), `[D-7] ${path} on server ${server.sid}`).toBe(true)
  }
}

function faultyRun(seed: number, voters: number, observers: number): Checker {
  const chances = createPrng(seed + 0x9e3779b9)
  const checker = new Checker()
  const delayMaxMs = 2 + nextInt(chances, 30)
  const commitLogCount = 2 + nextInt(chances, 40) // small windows force SNAP as well as DIFF
  const world = createWorld({ seed, voters, observers, delayMaxMs, commitLogCount }, (s, e) => checker.observe(s, e))
  const sids = [...world.servers.keys()]
  let conn = 0
  let node = 0
  run(world, 1500)
  for (let round = 0; round < 60; round += 1) {
    const sid = pick(chances, sids)
    const server = serverOf(world, sid)
    if (!server.peer) start(world, sid)
    else if (chance(chances, 0.15)) crash(world, sid)
    if (chance(chances, 0.08)) world.cuts.add(`${sid}>${pick(chances, sids)}`)
    if (chance(chances, 0.3)) world.cuts.clear()
    for (let i = 0; i < 4; i += 1) {
      const at = pick(chances, sids)
      conn += 1
      connectTo(world, at, conn as ConnId)
      for (let xid = 1; xid <= 3; xid += 1) {
        node += 1
        createNode(world, at, conn as ConnId, xid, `/n${node}`)
      }
    }
    run(world, nextInt(chances, 400))
  }
  settle(world, checker)
  return checker
}

describe('an ensemble in the simulated world', () => {
  test('elects one leader, commits and serves', () => {
    const checker = new Checker()
    const world = createWorld({ seed: 1, voters: 3, observers: 1, delayMaxMs: 3, commitLogCount: 500 }, (s, e) =>
      checker.observe(s, e),
    )
    run(world, 1500)
    connectTo(world, asSid(1), 1 as ConnId)
    createNode(world, asSid(1), 1 as ConnId, 1, '/a')
    run(world, 200)
    expect([...checker.acknowledged.keys()]).toEqual(['/a'])
    for (const server of world.servers.values()) expect(server.peer?.tree.nodes.has('/a')).toBe(true)
  })

  test('a leader that crashes is replaced and comes back as a follower', () => {
    const checker = new Checker()
    const world = createWorld({ seed: 2, voters: 3, observers: 0, delayMaxMs: 3, commitLogCount: 500 }, (s, e) =>
      checker.observe(s, e),
    )
    run(world, 1500)
    const first = leaderOf(world)
    expect(first).toBeDefined()
    if (first) crash(world, first.sid)
    run(world, 3000)
    expect(leaderOf(world)?.sid).not.toBe(first?.sid)
    settle(world, checker)
    expect(checker.elections).toBe(2)
  })

  const first = Number(process.env.SIM_SEED ?? 1)
  const count = Number(process.env.SIM_SEEDS ?? 40)
  test.each(Array.from({ length: count }, (_, i) => first + i))(
    'stays safe and recovers under faults, seed %i',
    (seed) => {
      const checker = faultyRun(seed, seed % 3 === 0 ? 5 : 3, seed % 4 === 0 ? 1 : 0)
      expect(checker.elections, `seed ${seed}: the run proves something`).toBeGreaterThan(0)
      expect(checker.acknowledged.size, `seed ${seed}: something was written`).toBeGreaterThan(10)
    },
  )
})
