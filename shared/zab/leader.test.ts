// A leader that brings learners up to date, serves, and stops when it should.

import { describe, expect, test } from 'vitest'
import { COUNTER_MAX, makeZxid, ZERO_ZXID, type Zxid } from '../zk/zxid.ts'
import type { ZabEffect } from './contract.ts'
import { nextZxid, propose } from './leader-broadcast.ts'
import { entryAt } from './testing-node.ts'
import { diskOps, Solo, words } from './testing-solo.ts'

const HELD = [1, 2, 3].map((n) => entryAt(makeZxid(1, n)))
const START = makeZxid(2, 0)

/** Leads epoch 2 with HELD in its log; the followers have acked NEWLEADER. */
function leading(followers: readonly number[], voters = [1, 2, 3, 4, 5], observers: readonly number[] = []): Solo {
  const solo = new Solo(Math.max(...voters), voters, { acceptedEpoch: 1, currentEpoch: 1, entries: HELD, observers })
  solo.synchronize(followers)
  for (const sid of followers) solo.packet(sid, { type: 'ACK', zxid: START })
  return solo
}

function proposeNext(solo: Solo, zxid: Zxid | null = nextZxid(solo.zab)): ZabEffect[] {
  const out: ZabEffect[] = []
  propose(solo.zab, entryAt(zxid ?? ZERO_ZXID), out)
  for (const effect of out) if (effect.type === 'append') solo.node.unflushed.push(effect)
  return out
}

describe('bringing a learner up to date', () => {
  test('[SYNC-6] O-5: NEWLEADER ends the stream, and from the same step on every proposal is forwarded', () => {
    const solo = leading([1, 2])
    proposeNext(solo) // on its way when the learner comes
    solo.join(3, 3)
    const stream = words(solo.packet(3, { type: 'ACKEPOCH', lastLoggedZxid: makeZxid(1, 2), currentEpoch: 1 }))
    expect(stream).toEqual([
      `3:DIFF ${makeZxid(1, 3)}`,
      `3:PROPOSAL ${makeZxid(1, 3)}`,
      `3:COMMIT ${makeZxid(1, 3)}`,
      `3:PROPOSAL ${makeZxid(2, 1)}`,
      '3:NEWLEADER 2',
    ])
    // R-ZAB-1: it has not acked NEWLEADER yet.
    expect(words(proposeNext(solo))).toContain(`3:PROPOSAL ${makeZxid(2, 2)}`)
  })

  test('[SYNC-6] an observer is not sent what is not committed', () => {
    const solo = leading([1, 2], undefined, [9])
    proposeNext(solo)
    solo.join(9, 9, 0, 'OBSERVERINFO')
    const stream = words(solo.packet(9, { type: 'ACKEPOCH', lastLoggedZxid: makeZxid(1, 3), currentEpoch: 1 }))
    expect(stream).toEqual([`9:DIFF ${makeZxid(1, 3)}`, '9:NEWLEADER 2'])
  })

  test('[SYNC-8] D-8: an observer that holds what is still being decided waits for the decision', () => {
    const solo = leading([1, 2], [1, 2, 3], [9])
    proposeNext(solo)
    solo.join(9, 9, 2, 'OBSERVERINFO')
    const holds = { type: 'ACKEPOCH', lastLoggedZxid: makeZxid(2, 1), currentEpoch: -1 } as const
    expect(words(solo.packet(9, holds))).toEqual([])
    solo.flush()
    const decided = words(solo.packet(1, { type: 'ACK', zxid: makeZxid(2, 1) }))
    expect(decided.filter((word) => word.startsWith('9:'))).toEqual([`9:DIFF ${makeZxid(2, 1)}`, '9:NEWLEADER 2'])
  })

  test('[SYNC-6] M-5: an ACK before that of NEWLEADER ends the connection', () => {
    const solo = leading([1, 2])
    solo.join(3, 3)
    solo.packet(3, { type: 'ACKEPOCH', lastLoggedZxid: makeZxid(1, 3), currentEpoch: 1 })
    proposeNext(solo)
    expect(words(solo.packet(3, { type: 'ACK', zxid: makeZxid(2, 1) }))).toEqual(['3:close'])
  })
})

describe('establishing the leadership', () => {
  test('[LEAD-1] B-12: a quorum of NEWLEADER acks commits the initial history; then it serves', () => {
    const solo = new Solo(5, [1, 2, 3, 4, 5], { acceptedEpoch: 1, currentEpoch: 1, entries: HELD })
    solo.synchronize([1, 2])
    expect(words(solo.packet(1, { type: 'ACK', zxid: START }))).toEqual([])
    expect(nextZxid(solo.zab)).toBe(null)
    solo.join(9, 9) // not a voter
    solo.packet(9, { type: 'ACKEPOCH', lastLoggedZxid: ZERO_ZXID, currentEpoch: 0 })
    expect(words(solo.packet(9, { type: 'ACK', zxid: START }))).toEqual([])
    const effects = solo.packet(2, { type: 'ACK', zxid: START })
    expect(words(effects)).toEqual(['1:UPTODATE', '2:UPTODATE', '9:UPTODATE'])
    expect(effects).toContainEqual({ type: 'serving', state: 'LEADING', epoch: 2, zxid: START })
    expect(solo.zab.vote.peerEpoch).toBe(2)
    expect(nextZxid(solo.zab)).toBe(makeZxid(2, 1))
  })
})

describe('broadcast', () => {
  test('[LEAD-2] a proposal goes to the log and to every participant in sync, observers hear of it when committed', () => {
    const solo = leading([1, 2], undefined, [9])
    solo.join(9, 9, 0, 'OBSERVERINFO')
    solo.packet(9, { type: 'ACKEPOCH', lastLoggedZxid: makeZxid(1, 3), currentEpoch: 1 })
    solo.join(3, 3) // not in sync
    const zxid = makeZxid(2, 1)
    const out = proposeNext(solo)
    expect(words(out)).toEqual([`1:PROPOSAL ${zxid}`, `2:PROPOSAL ${zxid}`])
    expect(diskOps(out)).toEqual([`append ${zxid}`])
    expect(nextZxid(solo.zab)).toBe(makeZxid(2, 2))
    solo.packet(1, { type: 'ACK', zxid })
    expect(words(solo.packet(2, { type: 'ACK', zxid }))).toEqual([])
    expect(words(solo.flush())).toEqual([`1:COMMIT ${zxid}`, `2:COMMIT ${zxid}`, `9:INFORM ${zxid}`])
  })

  test('[LEAD-2] only the next zxid, and only by a leader that serves', () => {
    const solo = leading([1, 2])
    expect(() => proposeNext(solo, makeZxid(2, 2))).toThrow('the next zxid')
    expect(() => proposeNext(leading([1]), makeZxid(2, 1))).toThrow('only a serving leader')
  })

  test('[LEAD-2] R-1277: after the last counter of its epoch the leader steps down', () => {
    const solo = leading([1, 2])
    const { log } = solo.zab
    log.entries = []
    log.after = makeZxid(2, COUNTER_MAX - 1)
    log.delivered = 0
    const out = proposeNext(solo)
    expect(diskOps(out)).toEqual([`append ${makeZxid(2, COUNTER_MAX)}`])
    expect(solo.zab.role.state).toBe('LOOKING')
    expect(nextZxid(solo.zab)).toBe(null)
  })

  test('[LEAD-3] O-7: the leader’s own ack counts when the entry is durable', () => {
    const solo = leading([1, 2])
    proposeNext(solo)
    const zxid = makeZxid(2, 1)
    solo.packet(1, { type: 'ACK', zxid })
    expect(solo.node.leading().committed).toBe(makeZxid(1, 3))
    solo.packet(2, { type: 'ACK', zxid }) // two of five, and its own is not on disk
    expect(solo.node.leading().committed).toBe(makeZxid(1, 3))
    solo.flush()
    expect(solo.node.leading().committed).toBe(zxid)
  })

  test('[LEAD-4] acks are cumulative, those of others than voters count for nothing', () => {
    const solo = leading([1, 2], undefined, [9])
    for (const [link, type] of [
      [9, 'OBSERVERINFO'],
      [77, 'FOLLOWERINFO'],
    ] as const) {
      solo.join(link, link, 0, type)
      solo.packet(link, { type: 'ACKEPOCH', lastLoggedZxid: makeZxid(1, 3), currentEpoch: 1 })
      solo.packet(link, { type: 'ACK', zxid: START })
    }
    for (let i = 0; i < 3; i += 1) proposeNext(solo)
    solo.flush()
    for (const link of [9, 77]) solo.packet(link, { type: 'ACK', zxid: makeZxid(2, 3) })
    solo.packet(1, { type: 'ACK', zxid: makeZxid(2, 3) })
    expect(solo.node.leading().committed).toBe(makeZxid(1, 3))
    expect(words(solo.packet(2, { type: 'ACK', zxid: makeZxid(2, 2) })).filter((w) => w.startsWith('1:'))).toEqual([
      `1:COMMIT ${makeZxid(2, 1)}`,
      `1:COMMIT ${makeZxid(2, 2)}`,
    ])
    expect(words(solo.packet(2, { type: 'ACK', zxid: makeZxid(2, 4) }))).toEqual(['2:close']) // never proposed
  })
})

describe('silence', () => {
  test('[LEAD-6] a learner that is silent for syncLimit is cut off; any word of it counts', () => {
    const solo = leading([1, 2, 3])
    for (const link of [1, 2, 3]) solo.packet(link, { type: 'ACK', zxid: START }) // UPTODATE's
    solo.tick(5 * 200 - 1)
    for (const link of [1, 2]) solo.packet(link, { type: 'PING', zxid: START, touches: [] })
    expect(words(solo.tick(1))).toContain('3:close')
    expect([...solo.node.leading().learners.keys()]).toEqual([1, 2])
  })

  test('[LEAD-6] L-11, V-9: without a quorum of learners in sync at a tick, the leader steps down', () => {
    const solo = leading([1, 2])
    solo.tick(400)
    expect(solo.zab.role.state).toBe('LEADING')
    solo.feed({ type: 'linkDown', link: 2 as never, reason: 'cut' })
    let waited = 0
    for (; solo.zab.role.state === 'LEADING' && waited < 1000; waited += 100) solo.tick(100)
    expect(solo.zab.role.state).toBe('LOOKING')
    expect(waited).toBeLessThanOrEqual(300) // every second ping
    expect(words(solo.node.effects)).toEqual(['1:close'])
  })
})
