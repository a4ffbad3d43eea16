// Learners that are too far behind, and leaders that hold only a part of the history in memory (invariants.md §5.2).

import { expect, test } from 'vitest'
import { CREATE_FLAGS } from '../../zk/op.ts'
import { formatEpochCounter } from '../../zk/zxid.ts'
import { keepJournals, linesOf, missingInOrder } from './journal.ts'
import {
  asked,
  heard,
  hold,
  installing,
  killAll,
  killKeeping,
  lagging,
  lastOn,
  letGo,
  level,
  logged,
  lose,
  packets,
  snapshotAt,
  treeOf,
} from './script.ts'
import {
  ask,
  boot,
  createRequest,
  createStage,
  hasNode,
  kill,
  leaderOf,
  pass,
  type Stage,
  server,
  settle,
  until,
  write,
} from './stage.ts'

const MANY = ['/b', '/c', '/d', '/e', '/f', '/g']

/** A leader whose log and memory hold nothing but a snapshot. Observer 4 has never run, 5 knows only /a. */
function leaderOfASnapshot(): Stage {
  const stage = createStage({ observers: 2, snapRetainCount: 1, start: false })
  boot(stage, 1, 2, 3, 5)
  settle(stage, 1, 2, 3, 5)
  write(stage, 3, '/a')
  level(stage, 1, 2, 3, 5)
  kill(stage, 5)
  for (const path of MANY) write(stage, 3, path)
  level(stage, 1, 2, 3)
  snapshotAt(stage, 3)
  killAll(stage)
  boot(stage, 1, 2, 3)
  settle(stage, 1, 2, 3)
  expect(leaderOf(stage)?.sid).toBe(3)
  expect(server(stage, 3).peer?.zab.log.entries).toEqual([])
  return stage
}

test('R-1319 [SYNC-5]: an empty learner gets a snapshot from a leader that remembers no entry', () => {
  const stage = leaderOfASnapshot()
  const journals = keepJournals(stage)
  boot(stage, 4)
  level(stage, 1, 2, 3, 4)
  expect(linesOf(journals, 4)).toContain(`< SNAP ${formatEpochCounter(lastOn(stage, 3))}`)
  expect(treeOf(stage, 4)).toEqual(treeOf(stage, 3))
  expect(hasNode(stage, 4, '/g')).toBe(true)
})

test('R-3526: a leader with an empty range tells equal learners DIFF, all behind SNAP, and nobody TRUNC', () => {
  const stage = leaderOfASnapshot()
  const journals = keepJournals(stage)
  const last = formatEpochCounter(lastOn(stage, 3))
  kill(stage, 1)
  boot(stage, 1, 4, 5)
  level(stage, 1, 2, 3, 4, 5)
  const plans = (sid: number) => linesOf(journals, sid).filter((line) => /^< (DIFF|TRUNC|SNAP) /.test(line))
  expect([plans(1), plans(4), plans(5)]).toEqual([[`< DIFF ${last}`], [`< SNAP ${last}`], [`< SNAP ${last}`]])
  expect(logged(stage, 1)).toEqual(['/a', ...MANY])
  expect(treeOf(stage, 5)).toEqual(treeOf(stage, 3))
})

test('R-1367: what is committed between a SNAP and UPTODATE is on the learner’s disk, ephemerals included', () => {
  const stage = lagging('SNAP')
  const journals = keepJournals(stage)
  hold(stage, packets(3, 2, 'ACK')) // so that UPTODATE is not sent yet
  boot(stage, 3)
  heard(stage, linesOf(journals, 3), '> ACK 2/0')
  expect(ask(stage, 'owner', 1, createRequest('/owned', CREATE_FLAGS.ephemeral)).err).toBe(0)
  write(stage, 1, '/meanwhile')
  until(stage, 'all of it has reached 3', () => logged(stage, 3).includes('/meanwhile'))
  expect(linesOf(journals, 3)).not.toContain('< UPTODATE')
  expect(hasNode(stage, 3, '/meanwhile')).toBe(false)
  letGo(stage)
  until(stage, '3 serves', () => server(stage, 3).serving && hasNode(stage, 3, '/meanwhile'))
  kill(stage, 3, 0)
  kill(stage, 2)
  expect(logged(stage, 3).slice(-2)).toEqual(['/owned', '/meanwhile'])
  boot(stage, 3)
  level(stage, 1, 3)
  expect(treeOf(stage, 3)).toEqual(treeOf(stage, 1))
  expect([...(server(stage, 3).peer?.tree.ephemerals.keys() ?? [])].length).toBe(1)
})

/** 3 has learned everything up to its start by SNAP, and leads; /late is all that it remembers as an entry. */
function leaderOverAHole(): Stage {
  const stage = createStage({ observers: 1, commitLogCount: 2, start: false })
  boot(stage, 1, 2, 4)
  settle(stage, 1, 2, 4)
  write(stage, 2, '/a')
  level(stage, 1, 2, 4)
  kill(stage, 4)
  for (const path of MANY) write(stage, 2, path)
  boot(stage, 3)
  level(stage, 1, 2, 3)
  expect(server(stage, 3).disk.log).toEqual([])
  killAll(stage)
  boot(stage, 1, 2, 3)
  settle(stage, 1, 2, 3)
  expect(leaderOf(stage)?.sid).toBe(3)
  write(stage, 1, '/late')
  level(stage, 1, 2, 3)
  expect(logged(stage, 3)).toEqual(['/late'])
  return stage
}

test('R-2846: a leader that was itself brought up by SNAP sends no DIFF over the hole before it', () => {
  const stage = leaderOverAHole()
  const journals = keepJournals(stage)
  boot(stage, 4) // it ends at /a, in the hole
  level(stage, 1, 2, 3, 4)
  expect(linesOf(journals, 4).filter((line) => line.startsWith('< SNAP')).length).toBe(1)
  expect(treeOf(stage, 4)).toEqual(treeOf(stage, 3))
})

test('R-4352: nor to an empty learner, though what it remembers begins with an epoch’s first entry', () => {
  const stage = createStage({ observers: 1, commitLogCount: 2, start: false })
  boot(stage, 1, 2)
  settle(stage, 1, 2)
  for (const path of MANY) write(stage, 2, path)
  boot(stage, 3)
  level(stage, 1, 2, 3)
  killAll(stage)
  boot(stage, 1, 2, 3)
  settle(stage, 1, 2, 3)
  write(stage, 1, '/late')
  const [first] = server(stage, 3).peer?.zab.log.entries ?? []
  expect(first && formatEpochCounter(first.zxid)).toBe('2/1')
  const journals = keepJournals(stage)
  boot(stage, 4)
  level(stage, 1, 2, 3, 4)
  expect(linesOf(journals, 4).filter((line) => line.startsWith('< SNAP')).length).toBe(1)
  expect(treeOf(stage, 4)).toEqual(treeOf(stage, 3))
})

test('R-2872: an interrupted SNAP leaves the old snapshot or the whole new one, with a log that fits', () => {
  const operations = asked(installing('SNAP'), 3).length
  for (let kept = 0; kept <= operations; kept += 1) {
    const stage = installing('SNAP')
    killKeeping(stage, 3, kept)
    const { snapshots, log, logAfter } = server(stage, 3).disk
    if (kept === 0) expect([snapshots.length, logged(stage, 3)]).toEqual([0, ['/a']])
    else expect([snapshots.map((one) => one.zxid), log]).toEqual([[logAfter], []])
    kill(stage, 2) // it has to do with what it has: 1 is at the end of everything
    boot(stage, 3)
    level(stage, 1, 3)
    expect(treeOf(stage, 3)).toEqual(treeOf(stage, 1))
  }
})

test('R-3104: NEWLEADER comes behind the snapshot, and what is committed while it is cut comes too', () => {
  const stage = createStage({ commitLogCount: 2 })
  settle(stage)
  kill(stage, 1)
  for (let n = 0; n < 60; n += 1) write(stage, 2, `/n${n}`) // some slices of a walk
  const journals = keepJournals(stage)
  boot(stage, 1)
  until(stage, '1 is sent a snapshot', () => linesOf(journals, 3).some((line) => line.startsWith('> SNAP')))
  expect(linesOf(journals, 3).at(-1)).toBe('> NEWLEADER 1')
  for (const path of ['/x', '/y', '/z']) write(stage, 3, path)
  expect(linesOf(journals, 1)).not.toContain('< snapshot')
  level(stage, 1, 2, 3)
  const order = ['< snapshot', '< NEWLEADER 1', 'current 1', 'disk: current 1', '> ACK 1/0']
  expect(missingInOrder(linesOf(journals, 1), ...order)).toBe(null)
  const installed = linesOf(journals, 1).findIndex((line) => line.startsWith('disk: install'))
  expect(installed).toBeGreaterThan(0)
  expect(installed).toBeLessThan(linesOf(journals, 1).indexOf('> ACK 1/0'))
  kill(stage, 1, 0)
  kill(stage, 3)
  boot(stage, 1)
  level(stage, 1, 2)
  expect(treeOf(stage, 1)).toEqual(treeOf(stage, 2))
})

test('R-3104: a snapshot of a leader that has not applied its whole history holds that history all the same', () => {
  const stage = createStage({ commitLogCount: 2 })
  settle(stage)
  kill(stage, 1)
  for (const path of MANY) write(stage, 3, path)
  hold(stage, packets(3, 2, 'COMMIT'))
  write(stage, 3, '/last') // committed; 2 has logged it and does not know
  expect(hasNode(stage, 2, '/last')).toBe(false)
  kill(stage, 3)
  lose(stage)
  const journals = keepJournals(stage)
  boot(stage, 1)
  level(stage, 1, 2)
  expect(linesOf(journals, 1).filter((line) => line.startsWith('< SNAP')).length).toBe(1)
  expect(hasNode(stage, 1, '/last')).toBe(true)
  expect(treeOf(stage, 1)).toEqual(treeOf(stage, 2))
})

test('R-3642 [BASE-5]: a SNAP whose leader dies before NEWLEADER is forgotten, in memory too', () => {
  const stage = lagging('SNAP')
  const journals = keepJournals(stage)
  const before = formatEpochCounter(lastOn(stage, 3))
  hold(stage, packets(2, 3, 'NEWLEADER'))
  boot(stage, 3)
  heard(stage, linesOf(journals, 3), '< snapshot')
  pass(stage, 50)
  kill(stage, 2)
  lose(stage)
  until(stage, '3 looks again', () => linesOf(journals, 3).at(-1)?.startsWith('vote 3') ?? false)
  expect([hasNode(stage, 3, '/a'), hasNode(stage, 3, '/g')]).toEqual([true, false])
  level(stage, 1, 3)
  const reports = linesOf(journals, 3).filter((line) => line.startsWith('> ACKEPOCH'))
  expect(reports.map((line) => line.split(' ').at(-1))).toEqual([before, before])
  kill(stage, 3, 0)
  boot(stage, 3)
  level(stage, 1, 3)
  expect(treeOf(stage, 3)).toEqual(treeOf(stage, 1))
})
