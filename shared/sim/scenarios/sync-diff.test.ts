// What a DIFF brings is on disk before anybody builds on it (invariants.md §5.2; O-3, O-6, O-10, O-16).

import { expect, test } from 'vitest'
import { asSid } from '../../zk/ids.ts'
import { CREATE_FLAGS } from '../../zk/op.ts'
import { formatEpochCounter } from '../../zk/zxid.ts'
import { serverEnd } from '../world/links.ts'
import { keepJournals, linesOf, missingInOrder } from './journal.ts'
import {
  asked,
  flushOps,
  hold,
  holdDisk,
  installing,
  killAll,
  killKeeping,
  lastOn,
  letGo,
  level,
  logged,
  lose,
  packets,
  proposeAt,
  treeOf,
  zxidOf,
} from './script.ts'
import {
  ask,
  boot,
  createRequest,
  createStage,
  disk,
  doNow,
  hasNode,
  kill,
  leaderOf,
  pass,
  type Stage,
  send,
  server,
  settle,
  until,
  write,
} from './stage.ts'

test('R-2355: a DIFF that breaks off has moved nothing; an ephemeral that was deleted meanwhile is deleted', () => {
  const stage = createStage()
  settle(stage)
  expect(ask(stage, 'owner', 1, createRequest('/owned', CREATE_FLAGS.ephemeral)).err).toBe(0)
  level(stage, 1, 2, 3)
  kill(stage, 3)
  settle(stage, 1, 2)
  send(stage, 'owner', 1, { type: 'closeSession' })
  until(stage, '/owned is gone', () => !hasNode(stage, 1, '/owned'))
  write(stage, 1, '/b')
  const before = formatEpochCounter(lastOn(stage, 3))
  const journals = keepJournals(stage)
  hold(stage, packets(2, 3, 'PROPOSAL'))
  boot(stage, 3)
  until(stage, '3 has read DIFF', () => linesOf(journals, 3).some((line) => line.startsWith('< DIFF')))
  doNow(stage, { type: 'reset', between: serverEnd(asSid(2)), and: serverEnd(asSid(3)) })
  letGo(stage)
  level(stage, 1, 2, 3)
  const reports = linesOf(journals, 3).filter((line) => line.startsWith('> ACKEPOCH'))
  expect(reports.map((line) => line.split(' ').at(-1))).toEqual([before, before])
  expect([1, 2, 3].map((sid) => hasNode(stage, sid, '/owned'))).toEqual([false, false, false])
  expect(treeOf(stage, 3)).toEqual(treeOf(stage, 2))
})

/** 3 alone has logged /only when it dies; it comes back with 1, which is brought up to date with its disk held. */
function newEpochWithOnly(): Stage {
  const stage = createStage()
  settle(stage)
  write(stage, 3, '/a')
  level(stage, 1, 2, 3)
  hold(stage, packets(3, null, 'PROPOSAL'))
  proposeAt(stage, 3, '/only')
  killAll(stage)
  lose(stage)
  return stage
}

test('R-3911 [LEAD-1]: what a leader serves after the ACKs of NEWLEADER survives the power loss of all who gave them', () => {
  const stage = newEpochWithOnly()
  boot(stage, 1, 3)
  until(stage, '3 shows /only', () => server(stage, 3).serving && hasNode(stage, 3, '/only'))
  kill(stage, 1, 0)
  kill(stage, 3, 0)
  expect(logged(stage, 1)).toEqual(['/a', '/only'])
  boot(stage, 1, 2)
  level(stage, 1, 2)
  expect(logged(stage, 2)).toEqual(['/a', '/only'])
})

test('R-4643 [BASE-2] [FOLL-4]: whoever has the epoch on disk has its history, wherever the crash falls', () => {
  for (let kept = 0; kept <= 2; kept += 1) {
    const stage = createStage()
    settle(stage)
    write(stage, 3, '/3')
    level(stage, 1, 2, 3)
    kill(stage, 1)
    write(stage, 3, '/4') // on 2 and 3: committed
    level(stage, 2, 3)
    killAll(stage)
    holdDisk(stage, 1)
    boot(stage, 1, 3)
    until(stage, '1 wants to promise', () => asked(stage, 1).length > 0)
    flushOps(stage, 1, 1)
    until(stage, '1 has read NEWLEADER', () => asked(stage, 1).length > 0)
    expect(asked(stage, 1)).toEqual([`append ${zxidOf(stage, '/4')}`, 'current 2'])
    killKeeping(stage, 1, kept)
    kill(stage, 3)
    boot(stage, 1, 2)
    level(stage, 1, 2)
    expect([logged(stage, 1), logged(stage, 2)], `${kept} kept`).toEqual([
      ['/3', '/4'],
      ['/3', '/4'],
    ])
  }
})

test.each(['DIFF', 'TRUNC', 'SNAP'] as const)(
  'R-4646: the ACK of NEWLEADER by %s waits for every single write before it',
  (how) => {
    const stage = installing(how)
    const journals = keepJournals(stage)
    const writes = asked(stage, 3)
    expect(writes.length).toBeGreaterThan(1)
    for (const _ of writes) {
      pass(stage, 20)
      expect(linesOf(journals, 3)).not.toContain('> ACK 2/0')
      flushOps(stage, 3, 1)
    }
    expect(missingInOrder(linesOf(journals, 3), ...writes.map((line) => `disk: ${line}`), '> ACK 2/0')).toBe(null)
  },
)

test('R-4785: proposals under way when a follower joins are durable before its ACK; a crash in between loses none', () => {
  for (let kept = 0; kept <= 3; kept += 1) {
    const stage = createStage()
    settle(stage)
    write(stage, 3, '/a')
    level(stage, 1, 2, 3)
    kill(stage, 1)
    hold(stage, packets(2, 3, 'ACK'))
    proposeAt(stage, 3, '/b') // waits for 2
    proposeAt(stage, 3, '/c')
    holdDisk(stage, 1)
    const journals = keepJournals(stage)
    boot(stage, 1)
    until(stage, '1 has read NEWLEADER', () => asked(stage, 1).at(-1) === 'current 1')
    const [b, c] = [zxidOf(stage, '/b'), zxidOf(stage, '/c')]
    expect(asked(stage, 1)).toEqual([`append ${b}`, `append ${c}`, 'current 1'])
    flushOps(stage, 1, kept)
    expect(linesOf(journals, 1).includes('> ACK 1/0')).toBe(kept === 3)
    if (kept === 3) until(stage, '/c is committed with the ACK of 1', () => hasNode(stage, 3, '/c'))
    killKeeping(stage, 1, 0)
    kill(stage, 3)
    kill(stage, 2)
    lose(stage)
    boot(stage, 1, 3)
    level(stage, 1, 3)
    expect(logged(stage, 1)).toEqual(['/a', '/b', '/c'])
    boot(stage, 2)
    level(stage, 1, 2, 3)
  }
})

test('R-4925: what a follower got by DIFF is in the list that it sends to others as their leader', () => {
  const stage = createStage({ observers: 1 })
  settle(stage)
  write(stage, 3, '/a')
  level(stage, 1, 2, 3, 4)
  kill(stage, 4)
  kill(stage, 3)
  settle(stage, 1, 2)
  for (const path of ['/b', '/c', '/d']) write(stage, 1, path)
  boot(stage, 3)
  level(stage, 1, 2, 3)
  kill(stage, 2)
  settle(stage, 1, 3)
  expect(leaderOf(stage)?.sid).toBe(3) // in the process that was brought up to date
  const journals = keepJournals(stage)
  boot(stage, 4)
  level(stage, 1, 3, 4)
  const proposals = ['/b', '/c', '/d'].map((path) => `< PROPOSAL ${zxidOf(stage, path)}`)
  expect(missingInOrder(linesOf(journals, 4), ...proposals, '< NEWLEADER 3')).toBe(null)
  expect(treeOf(stage, 4)).toEqual(treeOf(stage, 3))
})

test('R-5010: an ephemeral that only one follower had logged is nowhere when others went on without it', () => {
  const stage = createStage({ voters: 5 })
  settle(stage)
  write(stage, 5, '/a')
  expect(ask(stage, 'owner', 5, createRequest('/kept', CREATE_FLAGS.ephemeral)).err).toBe(0)
  level(stage, 1, 2, 3, 4, 5)
  const stray = (sid: number) => packets(5, sid, 'PROPOSAL')
  hold(stage, stray(2), stray(3), stray(4))
  holdDisk(stage, 1)
  proposeAt(stage, 5, '/stale', CREATE_FLAGS.ephemeral)
  until(stage, '1 has been told', () => asked(stage, 1).length > 0)
  kill(stage, 5)
  lose(stage)
  const journals = keepJournals(stage)
  settle(stage, 2, 3, 4)
  write(stage, 2, '/b')
  pass(stage, 500)
  expect(linesOf(journals, 1).filter((line) => line.startsWith('vote'))).toEqual([]) // its disk is still at work
  disk(stage, 1, 'ok')
  level(stage, 1, 2, 3, 4)
  expect(linesOf(journals, 1).filter((line) => line.startsWith('< TRUNC')).length).toBe(1)
  boot(stage, 5)
  level(stage, 1, 2, 3, 4, 5)
  for (const sid of [1, 2, 3, 4, 5]) {
    expect(hasNode(stage, sid, '/stale')).toBe(false)
    expect(treeOf(stage, sid)).toEqual(treeOf(stage, 2))
  }
})
