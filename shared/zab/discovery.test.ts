// How a leader comes to its epoch, and what a learner promises.

import { describe, expect, test } from 'vitest'
import { asSid } from '../zk/ids.ts'
import { makeZxid, ZERO_ZXID } from '../zk/zxid.ts'
import { entryAt } from './testing-node.ts'
import { diskOps, Solo, words } from './testing-solo.ts'

const ENTRIES = [1, 2].map((n) => entryAt(makeZxid(4, n)))
const LAST = makeZxid(4, 2)

describe('the new epoch', () => {
  test('[DISC-1] L-6: is larger than any that a quorum, the leader included, has accepted', () => {
    for (const [own, others, epoch] of [
      [0, [0, 0], 1],
      [6, [4, 5], 7],
      [4, [9, 2], 10],
    ] as const) {
      const solo = new Solo(5, [1, 2, 3, 4, 5], { acceptedEpoch: own })
      const leading = solo.lead()
      expect(diskOps(solo.join(1, 1, others[0]))).toEqual([])
      expect(leading.stage).toBe('DISCOVERY')
      expect(diskOps(solo.join(2, 2, others[1]))).toEqual([`accepted ${epoch}`])
      expect(leading.epoch).toBe(epoch)
    }
  })

  test('[DISC-1] observers make no quorum, but their epochs count', () => {
    const solo = new Solo(3, [1, 2, 3], { observers: [4] })
    solo.lead()
    expect(diskOps(solo.join(4, 4, 11, 'OBSERVERINFO'))).toEqual([])
    expect(diskOps(solo.join(1, 1, 2))).toEqual(['accepted 12'])
  })

  test('[DISC-5] V-7: a server with a later promise makes the leader take it over and stand down', () => {
    const solo = new Solo(3, [1, 2, 3], { observers: [4] })
    solo.synchronize([1])
    expect(diskOps(solo.join(2, 2, 9))).toEqual(['accepted 9'])
    expect(solo.zab.role.state).toBe('LOOKING')
    solo.flush()
    const leading = solo.lead()
    solo.join(1, 1, 1)
    expect(leading.epoch).toBe(10)
  })

  test('[DISC-5] who is not of the ensemble has no epochs to tell of', () => {
    const solo = new Solo(3, [1, 2, 3])
    const leading = solo.lead()
    solo.join(9, 77, 1000)
    expect(diskOps(solo.join(1, 1))).toEqual(['accepted 1'])
    solo.flush()
    expect(words(solo.join(10, 78, 1000))).toEqual(['10:LEADERINFO 1'])
    expect(leading.epoch).toBe(1)
  })

  test.each([2 ** 21 - 1, 1500])('[DISC-5] epochs are not given away: a promise of %i is not believed', (epoch) => {
    const solo = new Solo(3, [1, 2, 3])
    solo.synchronize([1])
    solo.join(2, 2, epoch)
    expect(solo.zab.role.state).toBe('LEADING')
  })

  test('[DISC-2] R-1291: LEADERINFO leaves when the leader’s own promise is durable', () => {
    const solo = new Solo(3, [1, 2, 3])
    solo.lead()
    expect(words(solo.join(1, 1))).toEqual([])
    expect(words(solo.join(2, 2))).toEqual([])
    expect(words(solo.flush())).toEqual(['1:LEADERINFO 1', '2:LEADERINFO 1'])
    expect(words(solo.join(9, 9))).toEqual(['9:LEADERINFO 1'])
  })

  test.each([
    [5, makeZxid(3, 9), true],
    [4, makeZxid(4, 3), true],
    [4, LAST, false],
    [4, makeZxid(4, 1), false],
    [3, makeZxid(3, 99), false],
    [-1, makeZxid(9, 9), false],
  ])(
    '[DISC-3] O-2: a voter of epoch %i with %i makes the leader give up: %s',
    (currentEpoch, lastLoggedZxid, gives) => {
      const solo = new Solo(3, [1, 2, 3], { acceptedEpoch: 4, currentEpoch: 4, entries: ENTRIES })
      solo.lead()
      solo.join(1, 1)
      solo.flush()
      solo.packet(1, { type: 'ACKEPOCH', lastLoggedZxid, currentEpoch })
      expect(solo.zab.role.state === 'LOOKING').toBe(gives)
    },
  )

  test('[DISC-3] after a quorum’s promises nobody is asked any more', () => {
    const solo = new Solo(3, [1, 2, 3])
    const leading = solo.synchronize([1])
    solo.join(2, 2)
    const answer = solo.packet(2, { type: 'ACKEPOCH', lastLoggedZxid: makeZxid(0, 9), currentEpoch: 0 })
    expect(words(answer)[0]).toBe(`2:TRUNC ${ZERO_ZXID}`)
    expect(leading.stage).toBe('SYNC')
  })

  test('[DISC-4] with a quorum’s promises the epoch becomes current, durably, then the sync begins', () => {
    const solo = new Solo(5, [1, 2, 3, 4, 5])
    const leading = solo.lead()
    for (const sid of [1, 2]) solo.join(sid, sid)
    solo.flush()
    const promise = { type: 'ACKEPOCH', lastLoggedZxid: ZERO_ZXID, currentEpoch: 0 } as const
    expect(solo.packet(1, promise)).toEqual([])
    const second = solo.packet(2, promise)
    expect(diskOps(second)).toEqual(['current 1'])
    expect(words(second)).toEqual([])
    expect(leading.stage).toBe('SAVING_CURRENT')
    expect(words(solo.flush())).toEqual([
      `1:DIFF ${ZERO_ZXID}`,
      '1:NEWLEADER 1',
      `2:DIFF ${ZERO_ZXID}`,
      '2:NEWLEADER 1',
    ])
  })

  test('[DISC-4] without a quorum within initLimit the leader gives up', () => {
    const solo = new Solo(3, [1, 2, 3])
    solo.lead()
    solo.tick(10 * 200 - 200 - 1) // 200 ms have passed since it was elected
    expect(solo.zab.role.state).toBe('LEADING')
    solo.tick(1)
    expect(solo.zab.role.state).toBe('LOOKING')
  })
})

describe('a learner', () => {
  test('[FOLL-1] O-1: promises a larger epoch, and says so when that is durable', () => {
    const solo = new Solo(1, [1, 2, 3], { acceptedEpoch: 6, currentEpoch: 4, entries: ENTRIES })
    const { link } = solo.follow(3, 7)
    expect(diskOps(solo.node.effects)).toEqual(['accepted 7'])
    expect(words(solo.node.effects)).toEqual([])
    expect(words(solo.flush())).toEqual([`${link}:ACKEPOCH ${LAST} epoch 4`])
  })

  test('[FOLL-1] L-5: says "no vote" to an epoch that it has promised before', () => {
    const solo = new Solo(1, [1, 2, 3], { acceptedEpoch: 7, currentEpoch: 4, entries: ENTRIES })
    const { link } = solo.follow(3, 7)
    expect(diskOps(solo.node.effects)).toEqual([])
    expect(words(solo.node.effects)).toEqual([`${link}:ACKEPOCH ${LAST} epoch -1`])
  })

  test('[FOLL-1] leaves a leader whose epoch is below its promise', () => {
    const solo = new Solo(1, [1, 2, 3], { acceptedEpoch: 8 })
    const { link } = solo.follow(3, 7)
    expect(words(solo.node.effects)).toEqual([`${link}:close`])
    expect(solo.zab.role.state).toBe('LOOKING')
    expect(solo.zab.acceptedEpoch).toBe(8)
  })
})

test('[ELECT-6] an observer votes for nobody, and follows whom the voters elect', () => {
  const solo = new Solo(4, [1, 2, 3], { observers: [4] })
  expect(solo.node.effects.flatMap((e) => (e.type === 'notify' ? [[e.to, e.notification.leader]] : []))).toEqual(
    [1, 2, 3].map((sid) => [sid, -(2 ** 63)]),
  )
  solo.hear(1, { leader: asSid(4), zxid: makeZxid(9, 9), peerEpoch: 9 }) // nobody can elect it
  expect(solo.zab.vote.leader).toBe(-(2 ** 63))
  for (const sid of [1, 2]) solo.hear(sid, { leader: asSid(3), zxid: ZERO_ZXID, peerEpoch: 0 })
  solo.tick(200)
  expect(solo.zab.role).toMatchObject({ state: 'OBSERVING', leader: 3 })
})
