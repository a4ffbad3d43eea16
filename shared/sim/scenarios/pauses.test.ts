// Servers that stand still, and leaders that do not know yet that they are none: §5.3 of invariants.md. A sync is
// worth something only when a quorum has confirmed the leader after it came (O-17), and silence counts against a
// session only while the leader could have heard it (O-18).

import { expect, test } from 'vitest'
import type { Operation } from '../../history/history.ts'
import { asSid } from '../../zk/ids.ts'
import { serverEnd } from '../world/links.ts'
import { doNow, gate, kill, leaderOf, move, pass, server, settle, split, until, vanish } from './stage.ts'
import {
  agree,
  askAt,
  at,
  burst,
  create,
  createStory,
  dataOf,
  ephemeral,
  get,
  SYNC,
  sendRecorded,
  sessionIdOf,
  set,
  treeOf,
} from './stage-clients.ts'

test('R-SYNC: while two servers believe to lead, the old one answers no sync, and so no fresh read', () => {
  const stage = createStory()
  settle(stage)
  burst(stage, 'a', 3, [create('/x', 'old')])
  // Its clock is slow: it believes for longer than those who have left it.
  doNow(stage, { type: 'drift', at: asSid(3), ppm: -800_000 })
  split(stage, [3], [1, 2])
  until(stage, '1 and 2 have another leader', () => leads(stage, 1) || leads(stage, 2))
  askAt(stage, 'b', 1, set('/x', 'new'))
  expect(leads(stage, 3)).toBe(true)
  const stale = sendRecorded(stage, 'a', 3, get('/x'))
  const synced = sendRecorded(stage, 'a', 3, SYNC)
  const fresh = sendRecorded(stage, 'a', 3, get('/x'))
  pass(stage, 500)
  expect(leads(stage, 3)).toBe(true)
  expect(dataOf(stale)).toBe('old') // a plain read may be
  expect([synced.doneAtMs, fresh.doneAtMs]).toEqual([null, null])
  until(stage, '3 has noticed', () => !server(stage, 3).serving)
  doNow(stage, { type: 'calm' })
  settle(stage)
  expect([synced.doneAtMs, fresh.doneAtMs]).toEqual([null, null])
  expect(lastOf(burst(stage, 'a', 3, [SYNC, get('/x')]))).toBe('new')
})

test('R-PAUSE: a leader that stood still while another took over answers no sync when it wakes', () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    // Its timers first, or what waits in its sockets first: as the seed says.
    const stage = createStory({ seed })
    settle(stage)
    at(stage, 'a', 3, 30_000)
    burst(stage, 'a', 3, [create('/x', 'old')])
    doNow(stage, { type: 'pause', at: asSid(3), forUs: 4_000_000 })
    until(stage, '1 and 2 have another leader', () => leads(stage, 1) || leads(stage, 2))
    askAt(stage, 'b', 1, set('/x', 'new'))
    // The client's words wait in the sleeper's sockets.
    const synced = sendRecorded(stage, 'a', 3, SYNC)
    const read = sendRecorded(stage, 'a', 3, get('/x'))
    expect(server(stage, 3).paused).toBe(true)
    until(stage, '3 goes on', () => !server(stage, 3).paused)
    pass(stage, 3000)
    expect([synced.doneAtMs, read.doneAtMs], `with seed ${seed}`).toEqual([null, null])
    settle(stage)
    expect(lastOf(burst(stage, 'a', 3, [SYNC, get('/x')]))).toBe('new')
  }
})

test('R-SYNC-2: an answer of an earlier leader is not taken for the answer to a later question', () => {
  const stage = createStory({ syncLimit: 50 })
  settle(stage)
  burst(stage, 'a', 1, [create('/x', 'old')])
  // The first answer waits on its way from 3 to 1.
  gate(stage, (from, to, packet) => from === 3 && to === 1 && packet.type === 'SYNC')
  const first = sendRecorded(stage, 'a', 1, SYNC)
  pass(stage, 400)
  expect(first.doneAtMs).toBe(null)
  kill(stage, 3)
  settle(stage, 1, 2)
  // The new leader's answers wait, too; the client asks again, and the late answer arrives.
  const leader = leaderOf(stage)?.sid
  gate(stage, (from, to, packet) => from !== 3 && to !== 3 && packet.type === 'SYNC')
  at(stage, 'a', leader === 2 ? 1 : 2)
  const here = leader === 2 ? 1 : 2
  askAt(stage, 'b', leader ?? 2, set('/x', 'new'))
  const second = sendRecorded(stage, 'a', here, SYNC)
  pass(stage, 1500)
  expect(second.doneAtMs).toBe(null)
  gate(stage, null)
  until(stage, 'the second is answered', () => second.doneAtMs !== null)
  expect(dataOf(askAt(stage, 'a', here, get('/x')))).toBe('new')
  expect(first.doneAtMs).toBe(null)
})

test('R-SYNC-2: each leader change voids the questions of before, also when the same server leads again', () => {
  const stage = createStory({ syncLimit: 50 })
  settle(stage)
  burst(stage, 'a', 1, [create('/x', 'old')])
  gate(stage, (from, to, packet) => from === 3 && to === 1 && packet.type === 'SYNC')
  sendRecorded(stage, 'a', 1, SYNC)
  pass(stage, 200)
  for (const sid of [1, 2]) doNow(stage, { type: 'reset', between: end(sid), and: end(3) })
  until(stage, '3 leads no more', () => !server(stage, 3).serving)
  settle(stage)
  gate(stage, null)
  at(stage, 'a', 1)
  const again = sendRecorded(stage, 'a', 1, SYNC)
  until(stage, 'it is answered', () => again.doneAtMs !== null)
  expect(dataOf(askAt(stage, 'a', 1, get('/x')))).toBe('old')
  expect(stage.world.recorder.misplaced).toEqual([])
})

test('R-STALL: a leader that stood still closes no session that was heard of meanwhile', () => {
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const stage = createStory({ seed, syncLimit: 10, tickTimeMs: 200 })
    settle(stage)
    at(stage, 'a', 1, 800)
    at(stage, 'b', 2, 800)
    burst(stage, 'a', 1, [ephemeral('/a')])
    burst(stage, 'b', 2, [ephemeral('/b')])
    // Longer than their timeouts, shorter than syncLimit: nobody else takes over.
    doNow(stage, { type: 'pause', at: asSid(3), forUs: 1_700_000 })
    pass(stage, 4000)
    expect(leaderOf(stage)?.sid).toBe(3)
    expect(closes(stage), `with seed ${seed}`).toBe(0)
    expect(treeOf(stage, 1).nodes.has('/a') && treeOf(stage, 2).nodes.has('/b')).toBe(true)
    // It goes on expiring those that are silent.
    vanish(stage, 'a')
    until(stage, 'a has expired', () => !treeOf(stage, 2).nodes.has('/a'))
    expect(closes(stage)).toBe(1)
    agree(stage, 1, 2, 3)
  }
})

test('R-STALL: a session that was silent before the leader stood still is closed, but only after its full silence', () => {
  const stage = createStory({ syncLimit: 10 })
  settle(stage)
  at(stage, 'a', 1, 2000)
  burst(stage, 'a', 1, [ephemeral('/a')])
  const id = sessionIdOf(stage, 'a')
  vanish(stage, 'a')
  const silentFromUs = stage.world.nowUs
  pass(stage, 500)
  doNow(stage, { type: 'pause', at: asSid(3), forUs: 1_600_000 })
  until(stage, 'it is closed', () => !treeOf(stage, 1).sessions.has(id))
  // 2 s of silence that the leader could listen to, and 1.6 s in which it could not.
  expect((stage.world.nowUs - silentFromUs) / 1000).toBeGreaterThanOrEqual(3500)
})

test('a follower that stood still is left behind, comes back, and serves what it missed', () => {
  const stage = createStory()
  settle(stage)
  burst(stage, 'a', 1, [create('/x', 'old')])
  doNow(stage, { type: 'pause', at: asSid(1), forUs: 10_000_000 })
  burst(stage, 'b', 2, [set('/x', 'new')]) // V-11: it delays only itself
  expect(stage.world.nowUs).toBeLessThan(3_000_000)
  until(stage, '1 goes on', () => !server(stage, 1).paused)
  settle(stage)
  move(stage, 'a', 1)
  expect(lastOf(burst(stage, 'a', 1, [SYNC, get('/x')]))).toBe('new')
})

type Story = ReturnType<typeof createStory>

function leads(stage: Story, sid: number): boolean {
  const { peer, serving } = server(stage, sid)
  return serving && peer?.zab.role.state === 'LEADING'
}

function closes(stage: Story): number {
  return [...stage.historian.entries.values()].filter(({ txn }) => txn.type === 'closeSession').length
}

function lastOf(answers: readonly Operation[]): string {
  const last = answers.at(-1)
  return last ? dataOf(last) : 'no answer'
}

function end(sid: number) {
  return serverEnd(asSid(sid))
}
