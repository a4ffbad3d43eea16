// A learner from the leader's first word about history to broadcast.

import { describe, expect, test } from 'vitest'
import type { Entry } from '../zk/txn.ts'
import { makeZxid, ZERO_ZXID, type Zxid } from '../zk/zxid.ts'
import { entryAt } from './testing-node.ts'
import { diskOps, Solo, type SoloOptions, words } from './testing-solo.ts'

/** Entries 1/1, 1/2 …; the leader's epoch is 2. */
const HELD = [1, 2, 3, 4].map((n) => entryAt(makeZxid(1, n)))
const NEW = [1, 2, 3, 4].map((n) => entryAt(makeZxid(2, n)))
const START = makeZxid(2, 0)

function at(entries: readonly Entry[], i: number): Entry {
  const entry = entries[i]
  if (!entry) throw new Error(`no entry ${i}`)
  return entry
}

/** A learner that has promised epoch 2 and waits to be brought up to date; `held` is its log. */
function promised(held: readonly Entry[], options: SoloOptions = {}): { solo: Solo; link: number } {
  const solo = new Solo(1, [1, 2, 3], { acceptedEpoch: 1, currentEpoch: 1, entries: [...held], ...options })
  const { link } = solo.follow(3, 2)
  solo.flush()
  return { solo, link }
}

/** One that has acked NEWLEADER, with an empty DIFF. */
function waiting(held: readonly Entry[], options: SoloOptions = {}): { solo: Solo; link: number } {
  const { solo, link } = promised(held, options)
  solo.packet(link, { type: 'DIFF', zxid: held.at(-1)?.zxid ?? ZERO_ZXID })
  solo.packet(link, { type: 'NEWLEADER', epoch: 2, config: null })
  solo.flush()
  return { solo, link }
}

function following(held: readonly Entry[], options: SoloOptions = {}): { solo: Solo; link: number } {
  const { solo, link } = waiting(held, options)
  solo.packet(link, { type: 'UPTODATE' })
  return { solo, link }
}

function zxids(entries: readonly Entry[]): Zxid[] {
  return entries.map((entry) => entry.zxid)
}

describe('proposals', () => {
  test('[FOLL-2] R-ZAB-2: a repeat is dropped, in the sync phase and later', () => {
    const { solo, link } = promised(HELD.slice(0, 2))
    solo.packet(link, { type: 'DIFF', zxid: makeZxid(1, 4) })
    for (const i of [1, 2, 2, 3, 0]) solo.packet(link, { type: 'PROPOSAL', entry: at(HELD, i) })
    expect(diskOps(solo.packet(link, { type: 'NEWLEADER', epoch: 2, config: null }))).toEqual([
      `append ${makeZxid(1, 3)}`,
      `append ${makeZxid(1, 4)}`,
      'current 2',
    ])
    const logged = [0, 0, 1, 0].map((i) => diskOps(solo.packet(link, { type: 'PROPOSAL', entry: at(NEW, i) })).length)
    expect(logged).toEqual([1, 0, 1, 0])
    expect(zxids(solo.zab.log.entries)).toEqual([...zxids(HELD), ...zxids(NEW.slice(0, 2))])
  })

  test('[FOLL-2] O-16, R-2846: a gap ends the connection, in the sync phase and later', () => {
    const early = promised(HELD.slice(0, 1))
    early.solo.packet(early.link, { type: 'DIFF', zxid: makeZxid(1, 4) })
    early.solo.packet(early.link, { type: 'PROPOSAL', entry: at(HELD, 2) })
    expect(early.solo.zab.role.state).toBe('LOOKING')
    const late = following(HELD)
    late.solo.packet(late.link, { type: 'PROPOSAL', entry: at(NEW, 1) })
    expect(late.solo.zab.role.state).toBe('LOOKING')
    expect(late.solo.zab.log.entries).toEqual(HELD)
  })

  test('[FOLL-2] none is taken before the leader has said how it goes on', () => {
    const { solo, link } = promised(HELD)
    solo.packet(link, { type: 'PROPOSAL', entry: at(NEW, 0) })
    expect(solo.zab.role.state).toBe('LOOKING')
  })
})

describe('commits', () => {
  test('[FOLL-3] B-11: in BROADCAST a COMMIT names the oldest pending proposal', () => {
    const { solo, link } = following(HELD)
    for (const i of [0, 1]) solo.packet(link, { type: 'PROPOSAL', entry: at(NEW, i) })
    solo.packet(link, { type: 'COMMIT', zxid: at(NEW, 0).zxid })
    expect(solo.node.tree.at(-1)).toBe(at(NEW, 0))
    solo.packet(link, { type: 'COMMIT', zxid: at(NEW, 1).zxid })
    expect(solo.node.tree.at(-1)).toBe(at(NEW, 1))
    solo.packet(link, { type: 'PROPOSAL', entry: at(NEW, 2) })
    solo.packet(link, { type: 'PROPOSAL', entry: at(NEW, 3) })
    solo.packet(link, { type: 'COMMIT', zxid: at(NEW, 3).zxid })
    expect(solo.zab.role.state).toBe('LOOKING')
    expect(solo.node.tree.at(-1)).toBe(at(NEW, 1))
  })

  test('[FOLL-3] a COMMIT of what was never proposed ends the connection', () => {
    const { solo, link } = waiting(HELD)
    solo.packet(link, { type: 'COMMIT', zxid: at(NEW, 0).zxid })
    expect(solo.zab.role.state).toBe('LOOKING')
  })

  test('[FOLL-3] R-4394: one that comes between NEWLEADER and UPTODATE is remembered', () => {
    const { solo, link } = promised(HELD)
    solo.packet(link, { type: 'DIFF', zxid: makeZxid(1, 4) })
    solo.packet(link, { type: 'PROPOSAL', entry: at(NEW, 0) })
    solo.packet(link, { type: 'NEWLEADER', epoch: 2, config: null })
    solo.flush()
    solo.packet(link, { type: 'COMMIT', zxid: at(NEW, 0).zxid })
    expect(solo.node.tree).toEqual(HELD)
    solo.packet(link, { type: 'UPTODATE' })
    expect(solo.node.tree.at(-1)).toBe(at(NEW, 0))
  })
})

describe('NEWLEADER', () => {
  const STREAM = [
    { type: 'PROPOSAL', entry: at(NEW, 0) },
    { type: 'COMMIT', zxid: at(NEW, 0).zxid },
  ] as const

  test.each([
    ['DIFF', makeZxid(2, 1), []],
    ['TRUNC', makeZxid(1, 2), [`truncate ${makeZxid(1, 2)}`]],
    ['SNAP', makeZxid(1, 3), [`installSnapshot ${makeZxid(1, 3)}`]],
  ] as const)(
    '[FOLL-4] O-3, R-3911, R-4643: after a %s first the history, then the epoch, then the ACK',
    (how, zxid, first) => {
      const { solo, link } = promised(HELD)
      solo.packet(link, { type: how, zxid })
      if (how === 'SNAP') solo.feed({ type: 'snapshotReceived', link: link as never })
      for (const packet of STREAM) expect(diskOps(solo.packet(link, packet))).toEqual([])
      const ops = diskOps(solo.packet(link, { type: 'NEWLEADER', epoch: 2, config: null }))
      expect(ops).toEqual([...first, `append ${at(NEW, 0).zxid}`, 'current 2'])
      // Whatever the disk has finished of it, the ACK waits for the last.
      for (let left = ops.length; left > 0; left -= 1) {
        expect(solo.zab.currentEpoch).toBe(1)
        expect(words(solo.flush(1))).toEqual(left === 1 ? [`${link}:ACK ${START}`] : [])
      }
      expect([solo.zab.currentEpoch, solo.node.disk.current]).toEqual([2, 2])
    },
  )

  test('[FOLL-4] R-3104: none before the snapshot has come whole, nor of another epoch', () => {
    const early = promised(HELD)
    early.solo.packet(early.link, { type: 'SNAP', zxid: makeZxid(1, 3) })
    early.solo.packet(early.link, { type: 'NEWLEADER', epoch: 2, config: null })
    expect(early.solo.zab.role.state).toBe('LOOKING')
    const other = promised(HELD)
    other.solo.packet(other.link, { type: 'DIFF', zxid: makeZxid(1, 4) })
    other.solo.packet(other.link, { type: 'NEWLEADER', epoch: 3, config: null })
    expect(other.solo.zab.role.state).toBe('LOOKING')
  })

  test('[FOLL-4] a TRUNC to what the log does not hold ends the connection', () => {
    const { solo, link } = promised(HELD.slice(0, 2))
    solo.packet(link, { type: 'TRUNC', zxid: makeZxid(0, 7) })
    solo.packet(link, { type: 'NEWLEADER', epoch: 2, config: null })
    expect(solo.zab.role.state).toBe('LOOKING')
    expect(solo.zab.currentEpoch).toBe(1)
  })
})

describe('[FOLL-10] a TRUNC to before the log in memory', () => {
  /** Server 3 has wanted the log cut after 1/2, where memory begins with 1/4; then somebody is followed again. */
  function askedAgain(leader: number, exactDigests: boolean, more: readonly Entry[] = []) {
    const { solo, link } = promised(HELD, { commitLogCount: 1 })
    const cut = solo.packet(link, { type: 'TRUNC', zxid: makeZxid(1, 2) })
    for (const entry of more) solo.zab.log.entries.push(entry)
    solo.tick(0)
    const again = solo.follow(leader, 3, exactDigests)
    return { solo, link: again.link, cut, said: words(solo.flush()).filter((word) => word.includes('ACKEPOCH')) }
  }

  test('touches nothing, and the same leader is told that nothing is held', () => {
    const { solo, link, cut, said } = askedAgain(3, true)
    expect(diskOps(cut)).toEqual([])
    expect(said).toEqual([`${link}:ACKEPOCH -1 epoch 1`])
    solo.packet(link, { type: 'SNAP', zxid: makeZxid(1, 2) })
    solo.feed({ type: 'snapshotReceived', link: link as never })
    const ops = diskOps(solo.packet(link, { type: 'NEWLEADER', epoch: 3, config: null }))
    expect(ops).toEqual([`installSnapshot ${makeZxid(1, 2)}`, 'current 3'])
  })

  test('Apache’s leaders hear 0: they do not count the promise of who says -1', () => {
    const { link, said } = askedAgain(3, false)
    expect(said).toEqual([`${link}:ACKEPOCH 0 epoch 1`])
  })

  test('another leader hears the truth, and so does this one when the log has changed', () => {
    expect(askedAgain(2, true).said).toEqual([expect.stringContaining(`ACKEPOCH ${makeZxid(1, 4)} `)])
    const longer = askedAgain(3, true, [entryAt(makeZxid(1, 5))])
    expect(longer.said).toEqual([expect.stringContaining(`ACKEPOCH ${makeZxid(1, 5)} `)])
  })

  test.each(['DIFF', 'TRUNC'] as const)('a %s for who claimed to hold nothing ends the connection', (how) => {
    const { solo, link } = askedAgain(3, true)
    solo.packet(link, { type: how, zxid: makeZxid(1, 4) })
    expect(solo.zab.role.state).toBe('LOOKING')
  })
})

describe('UPTODATE', () => {
  test('[FOLL-5] O-4: commits what is shared, releases ACKs held back, and serves', () => {
    const { solo, link } = waiting(HELD)
    solo.packet(link, { type: 'PROPOSAL', entry: at(NEW, 0) })
    solo.packet(link, { type: 'PROPOSAL', entry: at(NEW, 1) })
    expect(words(solo.flush())).toEqual([]) // R-4685: no ACK of a proposal yet
    solo.packet(link, { type: 'COMMIT', zxid: at(NEW, 0).zxid })
    const effects = solo.packet(link, { type: 'UPTODATE' })
    expect(words(effects)).toEqual([
      `${link}:ACK ${START}`,
      `${link}:ACK ${at(NEW, 0).zxid}`,
      `${link}:ACK ${at(NEW, 1).zxid}`,
    ])
    expect(effects).toContainEqual({ type: 'serving', state: 'FOLLOWING', epoch: 2, zxid: START })
    expect(solo.node.tree).toEqual([...HELD, at(NEW, 0)])
    expect(solo.zab.vote.peerEpoch).toBe(2)
  })

  test('[FOLL-5] M-2: before the NEWLEADER ack is out it ends the connection', () => {
    const { solo, link } = promised(HELD)
    solo.packet(link, { type: 'DIFF', zxid: makeZxid(1, 4) })
    solo.packet(link, { type: 'NEWLEADER', epoch: 2, config: null })
    solo.packet(link, { type: 'UPTODATE' })
    expect(solo.zab.role.state).toBe('LOOKING')
  })

  test('[FOLL-5] R-1549: after a TRUNC below the tree it serves when the tree is rebuilt', () => {
    const { solo, link } = promised(HELD)
    solo.packet(link, { type: 'TRUNC', zxid: makeZxid(1, 2) })
    solo.packet(link, { type: 'NEWLEADER', epoch: 2, config: null })
    expect(solo.zab.reloading).toBe(true)
    solo.flush()
    const effects = solo.packet(link, { type: 'UPTODATE' })
    expect(effects.some((e) => e.type === 'serving')).toBe(false)
    const recovered = { ...solo.node.recovered() }
    expect(recovered.lastZxid).toBe(makeZxid(1, 2))
    expect(solo.feed({ type: 'reloaded', recovered }).some((e) => e.type === 'serving')).toBe(true)
  })
})

describe('ACKs', () => {
  test('[FOLL-6] D-4: come out of persisted, one for each proposal in order', () => {
    const { solo, link } = following(HELD)
    for (const i of [0, 1, 2]) expect(words(solo.packet(link, { type: 'PROPOSAL', entry: at(NEW, i) }))).toEqual([])
    expect(words(solo.flush(1))).toEqual([`${link}:ACK ${at(NEW, 0).zxid}`])
    expect(words(solo.flush())).toEqual([1, 2].map((i) => `${link}:ACK ${at(NEW, i).zxid}`))
  })

  test('[FOLL-6] observers send none', () => {
    const solo = new Solo(4, [1, 2, 3], { observers: [4] })
    const { link } = solo.follow(3, 2)
    solo.flush()
    solo.packet(link, { type: 'DIFF', zxid: ZERO_ZXID })
    solo.packet(link, { type: 'NEWLEADER', epoch: 2, config: null })
    expect(words(solo.flush())).toEqual([`${link}:ACK ${START}`])
    solo.packet(link, { type: 'UPTODATE' })
    solo.packet(link, { type: 'INFORM', entry: at(NEW, 0) })
    expect(solo.node.tree).toEqual([at(NEW, 0)])
    expect(words(solo.flush())).toEqual([])
  })
})

describe('a silent leader', () => {
  test('[FOLL-7] is left after initLimit before NEWLEADER, after syncLimit then', () => {
    const early = promised(HELD)
    early.solo.tick(10 * 200)
    expect(early.solo.zab.role.state).toBe('FOLLOWING')
    early.solo.tick(1)
    expect(early.solo.zab.role.state).toBe('LOOKING')
    const late = following(HELD)
    late.solo.tick(5 * 200)
    expect(late.solo.zab.role.state).toBe('FOLLOWING')
    late.solo.packet(late.link, { type: 'PING', zxid: START })
    late.solo.tick(5 * 200)
    expect(late.solo.zab.role.state).toBe('FOLLOWING')
    late.solo.tick(1)
    expect(late.solo.zab.role.state).toBe('LOOKING')
  })
})
