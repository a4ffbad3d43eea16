import { describe, expect, test } from 'vitest'
import { emptyClusterView } from '#shared/events/cluster-view.ts'
import { round, threeMembers } from '../testing/samples.ts'
import { agreementSteps, latencySplit } from './agreement.ts'
import { roundTest } from './round-search.ts'
import { whyWaiting } from './why-waiting.ts'

const full = round(
  '0x100000004',
  {
    1: { received: 1001, logged: 1003, acked: 1003.5, committed: 1006, applied: 1007 },
    2: { received: 1001, logged: 1020, acked: 1021 },
    3: { proposed: 1000, logged: 1002, committed: 1004.5, applied: 1005 },
  },
  { quorumBy: 1, quorumAt: 1004 },
)
const waiting = round('0x100000005', { 3: { logged: 1002 }, 1: { received: 1001 } })

describe('agreement', () => {
  test('one half is crossed by the ack after which more than half have it', () => {
    const steps = agreementSteps(full, [1, 2, 3])
    expect(steps.map(({ sid, ms, crosses }) => [sid, ms, crosses])).toEqual([
      [3, 2, false],
      [1, 3.5, true],
      [2, 21, false],
    ])
    expect(steps[1]?.ratio).toBeCloseTo(2 / 3)
    expect(agreementSteps(full, [1, 2, 3, 4]).map(({ crosses }) => crosses)).toEqual([false, false, true])
  })

  test('the time of the commit is split along the ack that made the quorum; what nobody tells is unknown', () => {
    expect(latencySplit(full)).toEqual({
      parts: [
        { part: 'queue', ms: null },
        { part: 'there', ms: 1 },
        { part: 'flush', ms: 2 },
        { part: 'back', ms: 0.5 },
        { part: 'decide', ms: 0.5 },
        { part: 'apply', ms: 0.5 },
      ],
      totalMs: 4.5,
      by: 1,
    })
    expect(latencySplit(waiting)).toBeNull()
  })
})

describe('why a round waits', () => {
  const view = emptyClusterView()

  test('each voter without an ack has its reason', () => {
    view.members = threeMembers({ 2: { process: 'killed', state: null, serving: false } })
    expect(whyWaiting(waiting, view, 1500)).toMatchObject({
      acked: [3],
      needed: 2,
      leaderGone: false,
      hindrances: [
        { type: 'flushing', sid: 1, sinceMs: 499 },
        { type: 'down', sid: 2 },
      ],
    })
    expect(whyWaiting(full, view, 1500)).toBeNull()
  })

  test('a leader that is gone, and an epoch that went on without it', () => {
    view.members = threeMembers({ 3: { state: 'FOLLOWING', leader: 1, epoch: 2 }, 1: { state: 'LEADING', epoch: 2 } })
    expect(whyWaiting(waiting, view, 1500)).toMatchObject({ leaderGone: true, overtaken: true })
  })
})

describe('searching', () => {
  const failed = round('0x100000006', { 3: { committed: 1900 } }, {})
  const rounds = [full, waiting, { ...failed, txn: { ...failed.txn, error: 'BADVERSION', path: '/b' } }]
  const found = (find: string) =>
    rounds.filter(roundTest(find, rounds) ?? (() => true)).map(({ txn }) => txn.zxid.at(-1))

  test('by text, by property, by time', () => {
    expect(found('')).toEqual(['4', '5', '6'])
    expect(found('/B create')).toEqual(['6'])
    expect(found('0x100000005')).toEqual(['5'])
    expect(found('uncommitted')).toEqual(['5'])
    expect(found('failed')).toEqual(['6'])
    expect(found('>10ms')).toEqual(['6'])
    expect(found('>1 0x1')).toEqual(['4', '6'])
  })
})
