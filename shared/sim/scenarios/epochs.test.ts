// Epochs are promised and taken durably before anybody hears of them (invariants.md §5.1; O-1, O-3, O-9).

import { expect, test } from 'vitest'
import { epochOf } from '../../zk/zxid.ts'
import { feed } from '../world/process.ts'
import { keepJournals, linesOf, missingInOrder } from './journal.ts'
import {
  asked,
  flushOps,
  hold,
  holdDisk,
  installing,
  killAll,
  killKeeping,
  killMidStep,
  letGo,
  level,
  logged,
  lose,
  packets,
  proposeAt,
  snapshotAt,
  treeOf,
  zxidsOn,
} from './script.ts'
import { boot, createStage, disk, hasNode, kill, leaderOf, pass, server, settle, until, write } from './stage.ts'

test('R-0335 [DISC-1]: an epoch that was given out is not given out again, though nobody else has an entry of it', () => {
  const stage = createStage()
  settle(stage)
  write(stage, 3, '/a')
  killAll(stage)
  boot(stage, 2, 3)
  settle(stage, 2, 3)
  hold(stage, packets(3, 2, 'PROPOSAL'))
  proposeAt(stage, 3, '/only-at-3')
  expect(zxidsOn(stage, 3).at(-1)).toBe('2/1')
  kill(stage, 3)
  lose(stage)
  boot(stage, 1)
  settle(stage, 1, 2) // their last entries are of epoch 1: only 2's promise knows of epoch 2
  expect(epochOf(write(stage, 2, '/b'))).toBe(3)
  boot(stage, 3)
  level(stage, 1, 2, 3)
  expect(treeOf(stage, 3)).toEqual(treeOf(stage, 2))
  expect([hasNode(stage, 3, '/b'), hasNode(stage, 3, '/only-at-3')]).toEqual([true, false])
})

test('R-0582: servers that hold nothing but a snapshot go on behind it, in a new epoch', () => {
  const stage = createStage({ snapRetainCount: 1 })
  settle(stage)
  for (let n = 2; n <= 4; n += 1) {
    killAll(stage)
    boot(stage, 1, 2, 3)
    settle(stage)
    write(stage, 3, `/${n}`)
  }
  level(stage, 1, 2, 3)
  for (const sid of [2, 3]) snapshotAt(stage, sid)
  expect([zxidsOn(stage, 2), zxidsOn(stage, 3)]).toEqual([[], []])
  const before = treeOf(stage, 1)
  killAll(stage)
  boot(stage, 1, 2, 3)
  settle(stage)
  expect(leaderOf(stage)?.sid).toBe(3) // its vote is as good as that of 1, which has the whole log
  level(stage, 1, 2, 3)
  expect([1, 2, 3].map((sid) => treeOf(stage, sid))).toEqual([before, before, before])
  expect(epochOf(write(stage, 3, '/later'))).toBe(5)
  level(stage, 1, 2, 3)
  expect(zxidsOn(stage, 2)).toEqual(zxidsOn(stage, 3))
})

test('R-0582 [DISC-5]: a leader whose epoch is below a server’s promise stands down, and all join the next one', () => {
  const stage = createStage({ voters: 5, start: false })
  boot(stage, 1, 2, 3)
  settle(stage, 1, 2, 3)
  write(stage, 3, '/a')
  const journals = keepJournals(stage)
  // Twice 3 begins an epoch of which only 1 hears: 1 promises 2 and then 3.
  hold(stage, packets(3, 2, 'LEADERINFO'))
  for (const epoch of [2, 3]) {
    for (const sid of [1, 2, 3]) kill(stage, sid)
    boot(stage, 1, 2, 3)
    until(stage, `1 has promised ${epoch}`, () => server(stage, 1).disk.acceptedEpoch === epoch)
  }
  for (const sid of [1, 2, 3]) kill(stage, sid)
  lose(stage)
  boot(stage, 2, 4, 5)
  settle(stage, 2, 4, 5)
  expect(server(stage, 2).peer?.zab.currentEpoch).toBe(2)
  write(stage, 2, '/b')
  const from = linesOf(journals, 1).length
  boot(stage, 1)
  until(stage, '1 follows again', () => server(stage, 1).serving && hasNode(stage, 1, '/b'))
  expect(leaderOf(stage)?.peer?.zab.currentEpoch).toBe(4)
  expect(missingInOrder(linesOf(journals, 1).slice(from), '< LEADERINFO 4', 'accepted 4')).toBe(null)
})

test('R-0582 [FOLL-1]: a follower leaves a leader whose epoch is below its promise', () => {
  // No leader of ours says such a thing any more, so this word is given to it by hand, out of the checkers' sight.
  const stage = createStage({}, () => [])
  settle(stage)
  kill(stage, 1)
  hold(stage, packets(3, 1, 'LEADERINFO'))
  boot(stage, 1)
  const follower = server(stage, 1)
  until(stage, '1 waits for its leader', () => stageOf(follower) === 'DISCOVERY')
  const role = follower.peer?.zab.role
  if (role?.state !== 'FOLLOWING') throw new Error('it follows')
  const packet = { type: 'LEADERINFO', epoch: 0, protocolVersion: 0x10000 } as const
  feed(stage.world, follower, { type: 'packet', link: role.link, packet })
  expect(follower.peer?.zab.role.state).toBe('LOOKING')
})

function stageOf({ peer }: ReturnType<typeof server>): string | null {
  return peer?.zab.role.state === 'FOLLOWING' ? peer.zab.role.stage : null
}

test('R-1282 [DISC-4] [ELECT-1]: whoever acked NEWLEADER remembers the epoch, though UPTODATE never came', () => {
  const stage = createStage({ start: false })
  boot(stage, 1, 2)
  settle(stage, 1, 2)
  boot(stage, 3)
  settle(stage)
  expect(leaderOf(stage)?.sid).toBe(2)
  write(stage, 2, '/a')
  level(stage, 1, 2, 3)
  hold(stage, packets(2, null, 'PROPOSAL'))
  proposeAt(stage, 2, '/stray')
  killAll(stage)
  hold(stage, packets(3, 1, 'UPTODATE'))
  boot(stage, 1, 3)
  until(stage, '3 serves', () => server(stage, 3).serving) // epoch 2 is established, without /stray
  kill(stage, 1, 0)
  kill(stage, 3, 0)
  expect(server(stage, 1).disk.currentEpoch).toBe(2)
  letGo(stage)
  boot(stage, 1, 2)
  settle(stage, 1, 2)
  expect(leaderOf(stage)?.sid).toBe(1) // the newer epoch counts more than the longer log of 2
  level(stage, 1, 2)
  expect(logged(stage, 2)).toEqual(['/a'])
})

test('R-1291 [DISC-2]: LEADERINFO waits until the leader’s own promise is durable', () => {
  const stage = createStage()
  settle(stage)
  killAll(stage)
  holdDisk(stage, 3)
  const journals = keepJournals(stage)
  boot(stage, 1, 3)
  until(stage, '3 wants to promise', () => asked(stage, 3).length > 0)
  expect(asked(stage, 3)).toEqual(['accepted 2'])
  pass(stage, 1000)
  expect(linesOf(journals, 1).filter((line) => line.startsWith('< LEADERINFO'))).toEqual([])
  killKeeping(stage, 3, 0)
  boot(stage, 3)
  settle(stage, 1, 3)
  expect(linesOf(journals, 1).filter((line) => line.startsWith('< LEADERINFO'))).toEqual(['< LEADERINFO 2'])
})

test('R-1291: a promise that was durable and not heard of is not given a second time', () => {
  const stage = createStage()
  settle(stage)
  killAll(stage)
  holdDisk(stage, 3)
  const journals = keepJournals(stage)
  boot(stage, 1, 3)
  until(stage, '3 wants to promise', () => asked(stage, 3).length > 0)
  killMidStep(stage, 3, 0)
  flushOps(stage, 3, 1)
  expect(server(stage, 3).peer).toBe(null)
  expect(server(stage, 3).disk.acceptedEpoch).toBe(2)
  disk(stage, 3, 'ok')
  boot(stage, 3)
  settle(stage, 1, 3)
  expect(linesOf(journals, 1).filter((line) => line.startsWith('< LEADERINFO'))).toEqual(['< LEADERINFO 3'])
})

test('R-1653, R-4269: a crash between any two writes of a leader’s or a follower’s promise leaves a disk that starts', () => {
  for (const [sid, writes] of [
    [3, ['accepted 2', 'current 2']],
    [1, ['accepted 2', 'current 2']],
  ] as const) {
    for (let durable = 0; durable <= writes.length; durable += 1) {
      const stage = createStage()
      settle(stage)
      write(stage, 3, '/a')
      level(stage, 1, 2, 3)
      killAll(stage)
      holdDisk(stage, sid)
      boot(stage, 1, 3)
      for (let n = 0; n < durable; n += 1) {
        until(stage, `${sid} wants to write`, () => asked(stage, sid).length > 0)
        expect(asked(stage, sid)).toEqual([writes[n]])
        flushOps(stage, sid, 1)
      }
      if (durable < writes.length) until(stage, `${sid} wants to write`, () => asked(stage, sid).length > 0)
      killKeeping(stage, sid, 0)
      const { acceptedEpoch, currentEpoch } = server(stage, sid).disk
      expect([acceptedEpoch, currentEpoch]).toEqual([durable > 0 ? 2 : 1, durable > 1 ? 2 : 1])
      kill(stage, 4 - sid)
      boot(stage, 1, 2, 3)
      settle(stage)
      level(stage, 1, 2, 3)
      expect(hasNode(stage, sid, '/a')).toBe(true)
    }
  }
})

test.each(['DIFF', 'TRUNC', 'SNAP'] as const)(
  'R-1653: so does a crash between the writes of %s and that of currentEpoch',
  (how) => {
    const operations = asked(installing(how), 3).length
    for (let kept = 0; kept <= operations; kept += 1) {
      const stage = installing(how)
      killKeeping(stage, 3, kept)
      const { acceptedEpoch, currentEpoch, log } = server(stage, 3).disk
      expect(acceptedEpoch).toBe(2)
      expect(currentEpoch).toBe(kept === operations ? 2 : 1)
      expect(epochOf(log.at(-1)?.zxid ?? server(stage, 3).disk.logAfter)).toBeLessThanOrEqual(2)
      boot(stage, 3)
      level(stage, 1, 2, 3)
      expect(treeOf(stage, 3)).toEqual(treeOf(stage, 2))
    }
  },
)

test('R-2307: a server whose disk is full promises nothing, in memory or aloud', () => {
  const stage = createStage()
  settle(stage)
  killAll(stage)
  disk(stage, 1, 'full')
  const journals = keepJournals(stage)
  boot(stage, 1, 2, 3)
  until(stage, '1 has ended', () => server(stage, 1).peer === null)
  expect(server(stage, 1).ended).toBe('the disk is full')
  expect(missingInOrder(linesOf(journals, 1), '< LEADERINFO 2', 'accepted 2', 'crash')).toBe(null)
  expect(linesOf(journals, 1).filter((line) => line.startsWith('> ACKEPOCH'))).toEqual([])
  settle(stage, 2, 3)
  disk(stage, 1, 'ok')
  boot(stage, 1)
  settle(stage)
})

test('R-2307 [BASE-3]: the promise changes in memory when it is durable, and is said after that', () => {
  const stage = createStage()
  settle(stage)
  killAll(stage)
  holdDisk(stage, 1)
  const journals = keepJournals(stage)
  boot(stage, 1, 2, 3)
  until(stage, '1 wants to promise', () => asked(stage, 1).length > 0)
  pass(stage, 500)
  expect(server(stage, 1).peer?.zab.acceptedEpoch).toBe(1)
  flushOps(stage, 1, 1)
  expect(server(stage, 1).peer?.zab.acceptedEpoch).toBe(2)
  expect(missingInOrder(linesOf(journals, 1), 'disk: accepted 2', '> ACKEPOCH 1 0/0')).toBe(null)
  expect(linesOf(journals, 1).indexOf('> ACKEPOCH 1 0/0')).toBeGreaterThan(
    linesOf(journals, 1).indexOf('disk: accepted 2'),
  )
})
