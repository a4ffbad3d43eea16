// Who is elected, who joins whom, and who steps down (invariants.md §5.1).

import { expect, test } from 'vitest'
import { createPrng, nextInt } from '../../base/prng.ts'
import { asSid } from '../../zk/ids.ts'
import { serverEnd } from '../world/links.ts'
import { keepJournals, linesOf } from './journal.ts'
import { heard, hold, killAll, letGo, level, logged, lose, packets, proposeAt } from './script.ts'
import {
  boot,
  createStage,
  doNow,
  hasNode,
  heal,
  kill,
  leaderOf,
  pass,
  type Stage,
  server,
  settle,
  split,
  until,
  write,
} from './stage.ts'

/** 2 has logged one entry of epoch 1 more than 1 and 3, which have just elected 3; 2 and whoever else is named is down. */
function electedWithout2(): Stage {
  const stage = createStage({ start: false })
  boot(stage, 1, 2)
  settle(stage, 1, 2)
  boot(stage, 3)
  settle(stage)
  write(stage, 2, '/a')
  level(stage, 1, 2, 3)
  hold(stage, packets(2, null, 'PROPOSAL'))
  proposeAt(stage, 2, '/more')
  killAll(stage)
  lose(stage)
  hold(stage, packets(1, 3, 'ACKEPOCH'))
  return stage
}

test('R-0790 [ELECT-1]: a leader that got no quorum returns with the vote of its log, and the longer log wins', () => {
  const stage = electedWithout2()
  const journals = keepJournals(stage)
  boot(stage, 1, 3)
  heard(stage, linesOf(journals, 3), 'disk: accepted 2')
  kill(stage, 1)
  lose(stage)
  until(
    stage,
    '3 gives up',
    () => linesOf(journals, 3).lastIndexOf('LOOKING') > linesOf(journals, 3).indexOf('LEADING'),
  )
  boot(stage, 2)
  settle(stage, 2, 3)
  expect(leaderOf(stage)?.sid).toBe(2)
  // Never the provisional 2/0 of the leadership that came to nothing.
  const votes = linesOf(journals, 3).filter((line) => line.startsWith('vote'))
  expect(votes.filter((line) => line.includes(' 2/0 '))).toEqual([])
  level(stage, 2, 3)
  expect(logged(stage, 3)).toEqual(['/a', '/more'])
})

test('R-0790 [DISC-3]: a leader gives up when a follower shows it a more recent log', () => {
  const stage = electedWithout2()
  const journals = keepJournals(stage)
  boot(stage, 1, 3)
  heard(stage, linesOf(journals, 3), 'disk: accepted 2')
  boot(stage, 2) // it joins 3, which still waits for a quorum of promises
  until(stage, '2 leads', () => leaderOf(stage)?.sid === 2)
  expect(linesOf(journals, 2)).toContain('FOLLOWING')
  expect(linesOf(journals, 3).filter((line) => line === 'serving' || line === 'current 2')).toEqual([])
  letGo(stage)
  level(stage, 1, 2, 3)
  expect(logged(stage, 3)).toEqual(['/a', '/more'])
})

test('R-0975: a restarted server joins the leader that the others follow; it never leads beside it', () => {
  const stage = createStage()
  settle(stage)
  kill(stage, 3)
  settle(stage, 1, 2)
  const journals = keepJournals(stage)
  boot(stage, 3)
  settle(stage)
  expect(leaderOf(stage)?.sid).toBe(2)
  expect(linesOf(journals, 3)).not.toContain('LEADING')
  expect(linesOf(journals, 2)).not.toContain('LOOKING')
})

test('R-0975: old votes of followers do not make their leader lead again in another round', () => {
  const stage = createStage()
  settle(stage)
  kill(stage, 3)
  settle(stage, 1, 2) // round 2
  boot(stage, 3)
  settle(stage)
  kill(stage, 2)
  settle(stage, 1, 3)
  boot(stage, 2)
  settle(stage) // 3 leads, in a round that no server starts with
  hold(stage, packets(3, null))
  const journals = keepJournals(stage)
  pass(stage, 200) // a PING is held up, and behind it that 3 is gone
  kill(stage, 3)
  boot(stage, 3)
  pass(stage, 400)
  for (const sid of [1, 2]) expect(server(stage, sid).peer?.zab.role.state).toBe('FOLLOWING')
  expect(linesOf(journals, 3)).not.toContain('LEADING')
  lose(stage)
  settle(stage)
})

test('R-0975 [ELECT-5]: nobody follows a dead leader on the word of its followers', () => {
  const stage = createStage({ voters: 5 })
  settle(stage)
  hold(stage, packets(5, null))
  const journals = keepJournals(stage)
  pass(stage, 200)
  kill(stage, 5)
  kill(stage, 1)
  boot(stage, 1)
  pass(stage, 400)
  for (const sid of [2, 3, 4]) expect(server(stage, sid).peer?.zab.role.state).toBe('FOLLOWING')
  expect(linesOf(journals, 1)).not.toContain('FOLLOWING')
  lose(stage)
  settle(stage, 1, 2, 3, 4)
})

test('R-1419 [ELECT-3]: five servers in different rounds, with late notifications, settle on one leader', () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    const prng = createPrng(seed)
    const stage = createStage({ voters: 5, seed, start: false })
    boot(stage, 5)
    for (let from = 1; from <= 5; from += 1)
      for (let to = 1; to <= 5; to += 1)
        if (from !== to) {
          const extraUs = nextInt(prng, 400_000)
          doNow(stage, { type: 'delay', from: serverEnd(asSid(from)), to: serverEnd(asSid(to)), extraUs })
        }
    // Rounds go apart: pairs and single servers start, look in vain, and start again.
    for (let n = 0; n < 12; n += 1) {
      const sid = 1 + nextInt(prng, n < 6 ? 4 : 5)
      if (server(stage, sid).peer) kill(stage, sid)
      else boot(stage, sid)
      pass(stage, nextInt(prng, 600))
    }
    for (let sid = 1; sid <= 5; sid += 1) if (!server(stage, sid).peer) boot(stage, sid)
    const from = stage.world.nowUs
    settle(stage)
    // V-1: ten election timeouts and initLimit, with room for five joins at these delays.
    expect(stage.world.nowUs - from, `seed ${seed}`).toBeLessThan(30_000_000)
  }
})

test('R-1492, V-9 [LEAD-6] [FOLL-7]: a leader that hears of a minority only steps down within syncLimit and a tick', () => {
  const stage = createStage({ voters: 5 })
  settle(stage)
  const { syncLimit, tickTimeMs } = stage.world.options
  pass(stage, 500) // everybody has answered a PING
  split(stage, [4, 5], [1, 2, 3])
  const from = stage.world.nowUs
  until(stage, '5 steps down', () => server(stage, 5).peer?.zab.role.state !== 'LEADING')
  expect(stage.world.nowUs - from).toBeLessThan((syncLimit + 1) * tickTimeMs * 1000 + 100_000)
  expect(server(stage, 5).serving).toBe(false)
  settle(stage, 1, 2, 3)
  write(stage, 3, '/a')
  heal(stage)
  until(stage, '5 has caught up', () => hasNode(stage, 5, '/a'))
})

test('R-1732: followers and leader name the epoch that they are in, so that a restarted server can count them', () => {
  const stage = createStage()
  settle(stage)
  kill(stage, 3)
  settle(stage, 1, 2)
  boot(stage, 3)
  settle(stage) // 1 and 3 follow 2 in epoch 2; they had voted for it in epoch 1
  for (const sid of [1, 2]) expect(server(stage, sid).peer?.zab.vote).toMatchObject({ leader: 2, peerEpoch: 2 })
  kill(stage, 3)
  boot(stage, 3)
  const from = stage.world.nowUs
  settle(stage)
  const { initLimit, tickTimeMs } = stage.world.options
  expect(stage.world.nowUs - from).toBeLessThan(initLimit * tickTimeMs * 1000)
})

test('[ELECT-6] L-12: observers vote for nobody, and their number makes no quorum', () => {
  const stage = createStage({ observers: 2 })
  settle(stage)
  const journals = keepJournals(stage)
  kill(stage, 3)
  kill(stage, 2)
  pass(stage, 5000)
  expect(leaderOf(stage)).toBe(null)
  expect([1, 4, 5].map((sid) => server(stage, sid).serving)).toEqual([false, false, false])
  const votes = (sid: number) => linesOf(journals, sid).flatMap((line) => /^vote (\S+) /.exec(line)?.[1] ?? [])
  expect(new Set(votes(1))).toEqual(new Set(['1']))
  // They begin with nobody; what they repeat later is not counted.
  for (const sid of [4, 5]) expect(Number(votes(sid)[0])).toBeLessThan(0)
  boot(stage, 2)
  settle(stage, 1, 2, 4, 5)
})

test('[BASE-1] a wall clock that jumps moves no election and ends no session', () => {
  const stage = createStage()
  settle(stage)
  write(stage, 3, '/a')
  const journals = keepJournals(stage)
  for (const byMs of [-3_600_000, 7_200_000])
    for (const sid of [1, 2, 3]) {
      doNow(stage, { type: 'jump', at: asSid(sid), byMs })
      pass(stage, 1500)
    }
  for (const sid of [1, 2, 3]) expect(linesOf(journals, sid)).not.toContain('LOOKING')
  write(stage, 3, '/b')
  expect(server(stage, 3).peer?.tree.sessions.size).toBe(1)
})
