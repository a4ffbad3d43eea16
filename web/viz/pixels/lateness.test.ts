import { expect, test } from 'vitest'
import { emptyLateness, latenessFigures, noteLateness, SECONDS_KEPT } from './lateness.ts'

const T = 1_700_000_000_000

test('nothing noted, nothing said', () => expect(latenessFigures(emptyLateness())).toBeNull())

test('quantiles to two milliseconds', () => {
  const lateness = emptyLateness()
  for (let ms = 1; ms <= 100; ms += 1) noteLateness(lateness, T, ms)
  const { p50, p95, of } = latenessFigures(lateness) ?? { p50: 0, p95: 0, of: 0 }
  expect(of).toBe(100)
  expect(Math.abs(p50 - 50)).toBeLessThanOrEqual(2)
  expect(Math.abs(p95 - 95)).toBeLessThanOrEqual(2)
})

test('only the newest seconds in which something happened count, quiet ones between them do not', () => {
  const lateness = emptyLateness()
  noteLateness(lateness, T, 1500)
  for (let i = 1; i < SECONDS_KEPT; i += 1) noteLateness(lateness, T + i * 5000, 10)
  expect(latenessFigures(lateness)?.of).toBe(SECONDS_KEPT)
  noteLateness(lateness, T + 100_000, 10)
  expect(latenessFigures(lateness)).toEqual({ p50: 12, p95: 12, of: SECONDS_KEPT })
})

test('whatever took for ever counts, as the longest that can be told', () => {
  const lateness = emptyLateness()
  noteLateness(lateness, T, 60_000)
  expect(latenessFigures(lateness)?.p95).toBe(2000)
})
