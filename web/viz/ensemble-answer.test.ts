import { describe, expect, test } from 'vitest'
import { emptyClusterView, type MemberView } from '#shared/events/cluster-view.ts'
import { member, threeMembers } from '../testing/samples.ts'
import { clientsOf, ensembleAnswer, lagOf, roleOf } from './ensemble-answer.ts'

function answer(change: Readonly<Record<number, Partial<MemberView>>> = {}) {
  return ensembleAnswer({ ...emptyClusterView(), members: threeMembers(change) })
}

const DOWN: Partial<MemberView> = { process: 'killed', state: null, serving: false }

describe('the answer of the header', () => {
  test('three of three: one more may fail', () => {
    expect(answer()).toMatchObject({ serving: 3, members: 3, leader: 3, quorum: 2, canLose: 1, judgement: 'good' })
  })

  test('two of three: at the edge', () => {
    expect(answer({ 1: DOWN })).toMatchObject({ serving: 2, leader: 3, canLose: 0, judgement: 'warning' })
  })

  test('one of three: no quorum, one is missing', () => {
    expect(answer({ 1: DOWN, 2: DOWN })).toMatchObject({ canLose: -1, missing: 1, judgement: 'bad' })
  })

  test('a quorum without a leader does not serve', () => {
    const looking: Partial<MemberView> = { state: 'LOOKING', serving: false }
    expect(answer({ 1: looking, 2: looking, 3: DOWN })).toMatchObject({
      serving: 0,
      missing: 0,
      leader: null,
      judgement: 'bad',
    })
  })

  test('a paused leader leads nobody', () => {
    expect(answer({ 3: { process: 'paused' } })).toMatchObject({ serving: 2, leader: null, judgement: 'bad' })
  })

  test('observers serve but do not count for the quorum', () => {
    const members = { ...threeMembers(), 4: member(4, { role: 'observer', state: 'OBSERVING' }) }
    expect(ensembleAnswer({ ...emptyClusterView(), members })).toMatchObject({ serving: 4, quorum: 2, canLose: 1 })
  })

  test('of two leaders for a moment, the one of the newer epoch', () => {
    expect(answer({ 1: { state: 'LEADING', epoch: 2 } }).leader).toBe(1)
  })

  test('nobody known yet', () => {
    expect(ensembleAnswer(emptyClusterView())).toMatchObject({ members: 0, leader: null, judgement: 'bad' })
  })
})

describe('lag', () => {
  const lag = (lastZxid: string) => {
    const members = threeMembers({ 1: { lastZxid } })
    return lagOf(members[1] ?? member(1), { ...emptyClusterView(), members })
  }
  test('in txns within the epoch', () => expect(lag('0x100000003')).toEqual({ type: 'txns', count: 2 }))
  test('in step, or a report ahead of the leader’s', () => {
    expect(lag('0x100000005')).toEqual({ type: 'none' })
    expect(lag('0x100000006')).toEqual({ type: 'none' })
  })
  test('an older epoch is not a number of txns', () => expect(lag('0x9')).toEqual({ type: 'older-epoch' }))
})

test('the process comes before what it last said', () => {
  expect(roleOf(member(1, { process: 'killed', state: 'LEADING' }))).toBe('down')
  expect(roleOf(member(1, { process: 'paused', state: 'LEADING' }))).toBe('paused')
  expect(roleOf(member(1, { process: 'starting', state: null }))).toBe('starting')
  expect(roleOf(member(1, { state: null }))).toBe('unknown')
  expect(roleOf(member(1))).toBe('FOLLOWING')
})

test('clients of a member are counted without the gateway’s own connection', () => {
  const view = { ...emptyClusterView(), members: threeMembers({ 1: { connections: 5 }, 2: { connections: 1 } }) }
  const connection = { conn: 7, address: 'a:1', timeoutMs: 1 }
  view.connections = {
    '1:7': { ...connection, sid: 1, session: '0xa' },
    '1:8': { ...connection, sid: 1, session: '0xb' },
    '2:7': { ...connection, sid: 2, session: '0xc' },
  }
  const counts = Object.values(view.members).map((each) => clientsOf(view, each, new Set(['0xa', '0xc'])))
  expect(counts).toEqual([4, 0, 0])
})
