import { expect, test } from 'vitest'
import { round } from '../testing/samples.ts'
import { bandsOf, logColumns } from './log-lanes.ts'

const done = { logged: 5, acked: 6, committed: 7, applied: 8 }
const rounds = [
  round('0x100000001', { 1: done, 2: done, 3: done }),
  round('0x100000002', { 3: { logged: 5 } }),
  round('0x200000001', { 1: done, 2: { received: 4, logged: 5 } }, { leader: 1, quorumBy: 2 }),
]

test('a cell says how far; what was cut away is a ghost; epochs meet in an edge', () => {
  const cut = { t: 20, leader: 1, learner: 3, how: 'TRUNC' as const, zxid: '0x100000001', count: null }
  const columns = logColumns(rounds, [1, 2, 3], [cut], 0, 10)
  expect(columns.map(({ cells }) => cells)).toEqual([
    ['applied', 'applied', 'applied'],
    ['none', 'none', 'cut'],
    ['applied', 'logged', 'none'],
  ])
  expect(columns.map(({ edge }) => edge)).toEqual([false, false, true])
  expect(columns.map(({ ghost }) => ghost)).toEqual([false, true, false])
})

test('a TRUNC from before it was logged cut something else', () => {
  const cut = { t: 1, leader: 1, learner: 3, how: 'TRUNC' as const, zxid: '0x100000001', count: null }
  expect(logColumns(rounds, [3], [cut], 0, 10)[1]?.cells).toEqual(['logged'])
})

test('the newest that fit, or older ones', () => {
  expect(logColumns(rounds, [1], [], 0, 2).map(({ zxid }) => zxid)).toEqual(['0x100000002', '0x200000001'])
  expect(logColumns(rounds, [1], [], 1, 2).map(({ zxid }) => zxid)).toEqual(['0x100000001', '0x100000002'])
  expect(logColumns(rounds, [1], [], 9, 2)).toEqual([])
})

test('bands: what follows from a later stage is filled, an ack only when it was given', () => {
  expect(bandsOf(undefined)).toEqual([false, false, false, false, false])
  expect(bandsOf({ received: 1 })).toEqual([true, false, false, false, false])
  expect(bandsOf({ acked: 3 })).toEqual([true, true, true, false, false])
  // An observer.
  expect(bandsOf({ applied: 5 })).toEqual([true, false, false, true, true])
  expect(bandsOf({ logged: 2, committed: 4 })).toEqual([true, true, false, true, false])
})
