// A learner joins while the leader goes on: what is proposed and committed meanwhile (invariants.md §5.2; M-3 … M-5).

import { expect, test } from 'vitest'
import { asSid } from '../../zk/ids.ts'
import { formatEpochCounter } from '../../zk/zxid.ts'
import { serverEnd } from '../world/links.ts'
import { feed } from '../world/process.ts'
import { keepJournals, linesOf, missingInOrder } from './journal.ts'
import {
  asked,
  flushOps,
  heard,
  hold,
  holdDisk,
  installing,
  lagging,
  lastOn,
  letGo,
  level,
  logged,
  lose,
  packets,
  proposeAt,
  treeOf,
  zxidOf,
  zxidsOn,
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
  move,
  pass,
  type Stage,
  send,
  server,
  settle,
  until,
  write,
} from './stage.ts'

/** Server 3 is about to join: its ACK of NEWLEADER is held up, so that it gets no UPTODATE. */
function waiting(): { stage: Stage; lines: readonly string[] } {
  const stage = lagging('DIFF')
  const lines = linesOf(keepJournals(stage), 3)
  hold(stage, packets(3, 2, 'ACK'))
  boot(stage, 3)
  heard(stage, lines, '> ACK 2/0')
  return { stage, lines }
}

test('R-4394: a PROPOSAL before NEWLEADER and its COMMIT before UPTODATE are the learner’s to apply', () => {
  const stage = lagging('DIFF')
  const lines = linesOf(keepJournals(stage), 3)
  write(stage, 2, '/at-2')
  hold(stage, packets(1, 2, 'ACK'), packets(3, 2, 'ACK'))
  proposeAt(stage, 2, '/open') // waits for the ACK of 1
  boot(stage, 3)
  heard(stage, lines, '> ACK 2/0')
  const open = zxidOf(stage, '/open')
  expect(missingInOrder(lines, `< PROPOSAL ${open}`, '< NEWLEADER 2', `append ${open}`, 'current 2')).toBe(null)
  hold(stage, packets(3, 2, 'ACK'))
  heard(stage, lines, `< COMMIT ${open}`)
  expect([lines.includes('< UPTODATE'), hasNode(stage, 3, '/open')]).toEqual([false, false])
  letGo(stage)
  level(stage, 1, 2, 3)
  expect(missingInOrder(lines, `< COMMIT ${open}`, '< UPTODATE', `apply ${open}`)).toBe(null)
  expect(lines).not.toContain('LOOKING')
  expect(treeOf(stage, 3)).toEqual(treeOf(stage, 2))
})

test('R-4685 [FOLL-6]: the ACK of a proposal never goes before that of NEWLEADER, however fast the disk is', () => {
  const { stage, lines } = waiting()
  write(stage, 1, '/x')
  write(stage, 1, '/y')
  until(stage, '3 has logged /y', () => logged(stage, 3).includes('/y'))
  expect(lines.filter((line) => line.startsWith('> ACK '))).toEqual(['> ACK 2/0'])
  letGo(stage)
  level(stage, 1, 2, 3)
  const acks = [zxidOf(stage, '/x'), zxidOf(stage, '/y')].map((zxid) => `> ACK ${zxid}`)
  expect(missingInOrder(lines, '> ACK 2/0', '< UPTODATE', ...acks)).toBe(null)
  expect(lines).not.toContain('LOOKING')
})

test('R-4685: nor when the proposal comes while the disk still works on the history', () => {
  const stage = installing('DIFF')
  const lines = linesOf(keepJournals(stage), 3)
  write(stage, 1, '/x')
  until(stage, '3 has been told of /x', () => asked(stage, 3).at(-1)?.startsWith('append') ?? false)
  while (asked(stage, 3).length > 0) flushOps(stage, 3, 1)
  expect(lines.filter((line) => line.startsWith('> ACK '))).toEqual(['> ACK 2/0'])
  disk(stage, 3, 'ok')
  level(stage, 1, 2, 3)
  expect(lines).not.toContain('LOOKING')
})

test('R-3023 [FOLL-5]: nobody is admitted before the learner has applied what the leader had committed', () => {
  const { stage, lines } = waiting()
  write(stage, 1, '/seen')
  move(stage, 'w1', 3)
  pass(stage, 500)
  expect(server(stage, 3).serving).toBe(false)
  letGo(stage)
  until(stage, '3 serves', () => server(stage, 3).serving)
  expect(missingInOrder(lines, `apply ${zxidOf(stage, '/g')}`, 'serving')).toBe(null)
  expect(server(stage, 3).peer?.tree.nodes.has('/g')).toBe(true)
  move(stage, 'w1', 3)
  expect(ask(stage, 'w1', 3, { type: 'exists', path: '/seen', watch: false }).err).toBe(0)
})

test('R-4712 [ELECT-2]: a server that leaves its leader gives no vote until its disk has finished', () => {
  const stage = createStage()
  settle(stage)
  write(stage, 3, '/a')
  level(stage, 1, 2, 3)
  holdDisk(stage, 1)
  write(stage, 3, '/b')
  until(stage, '1 has been told', () => asked(stage, 1).length > 0)
  const lines = linesOf(keepJournals(stage), 1)
  doNow(stage, { type: 'reset', between: serverEnd(asSid(1)), and: serverEnd(asSid(3)) })
  pass(stage, 1000)
  expect(lines).toContain('LOOKING')
  expect(lines.filter((line) => line.startsWith('vote'))).toEqual([])
  expect(logged(stage, 1)).toEqual(['/a'])
  flushOps(stage, 1, 1)
  expect(lines).toContain(`vote 1 ${zxidOf(stage, '/b')} of epoch 1 LOOKING`)
  disk(stage, 1, 'ok')
  level(stage, 1, 2, 3)
  const told = lines.filter((line) => line.startsWith('> ACKEPOCH')).map((line) => line.split(' ').at(-1))
  expect(told).toEqual([zxidOf(stage, '/b')])
})

test('R-ZAB-1 [SYNC-6]: what is proposed after a learner’s stream and before its ACK of NEWLEADER reaches it', () => {
  const { stage, lines } = waiting()
  write(stage, 1, '/meanwhile')
  letGo(stage)
  until(stage, '3 has it', () => server(stage, 3).serving && hasNode(stage, 3, '/meanwhile'))
  const zxid = zxidOf(stage, '/meanwhile')
  expect(missingInOrder(lines, '< NEWLEADER 2', `< PROPOSAL ${zxid}`, `< COMMIT ${zxid}`, '< UPTODATE')).toBe(null)
  write(stage, 1, '/next')
  level(stage, 1, 2, 3)
  expect(lines).not.toContain('LOOKING')
})

test('R-ZAB-2: each entry reaches a joiner once, be it in the stream or as a proposal', () => {
  const stage = lagging('DIFF')
  const lines = linesOf(keepJournals(stage), 3)
  write(stage, 2, '/at-2')
  hold(stage, packets(1, 2, 'ACK'))
  proposeAt(stage, 2, '/open')
  boot(stage, 3)
  until(stage, 'the stream is sent', () => lines.some((line) => line.startsWith('< DIFF')))
  letGo(stage)
  write(stage, 1, '/next')
  level(stage, 1, 2, 3)
  const proposals = lines.filter((line) => line.startsWith('< PROPOSAL'))
  expect(new Set(proposals).size).toBe(proposals.length)
  expect(proposals).toContain(`< PROPOSAL ${zxidOf(stage, '/open')}`)
})

test('R-ZAB-2 [FOLL-2]: a repeat is dropped, in the stream and behind it (from a leader of another make)', () => {
  // Without the checkers: M-1 knows that our own leader never said this.
  const stage = createStage({}, () => [])
  settle(stage)
  write(stage, 3, '/a')
  level(stage, 1, 2, 3)
  kill(stage, 1)
  write(stage, 3, '/b')
  const lines = linesOf(keepJournals(stage), 1)
  hold(stage, packets(3, 1, 'NEWLEADER'))
  boot(stage, 1)
  heard(stage, lines, `< PROPOSAL ${zxidOf(stage, '/b')}`)
  const entries = server(stage, 3).disk.log
  const repeat = (): void => {
    const role = server(stage, 1).peer?.zab.role
    if (role?.state !== 'FOLLOWING') return
    for (const entry of entries)
      feed(stage.world, server(stage, 1), { type: 'packet', link: role.link, packet: { type: 'PROPOSAL', entry } })
  }
  repeat()
  letGo(stage)
  heard(stage, lines, '> ACK 1/0')
  repeat()
  level(stage, 1, 2, 3)
  repeat()
  write(stage, 3, '/c')
  level(stage, 1, 2, 3)
  expect(lines).not.toContain('LOOKING')
  expect(logged(stage, 1)).toEqual(['/a', '/b', '/c'])
})

test('R-ZAB-3 [FOLL-3]: commits between the ACK of NEWLEADER and UPTODATE count; the next one fits on them', () => {
  const { stage, lines } = waiting()
  write(stage, 1, '/x')
  write(stage, 1, '/y')
  const y = zxidOf(stage, '/y')
  heard(stage, lines, `< COMMIT ${y}`)
  hold(stage, packets(2, 3, 'COMMIT'))
  letGo(stage)
  until(stage, '3 serves', () => server(stage, 3).serving)
  expect(missingInOrder(lines, '> ACK 2/0', `< COMMIT ${y}`, '< UPTODATE', `apply ${y}`, 'serving')).toBe(null)
  write(stage, 1, '/z')
  level(stage, 1, 2, 3)
  expect(formatEpochCounter(lastOn(stage, 3))).toBe(zxidOf(stage, '/z'))
  expect(lines).not.toContain('LOOKING')
})

test('LEAD-6, V-1: a slow second joiner does not cost the first one its place, while initLimit lasts', () => {
  const stage = createStage({ voters: 5, start: false })
  const lines = linesOf(keepJournals(stage), 5)
  hold(stage, packets(5, 3, 'NEWLEADER'))
  boot(stage, 3, 4, 5)
  heard(stage, lines, '< ACK 1/0') // of 4
  const { syncLimit, tickTimeMs } = stage.world.options
  pass(stage, syncLimit * tickTimeMs + 400)
  letGo(stage)
  settle(stage, 3, 4, 5)
  expect(leaderOf(stage)?.peer?.zab.currentEpoch).toBe(1)
})

test('[LEAD-2] [LEAD-3] O-7: the first proposal is (e,1), and the leader’s own ACK counts when its disk has it', () => {
  const stage = createStage()
  settle(stage)
  write(stage, 3, '/a')
  expect(zxidsOn(stage, 3)[0]).toBe('1/1')
  kill(stage, 1)
  holdDisk(stage, 3)
  const lines = linesOf(keepJournals(stage), 3)
  send(stage, 'w3', 3, createRequest('/b'))
  until(stage, '2 has logged /b', () => logged(stage, 2).includes('/b'))
  const b = zxidOf(stage, '/b')
  heard(stage, lines, `< ACK ${b}`)
  pass(stage, 300)
  expect([lines.includes(`> COMMIT ${b}`), hasNode(stage, 3, '/b')]).toEqual([false, false])
  flushOps(stage, 3, 1)
  expect(missingInOrder(lines, `append ${b}`, `> PROPOSAL ${b}`, `disk: append ${b}`, `> COMMIT ${b}`)).toBe(null)
  expect(hasNode(stage, 3, '/b')).toBe(true)
})

test('[BASE-4] M-1: what was under way on a connection that ended is not heard on the next one', () => {
  const stage = createStage()
  settle(stage)
  write(stage, 3, '/a')
  level(stage, 1, 2, 3)
  const lines = linesOf(keepJournals(stage), 1)
  hold(stage, packets(3, 1, 'PROPOSAL', 'COMMIT'))
  write(stage, 3, '/b')
  write(stage, 3, '/c')
  lose(stage)
  level(stage, 1, 2, 3)
  const order = ['LOOKING', '< DIFF', '< PROPOSAL', '< PROPOSAL', '< NEWLEADER 1', '< UPTODATE']
  const short = lines.map((line) => line.replace(/^(< (?:DIFF|PROPOSAL)) .*/, '$1'))
  expect(missingInOrder(short, ...order)).toBe(null)
  expect(short.filter((line) => line === 'LOOKING').length).toBe(1)
  expect(logged(stage, 1)).toEqual(['/a', '/b', '/c'])
})
