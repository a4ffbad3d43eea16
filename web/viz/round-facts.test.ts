import { expect, test } from 'vitest'
import { round } from '../testing/samples.ts'
import { ackTime, commitLatency, furthestStage, median, missingStage, roundStamp } from './round-facts.ts'

test('the furthest stage is what the cell shows', () => {
  expect(furthestStage(undefined)).toBe('none')
  expect(furthestStage({})).toBe('none')
  expect(furthestStage({ received: 1, logged: 2 })).toBe('logged')
  expect(furthestStage({ committed: 3 })).toBe('committed')
  expect(furthestStage({ applied: 1, received: 9 })).toBe('applied')
})

test('latency is the leader’s, and unknown while it waits', () => {
  expect(commitLatency(round('0x1', { 3: { committed: 1002.5 } }))).toBe(2.5)
  expect(commitLatency(round('0x1', { 1: { committed: 1002.5 } }))).toBeNull()
  expect(commitLatency(round('0x1', { 3: { committed: 999 } }))).toBe(0)
})

test('medians', () => {
  expect(median([])).toBeNull()
  expect(median([5])).toBe(5)
  expect(median([9, 1, 5])).toBe(5)
  expect(median([1, 2, 3, 10])).toBe(2.5)
})

test('ack times are those of the present leader only, and of so many rounds', () => {
  const rounds = [
    round('0x1', { 1: { acked: 1099 } }, { leader: 2 }),
    round('0x2', { 1: { acked: 1001 } }),
    round('0x3', {}),
    round('0x4', { 1: { acked: 1003 } }),
  ]
  expect(ackTime(rounds, 3, 1, 50)).toEqual({ medianMs: 2, rounds: 2 })
  expect(ackTime(rounds, 3, 1, 1)).toEqual({ medianMs: 3, rounds: 1 })
  expect(ackTime(rounds, 3, 2, 50)).toBeNull()
})

test('who has not applied it', () => {
  expect(missingStage(round('0x1', { 1: { applied: 1 }, 2: { committed: 1 } }), [1, 2, 3], 'applied')).toEqual([2, 3])
})

test('the stamp changes with each thing that a row shows', () => {
  const changing = round('0x1', {})
  const stamps = new Set([roundStamp(changing, [1, 3])])
  changing.members['1'] = { logged: 1001 }
  stamps.add(roundStamp(changing, [1, 3]))
  changing.quorumBy = 1
  stamps.add(roundStamp(changing, [1, 3]))
  changing.members['3'] = { committed: 1002 }
  stamps.add(roundStamp(changing, [1, 3]))
  stamps.add(roundStamp(changing, [1, 2, 3]))
  expect(stamps.size).toBe(5)
  expect(stamps).toContain(roundStamp(structuredClone(changing), [1, 3]))
})
