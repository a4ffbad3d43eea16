// Sessions: order inside one, moving between servers, ending by close and by expiry. §5.3 and §2.6 of invariants.md.

import { expect, test } from 'vitest'
import { createPrng, nextInt } from '../../base/prng.ts'
import type { ConnId } from '../../peer/contract.ts'
import { ERROR_CODES } from '../../zk/errors.ts'
import { formatServer } from '../../zk/quorum-config.ts'
import type { ClientRequest } from '../../zk/request.ts'
import { makeZxid, NO_ZXID } from '../../zk/zxid.ts'
import { specOf } from '../world/world.ts'
import { boot, disk, gate, kill, move, pass, server, settle, split, until, vanish, write } from './stage.ts'
import {
  addScripted,
  agree,
  askAt,
  at,
  burst,
  childrenOf,
  close,
  create,
  createStory,
  dataAt,
  dataOf,
  ephemeral,
  exists,
  feedByHand,
  get,
  list,
  remove,
  SYNC,
  seenBy,
  sendRecorded,
  sessionIdOf,
  set,
  treeOf,
} from './stage-clients.ts'

test('R-1863 [S-3]: answers come in the order of the questions, whatever each of them has to wait for', () => {
  for (const sid of [1, 3]) {
    const stage = createStory()
    settle(stage)
    burst(stage, 'a', sid, [create('/x', '0')])
    const answers = burst(stage, 'a', sid, [
      get('/x'),
      set('/x', '1'),
      get('/x'),
      SYNC,
      set('/x', '2'),
      set('/none', 'fails'),
      get('/x'),
      create('/y'),
      list('/'),
      SYNC,
      get('/none'),
    ])
    expect(answers.map((one) => one.request.type)).toEqual([
      ...['getData', 'setData', 'getData', 'sync', 'setData', 'setData', 'getData', 'create', 'getChildren', 'sync'],
      'getData',
    ])
    expect([0, 2, 6, 10].map((n) => answers[n] && dataOf(answers[n]))).toEqual(['0', '1', '2', 'NONODE'])
    expect(stage.world.recorder.misplaced).toEqual([])
    const zxids = answers.map((one) => one.zxid ?? 0)
    expect(zxids).toEqual(zxids.toSorted((a, b) => a - b)) // S-4
  }
})

test('R-1863: a write that is committed while a sync before it waits for its quorum is answered behind it', () => {
  for (const sid of [1, 3]) {
    const stage = createStory()
    settle(stage)
    burst(stage, 'a', sid, [create('/x', '0')])
    // The second sync waits for a round of pings of its own; the write is through before that.
    const answers = burst(stage, 'a', sid, [SYNC, SYNC, set('/x', '1'), get('/x'), SYNC, set('/x', '2')])
    expect(answers.map((one) => one.request.type)).toEqual(['sync', 'sync', 'setData', 'getData', 'sync', 'setData'])
    expect(answers.map((one) => one.err)).toEqual([0, 0, 0, 0, 0, 0])
    expect(answers[3] && dataOf(answers[3])).toBe('1')
    const zxids = answers.map((one) => one.zxid ?? 0)
    expect(zxids).toEqual(zxids.toSorted((a, b) => a - b))
  }
})

test('R-1863: whatever one client sends at once, each read shows just the writes before it', () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    const prng = createPrng(seed)
    const stage = createStory({ seed, delayMaxUs: 4000, flushMaxUs: 3000 })
    settle(stage)
    const sid = 1 + (seed % 3)
    burst(stage, 'a', sid, [create('/x', '0')])
    let last = '0'
    const expected: (string | null)[] = []
    const requests = Array.from({ length: 60 }, (_, n): ClientRequest => {
      const roll = nextInt(prng, 10)
      if (roll < 4) last = `${n}`
      expected.push(roll < 8 && roll >= 4 ? last : null)
      return roll < 4 ? set('/x', last) : roll < 8 ? get('/x') : SYNC
    })
    const answers = burst(stage, 'a', sid, requests)
    const reads = answers.map((one) => (one.request.type === 'getData' ? dataOf(one) : null))
    expect(reads, `with seed ${seed}`).toEqual(expected)
  }
})

test('R-1863 [LEAD-10] [RECONF-5]: a reconfiguration that is decided while syncs before it wait is answered behind them', () => {
  for (const sid of [1, 3]) {
    const stage = createStory({ reconfigEnabled: true, observers: 1 })
    settle(stage)
    addScripted(stage, 'root', sid, 4000, [{ scheme: 'super', id: '' }])
    const joiningServers = formatServer(specOf(4, false))
    const join = {
      type: 'reconfig',
      joiningServers,
      leavingServers: null,
      newMembers: null,
      curConfigId: NO_ZXID,
    } as const
    const answers = burst(stage, 'root', sid, [SYNC, SYNC, join, create('/x', '0')])
    expect(answers.map((one) => one.err)).toEqual([0, 0, 0, 0])
    expect(answers.map((one) => one.request.type)).toEqual(['sync', 'sync', 'reconfig', 'create'])
  }
})

test('R-1863: a read does not overtake a write that waits for its quorum', () => {
  const stage = createStory()
  settle(stage)
  burst(stage, 'a', 1, [create('/x', 'old')])
  gate(stage, (_from, to, packet) => to === 1 && packet.type === 'COMMIT')
  const written = sendRecorded(stage, 'a', 1, set('/x', 'new'))
  const read = sendRecorded(stage, 'a', 1, get('/x'))
  pass(stage, 300)
  expect([written.doneAtMs, read.doneAtMs]).toEqual([null, null])
  gate(stage, null)
  until(stage, 'both are answered', () => read.doneAtMs !== null)
  expect(dataOf(read)).toBe('new')
  expect(seenBy(stage, 'a').slice(-2)).toEqual(['setData /x', 'getData /x'])
})

test('[S-7] a client that vanishes is expired by the leader, and its ephemerals go everywhere in that one txn', () => {
  const stage = createStory()
  settle(stage)
  write(stage, 1, '/group')
  burst(stage, 'a', 1, [ephemeral('/group/a'), ephemeral('/a')])
  burst(stage, 'b', 1, [ephemeral('/group/b')])
  const gone = sessionIdOf(stage, 'a')
  const vanishedAtMs = stage.world.nowUs / 1000
  vanish(stage, 'a')
  until(stage, 'the session is closed', () => !treeOf(stage, 1).sessions.has(gone))
  const silentMs = stage.world.nowUs / 1000 - vanishedAtMs
  // S-8: not before its 4 s of silence; V-5: not much later.
  expect(silentMs).toBeGreaterThanOrEqual(3900)
  expect(silentMs).toBeLessThan(4000 + 2 * 200 + 100)
  agree(stage, 1, 2, 3)
  for (const sid of [1, 2, 3]) {
    expect([...(treeOf(stage, sid).nodes.get('/group')?.children ?? [])]).toEqual(['/group/b'])
    expect(treeOf(stage, sid).nodes.has('/a')).toBe(false)
  }
  const closes = [...stage.historian.entries.values()].filter(({ txn }) => txn.type === 'closeSession')
  expect(closes).toHaveLength(1)
  expect(closes[0]?.txn).toEqual({ type: 'closeSession', paths: ['/group/a', '/a'] })
})

test('[S-8] a session that only pings its follower lives as long as it does so', () => {
  const stage = createStory()
  settle(stage)
  burst(stage, 'a', 1, [ephemeral('/a')])
  pass(stage, 20_000)
  expect(treeOf(stage, 3).nodes.has('/a')).toBe(true)
  expect(server(stage, 3).peer?.tree.sessions.has(sessionIdOf(stage, 'a'))).toBe(true)
})

test('[S-8] a new leader gives every session its whole time again', () => {
  const stage = createStory()
  settle(stage)
  burst(stage, 'a', 1, [ephemeral('/a')])
  vanish(stage, 'a')
  pass(stage, 3500)
  kill(stage, 3)
  settle(stage, 1, 2)
  const ledFromUs = stage.world.nowUs
  until(stage, 'the session has expired', () => !treeOf(stage, 1).nodes.has('/a'))
  expect((stage.world.nowUs - ledFromUs) / 1000).toBeGreaterThanOrEqual(3900)
})

test('[S-9] a session goes to another server with its ephemerals, and keeps them', () => {
  const stage = createStory()
  settle(stage)
  burst(stage, 'a', 1, [ephemeral('/a')])
  const session = sessionIdOf(stage, 'a')
  for (const sid of [2, 3, 1, 3]) {
    move(stage, 'a', sid)
    at(stage, 'a', sid)
    expect(sessionIdOf(stage, 'a')).toBe(session)
    expect(askAt(stage, 'a', sid, set('/a', `at ${sid}`)).err).toBe(ERROR_CODES.OK)
  }
  pass(stage, 10_000)
  expect(treeOf(stage, 1).nodes.has('/a')).toBe(true)
  expect([...stage.historian.entries.values()].filter(({ txn }) => txn.type === 'createSession')).toHaveLength(1)
})

test('[S-6] a request that its session left behind on the old server changes nothing', () => {
  const stage = createStory()
  settle(stage)
  burst(stage, 'a', 1, [create('/x', 'first')])
  // The request waits on its way from 1 to the leader; the client gives up and goes to 2.
  gate(stage, (from, _to, packet) => from === 1 && packet.type === 'REQUEST')
  const left = sendRecorded(stage, 'a', 1, set('/x', 'left behind'))
  pass(stage, 50)
  move(stage, 'a', 2)
  askAt(stage, 'a', 2, set('/x', 'second'))
  gate(stage, null)
  pass(stage, 500)
  expect(left.doneAtMs).toBe(null)
  expect(dataOf(askAt(stage, 'a', 2, get('/x')))).toBe('second')
  const moved = [...stage.historian.entries.values()].filter(({ txn }) => txn.type === 'error')
  expect(moved.map(({ txn }) => txn)).toEqual([{ type: 'error', err: ERROR_CODES.SESSIONMOVED }])
})

test('[S-4] a server that is behind what a client has seen refuses it, and the client finds another', () => {
  const stage = createStory()
  settle(stage)
  burst(stage, 'a', 2, [create('/x', '1')])
  gate(stage, (_from, to, packet) => to === 1 && packet.type === 'COMMIT')
  expect(askAt(stage, 'a', 2, set('/x', '2')).err).toBe(ERROR_CODES.OK)
  const { connections } = stage.world.recorder
  const before = connections.length
  move(stage, 'a', 1)
  until(stage, 'it has been turned away by 1', () => (connections[before]?.closedAtMs ?? null) !== null)
  const refused = connections[before]
  expect(refused).toMatchObject({ server: 1, establishedAtMs: null, refusedAtMs: null })
  expect((refused?.closedAtMs ?? 0) - (refused?.openedAtMs ?? 0)).toBeLessThan(50) // at once, not by a timeout
  until(stage, 'it is served again', () => stage.scripted.get('a')?.client.phase === 'open')
  gate(stage, null)
  expect(dataOf(askAt(stage, 'a', 1, get('/x')))).toBe('2')
})

test('[S-5] a closed session is over on every server, and its id opens no door', () => {
  const stage = createStory()
  settle(stage)
  burst(stage, 'a', 1, [ephemeral('/a')])
  const session = sessionIdOf(stage, 'a')
  expect(close(stage, 'a', 1).err).toBe(ERROR_CODES.OK)
  agree(stage, 1, 2, 3)
  expect(treeOf(stage, 2).nodes.has('/a')).toBe(false)
  // A client that did not notice asks for it again.
  const client = at(stage, 'b', 2).client
  client.sessionId = session
  move(stage, 'b', 2)
  until(stage, 'it was told that the session is over', () =>
    stage.world.recorder.connections.some((one) => one.refusedAtMs !== null),
  )
  expect(childrenOf(askAt(stage, 'b', 2, list('/')))).toEqual(['zookeeper'])
  expect(sessionIdOf(stage, 'b')).not.toBe(session)
})

test('[S-9] an id without its password cuts nobody off', () => {
  const stage = createStory()
  settle(stage)
  burst(stage, 'a', 1, [ephemeral('/a')])
  const conns = (): number => server(stage, 1).peer?.conns.size ?? 0
  expect(conns()).toBe(1)
  const thief = { type: 'connect', conn: 99 as ConnId, sessionId: sessionIdOf(stage, 'a'), passwordOk: false } as const
  const answers = feedByHand(stage, 1, { ...thief, timeoutMs: 4000, lastZxidSeen: makeZxid(0, 0), auth: [] })
  expect(answers).toEqual(['session 0', 'closeConn'])
  expect(conns()).toBe(1)
  expect(askAt(stage, 'a', 1, set('/a', 'still mine')).err).toBe(ERROR_CODES.OK)
})

test('[S-2] what was asked again after a lost answer is a request of its own, and the old one happens at most once', () => {
  const stage = createStory()
  settle(stage)
  burst(stage, 'a', 1, [create('/x', '0')])
  gate(stage, (_from, to, packet) => to === 1 && packet.type === 'COMMIT')
  const first = sendRecorded(stage, 'a', 1, set('/x', 'once'))
  until(stage, 'it is committed', () => dataAt(stage, 3, '/x') === 'once')
  kill(stage, 1)
  gate(stage, null)
  move(stage, 'a', 2)
  expect(dataOf(askAt(stage, 'a', 2, get('/x')))).toBe('once')
  expect(first.doneAtMs).toBe(null)
  expect(treeOf(stage, 2).nodes.get('/x')?.version).toBe(1)
  boot(stage, 1)
  settle(stage)
  agree(stage, 1, 2, 3)
})

test('[S-4] what a client has read is never unread, over a change of leaders', () => {
  const stage = createStory()
  settle(stage)
  burst(stage, 'a', 3, [create('/x', '1')])
  disk(stage, 1, 'stuck')
  const seen = askAt(stage, 'a', 3, set('/x', '2')) // 2 and 3 are the quorum
  expect(seen.err).toBe(ERROR_CODES.OK)
  split(stage, [3], [1, 2])
  disk(stage, 1, 'ok')
  settle(stage, 1, 2)
  move(stage, 'a', 1)
  at(stage, 'a', 1)
  expect(dataOf(askAt(stage, 'a', 1, get('/x')))).toBe('2')
  expect(askAt(stage, 'a', 1, exists('/x')).zxid).toBeGreaterThanOrEqual(seen.zxid ?? 0)
})

test('[T-7] [T-8] a multi that fails changes nothing, and takes its zxid', () => {
  const stage = createStory()
  settle(stage)
  const before = burst(stage, 'a', 1, [create('/x', '0')])[0]?.zxid ?? 0
  const ops = [set('/x', '1'), create('/y'), set('/none', 'fails'), create('/z')]
  const failed = burst(stage, 'a', 1, [{ type: 'multi', ops }])[0]
  expect(failed?.zxid).toBe(before + 1)
  expect(failed?.body?.type === 'multi' && failed.body.results.map((one) => one.type === 'error' && one.err)).toEqual([
    ERROR_CODES.OK,
    ERROR_CODES.OK,
    ERROR_CODES.NONODE,
    ERROR_CODES.RUNTIMEINCONSISTENCY,
  ])
  agree(stage, 1, 2, 3)
  expect([dataAt(stage, 2, '/x'), dataAt(stage, 2, '/y'), dataAt(stage, 2, '/z')]).toEqual(['0', null, null])
})

test('R-4306 [S-10]: a session cannot own so much that its end would not fit into a packet', () => {
  const stage = createStory()
  settle(stage)
  // Long names reach the bound with few of them; all are under way at once, so that pending ones must count, too.
  const name = (n: number): string => `/${'ä'.repeat(10_000)}${n}`
  const answers = burst(
    stage,
    'a',
    1,
    Array.from({ length: 60 }, (_, n) => ephemeral(name(n))),
  )
  const refused = answers.filter((one) => one.err === ERROR_CODES.QUOTAEXCEEDED).length
  const created = answers.filter((one) => one.err === ERROR_CODES.OK).length
  expect([created, refused]).toEqual([52, 8])
  // Other nodes and other sessions are not concerned, and what is deleted makes room.
  expect(burst(stage, 'a', 1, [create('/persistent')])[0]?.err).toBe(ERROR_CODES.OK)
  expect(burst(stage, 'b', 2, [ephemeral(name(99))])[0]?.err).toBe(ERROR_CODES.OK)
  burst(stage, 'a', 1, [remove(name(0))])
  expect(burst(stage, 'a', 1, [ephemeral(name(90)), ephemeral(name(91))]).map((one) => one.err)).toEqual([
    ERROR_CODES.OK,
    ERROR_CODES.QUOTAEXCEEDED,
  ])
  vanish(stage, 'a')
  until(stage, 'the session has expired', () => !treeOf(stage, 3).nodes.has(name(1)))
  const close = [...stage.historian.entries.values()].find(({ txn }) => txn.type === 'closeSession')
  const bytes =
    close?.txn.type === 'closeSession' ? close.txn.paths?.reduce((sum, path) => sum + 2 * path.length, 0) : 0
  expect(bytes).toBeLessThan(0xfffff)
  agree(stage, 1, 2, 3)
})
