// Learners that hold what was never committed, and leaders that hold it themselves (invariants.md §5.2).

import { expect, test } from 'vitest'
import { keepJournals, linesOf, missingInOrder } from './journal.ts'
import {
  asked,
  flushOps,
  heard,
  hold,
  holdDisk,
  installing,
  killAll,
  killKeeping,
  lagging,
  letGo,
  level,
  logged,
  lose,
  packets,
  proposeAt,
  snapshotAt,
  treeOf,
  zxidOf,
  zxidsOn,
} from './script.ts'
import {
  boot,
  clientOf,
  createStage,
  disk,
  hasNode,
  heal,
  kill,
  leaderOf,
  pass,
  server,
  settle,
  split,
  until,
  write,
} from './stage.ts'

const NEW = ['/b', '/c', '/d', '/e', '/f', '/g']

test('R-1154 [SYNC-4]: an entry of its own between two of the leader’s is cut away before a DIFF goes on top', () => {
  const stage = createStage()
  settle(stage)
  write(stage, 3, '/73')
  level(stage, 1, 2, 3)
  hold(stage, packets(3, null, 'PROPOSAL'))
  proposeAt(stage, 3, '/74')
  const [common, stray] = [zxidOf(stage, '/73'), zxidOf(stage, '/74')]
  killAll(stage)
  lose(stage)
  boot(stage, 1, 2)
  settle(stage, 1, 2)
  write(stage, 1, '/81')
  const journals = keepJournals(stage)
  boot(stage, 3)
  level(stage, 1, 2, 3)
  const first = `2/1`
  const said = [`> ACKEPOCH 1 ${stray}`, `< TRUNC ${common}`, `< PROPOSAL ${first}`, '< NEWLEADER 2']
  const done = [`truncate ${common}`, `append ${first}`, 'current 2', `disk: truncate ${common}`, '> ACK 2/0']
  expect(missingInOrder(linesOf(journals, 3), ...said, ...done)).toBe(null)
  expect(logged(stage, 3)).toEqual(['/73', '/81'])
  expect(zxidsOn(stage, 3)).toEqual(zxidsOn(stage, 2))
  expect(hasNode(stage, 3, '/74')).toBe(false)
})

test('R-1156: TRUNC keeps the entry that it names, whatever happens behind it', () => {
  for (let kept = 1; kept <= 2; kept += 1) {
    const stage = installing('TRUNC')
    expect(asked(stage, 3)[0]).toBe(`truncate ${zxidOf(stage, '/a')}`)
    killKeeping(stage, 3, kept)
    expect(logged(stage, 3)[0]).toBe('/a')
    expect(zxidsOn(stage, 3).slice(0, 2)).toEqual(zxidsOn(stage, 2).slice(0, 2))
    boot(stage, 3)
    level(stage, 1, 2, 3)
    expect(logged(stage, 3)).toEqual(['/a', ...NEW])
  }
})

test('R-1489: what is logged behind a truncation is there after a restart, at every step of the way', () => {
  const operations = asked(installing('TRUNC'), 3).length
  for (let kept = 1; kept <= operations; kept += 1) {
    const stage = installing('TRUNC')
    const wanted = asked(stage, 3)
      .slice(1, kept)
      .filter((line) => line.startsWith('append'))
    killKeeping(stage, 3, kept)
    holdDisk(stage, 3)
    boot(stage, 3)
    const names = server(stage, 3).disk.log.map((entry) => entry.zxid)
    expect(names.length).toBe(2 + wanted.length) // createSession, /a, and what followed the cut
    expect(server(stage, 3).peer?.tree.lastProcessedZxid).toBe(names.at(-1))
    disk(stage, 3, 'ok')
    level(stage, 1, 2, 3)
  }
})

test('R-1549: a leader without a quorum writes no snapshot of what it logged alone, and loses it on return', () => {
  const stage = createStage({ snapCount: 2 })
  settle(stage)
  write(stage, 3, '/a')
  hold(stage, packets(3, null, 'PROPOSAL'))
  proposeAt(stage, 3, '/74')
  killAll(stage)
  lose(stage)
  hold(stage, packets(3, null, 'NEWLEADER'))
  const journals = keepJournals(stage)
  boot(stage, 1, 3)
  heard(stage, linesOf(journals, 3), 'disk: current 2')
  expect(hasNode(stage, 3, '/74')).toBe(true) // replayed at start
  pass(stage, 500)
  expect(server(stage, 3).serving).toBe(false)
  kill(stage, 3)
  for (const { tree } of server(stage, 3).disk.snapshots) expect(tree.nodes.has('/74')).toBe(false)
  lose(stage)
  boot(stage, 2)
  settle(stage, 1, 2)
  for (const path of NEW) write(stage, 1, path)
  boot(stage, 3)
  level(stage, 1, 2, 3)
  expect(treeOf(stage, 3)).toEqual(treeOf(stage, 2))
  expect(hasNode(stage, 3, '/74')).toBe(false)
  for (const { tree } of server(stage, 3).disk.snapshots) expect(tree.nodes.has('/74')).toBe(false)
})

test('R-1549: a tree that holds what a TRUNC cuts away is built again from the disk', () => {
  const stage = lagging('TRUNC')
  boot(stage, 3)
  until(stage, '3 has read its disk', () => hasNode(stage, 3, '/stray'))
  level(stage, 1, 2, 3)
  expect(hasNode(stage, 3, '/stray')).toBe(false)
  expect(treeOf(stage, 3)).toEqual(treeOf(stage, 2))
})

test('R-1549 [SYNC-7]: a tail that a leader without a quorum sent by SNAP goes by SNAP again', () => {
  for (const kept of [1, 2]) {
    const stage = createStage({ voters: 5, commitLogCount: 2 })
    settle(stage)
    write(stage, 5, '/a')
    level(stage, 1, 2, 3, 4, 5)
    kill(stage, 1)
    for (const path of NEW) write(stage, 5, path)
    level(stage, 2, 3, 4, 5)
    hold(stage, packets(5, null, 'PROPOSAL'))
    proposeAt(stage, 5, '/74')
    killAll(stage)
    lose(stage)
    hold(stage, packets(5, 4, 'NEWLEADER'))
    holdDisk(stage, 1)
    boot(stage, 1, 4, 5)
    until(stage, '1 wants to promise', () => asked(stage, 1).length > 0)
    flushOps(stage, 1, 1)
    until(stage, '1 has read NEWLEADER', () => asked(stage, 1).length > 0)
    expect(asked(stage, 1)).toEqual([`install ${zxidOf(stage, '/74')}`, 'current 2'])
    killKeeping(stage, 1, kept) // nothing is left of it but a snapshot with /74 inside
    kill(stage, 4)
    kill(stage, 5)
    lose(stage)
    boot(stage, 2, 3, 4)
    settle(stage, 2, 3, 4)
    write(stage, 2, '/81')
    const journals = keepJournals(stage)
    boot(stage, 1)
    level(stage, 1, 2, 3, 4)
    expect(
      linesOf(journals, 1)
        .filter((line) => /^< (TRUNC|SNAP)/.test(line))
        .map((line) => line.slice(2, 6)),
    ).toEqual(['SNAP'])
    expect(treeOf(stage, 1)).toEqual(treeOf(stage, 2))
    expect(hasNode(stage, 1, '/74')).toBe(false)
  }
})

test('R-2832 [SYNC-2]: an entry of an older epoch goes, though its zxid is above everything that the leader ever applied', () => {
  const stage = createStage({ snapRetainCount: 1 })
  settle(stage)
  clientOf(stage, 'w3', 3, 40_000)
  write(stage, 3, '/12')
  level(stage, 1, 2, 3)
  killAll(stage)
  boot(stage, 1, 2, 3)
  settle(stage) // epoch 2
  hold(stage, packets(3, null, 'PROPOSAL'))
  proposeAt(stage, 3, '/21')
  expect(zxidOf(stage, '/21')).toBe('2/1')
  killAll(stage)
  lose(stage)
  boot(stage, 1, 2)
  settle(stage, 1, 2) // epoch 3, no txn
  snapshotAt(stage, 2)
  const common = server(stage, 2).disk.logAfter
  expect([zxidsOn(stage, 2), logged(stage, 1)]).toEqual([[], ['/12']])
  killAll(stage)
  const journals = keepJournals(stage)
  boot(stage, 1, 2)
  settle(stage, 1, 2) // epoch 4
  expect(leaderOf(stage)?.sid).toBe(2)
  boot(stage, 3)
  level(stage, 1, 2, 3)
  expect(missingInOrder(linesOf(journals, 3), '> ACKEPOCH 2 2/1', `< TRUNC ${zxidOf(stage, '/12')}`)).toBe(null)
  expect(server(stage, 3).disk.log.at(-1)?.zxid).toBe(common)
  expect(hasNode(stage, 3, '/21')).toBe(false)
  write(stage, 2, '/41')
  level(stage, 1, 2, 3)
  expect(logged(stage, 3)).toEqual(['/12', '/41'])
})

test('R-2845: a leader that steps down reports what it logged, not what it applied', () => {
  const stage = createStage()
  settle(stage)
  write(stage, 3, '/a')
  level(stage, 1, 2, 3)
  hold(stage, packets(3, null, 'PROPOSAL'))
  proposeAt(stage, 3, '/stray')
  const stray = zxidOf(stage, '/stray')
  const journals = keepJournals(stage)
  split(stage, [3], [1, 2])
  settle(stage, 1, 2)
  write(stage, 1, '/b')
  expect(hasNode(stage, 3, '/stray')).toBe(false)
  lose(stage)
  heal(stage)
  level(stage, 1, 2, 3)
  expect(linesOf(journals, 3)).not.toContain('start') // one process all along
  const lines = [`vote 3 ${stray} of epoch 1 LOOKING`, `> ACKEPOCH 1 ${stray}`, `< TRUNC ${zxidOf(stage, '/a')}`]
  expect(missingInOrder(linesOf(journals, 3), ...lines)).toBe(null)
  kill(stage, 3)
  boot(stage, 3)
  expect(logged(stage, 3)).toEqual(['/a', '/b'])
  level(stage, 1, 2, 3)
  expect(hasNode(stage, 3, '/stray')).toBe(false)
})

test('R-3701: a server that cannot truncate ends, and does not follow with the old suffix', () => {
  const stage = installing('TRUNC')
  const journals = keepJournals(stage)
  disk(stage, 3, 'full')
  until(stage, '3 has ended', () => server(stage, 3).peer === null)
  expect(linesOf(journals, 3).filter((line) => line.startsWith('> ACK'))).toEqual([])
  expect(server(stage, 3).ended).toBe('the disk is full')
  disk(stage, 3, 'ok')
  boot(stage, 3)
  level(stage, 1, 2, 3)
  expect(logged(stage, 3)).toEqual(['/a', ...NEW])
})

test('R-3701: NEWLEADER is acked when the truncation is durable, not before', () => {
  const stage = installing('TRUNC')
  const journals = keepJournals(stage)
  for (let left = asked(stage, 3).length; left > 0; left -= 1) {
    expect(linesOf(journals, 3)).not.toContain('> ACK 2/0')
    flushOps(stage, 3, 1)
  }
  expect(linesOf(journals, 3)).toContain('> ACK 2/0')
})

test('R-5094 [BASE-5]: a TRUNC whose leader dies before NEWLEADER has cut nothing, in memory or on disk', () => {
  const stage = lagging('TRUNC')
  const journals = keepJournals(stage)
  const stray = zxidsOn(stage, 3).at(-1)
  hold(stage, packets(2, 3, 'PROPOSAL', 'NEWLEADER'))
  boot(stage, 3)
  heard(stage, linesOf(journals, 3), `< TRUNC ${zxidOf(stage, '/a')}`)
  kill(stage, 2)
  lose(stage)
  level(stage, 1, 3)
  expect(
    linesOf(journals, 3).filter((line) => line === `> ACKEPOCH -1 ${stray}` || line === `> ACKEPOCH 1 ${stray}`).length,
  ).toBe(2)
  expect(treeOf(stage, 3)).toEqual(treeOf(stage, 1)) // by SNAP: a TRUNC is for who has promised nothing since (SYNC-7)
  letGo(stage)
  kill(stage, 3)
  boot(stage, 2, 3)
  level(stage, 1, 2, 3)
  expect(treeOf(stage, 3)).toEqual(treeOf(stage, 1))
})
