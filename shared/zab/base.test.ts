// Time, disk and links: what every phase relies on.

import { describe, expect, test } from 'vitest'
import type { LearnerPacket } from '../zk/packet.ts'
import { makeZxid, ZERO_ZXID } from '../zk/zxid.ts'
import type { DiskOp, LinkId } from './contract.ts'
import { lastZxid } from './log-window.ts'
import { entryAt } from './testing-node.ts'
import { diskOps, opsOf, Solo, words } from './testing-solo.ts'

const [E1, E2, E3] = [1, 2, 3].map((n) => entryAt(makeZxid(1, n)))
if (!E1 || !E2 || !E3) throw new Error('three entries')

describe('time', () => {
  test('[BASE-1] comes in as tick alone, and never goes back', () => {
    const solo = new Solo(1, [1, 2, 3])
    solo.tick(100)
    solo.hear(2, {})
    solo.feed({ type: 'linkDown', link: 9 as LinkId, reason: 'test' })
    expect(solo.zab.nowMs).toBe(100)
    expect(() => solo.feed({ type: 'tick', nowMs: 99 })).toThrow('never goes back')
  })
})

describe('the disk', () => {
  test('[BASE-2] operations are numbered in the order of their effects', () => {
    const solo = new Solo(3, [1, 2, 3])
    solo.lead()
    const first = solo.join(1, 1)
    solo.flush()
    const second = solo.packet(1, { type: 'ACKEPOCH', lastLoggedZxid: ZERO_ZXID, currentEpoch: 0 })
    expect([...opsOf(first), ...opsOf(second)]).toEqual([1, 2])
    expect(diskOps(second)).toEqual(['current 1'])
  })

  test('[BASE-2] it reports only what it was asked for, in order', () => {
    const solo = new Solo(3, [1, 2, 3])
    solo.synchronize([1])
    expect(solo.zab.persistedOp).toBe(2)
    expect(() => solo.feed({ type: 'persisted', upTo: 3 as DiskOp })).toThrow('in order')
    expect(() => solo.feed({ type: 'persisted', upTo: 1 as DiskOp })).toThrow('in order')
  })

  test('[BASE-3] R-2307: epochs change in memory when they are durable', () => {
    const solo = new Solo(1, [1, 2, 3])
    solo.follow(3, 7)
    expect(solo.zab.acceptedEpoch).toBe(0)
    solo.flush()
    expect(solo.zab.acceptedEpoch).toBe(7)
    const leader = new Solo(3, [1, 2, 3])
    leader.lead()
    leader.join(1, 1, 4)
    expect(leader.zab.acceptedEpoch).toBe(0)
    leader.flush()
    expect([leader.zab.acceptedEpoch, leader.zab.currentEpoch]).toEqual([5, 0])
    leader.packet(1, { type: 'ACKEPOCH', lastLoggedZxid: ZERO_ZXID, currentEpoch: 0 })
    expect(leader.zab.currentEpoch).toBe(0)
    leader.flush()
    expect(leader.zab.currentEpoch).toBe(5)
  })
})

describe('links', () => {
  test('[BASE-4] a word on another link than ours is dropped', () => {
    const solo = new Solo(1, [1, 2, 3])
    const { link } = solo.follow(3, 7)
    solo.flush()
    expect(solo.packet(link + 1, { type: 'DIFF', zxid: ZERO_ZXID })).toEqual([])
    expect(solo.feed({ type: 'linkDown', link: (link + 1) as LinkId, reason: 'old' })).toEqual([])
    expect(solo.zab.role.state).toBe('FOLLOWING')
    solo.feed({ type: 'linkDown', link: link as LinkId, reason: 'cut' })
    expect(solo.zab.role.state).toBe('LOOKING')
    expect(solo.packet(link, { type: 'UPTODATE' })).toEqual([])
  })

  test('[BASE-4] a learner whose link has ended does not count any more', () => {
    const solo = new Solo(3, [1, 2, 3])
    const leading = solo.synchronize([1])
    const ack: LearnerPacket = { type: 'ACK', zxid: makeZxid(1, 0) }
    solo.feed({ type: 'linkDown', link: 1 as LinkId, reason: 'cut' })
    expect(words(solo.packet(1, ack))).toEqual(['1:close'])
    expect(leading.stage).toBe('SYNC')
  })
})

test('[BASE-5] D-13, R-5094: a sync that ends before NEWLEADER leaves no trace', () => {
  const solo = new Solo(1, [1, 2, 3], { acceptedEpoch: 1, currentEpoch: 1, entries: [E1, E2] })
  const { link } = solo.follow(3, 7)
  solo.flush()
  for (const packet of [
    { type: 'TRUNC', zxid: E1.zxid },
    { type: 'PROPOSAL', entry: entryAt(makeZxid(2, 1)) },
    { type: 'COMMIT', zxid: makeZxid(2, 1) },
  ] as const)
    expect(diskOps(solo.packet(link, packet))).toEqual([])
  const left = solo.feed({ type: 'linkDown', link: link as LinkId, reason: 'cut' })
  expect(diskOps(left)).toEqual([])
  expect(lastZxid(solo.zab.log)).toBe(E2.zxid)
  expect(solo.node.disk.entries).toEqual([E1, E2])
  expect(solo.node.tree).toEqual([E1, E2])
})
