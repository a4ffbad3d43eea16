import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createPacer } from './pacer.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('runs at once when it has been quiet, then once an interval', () => {
  const run = vi.fn()
  const pacer = createPacer(100, run)
  pacer.nudge()
  expect(run).toHaveBeenCalledTimes(1)
  for (let ms = 0; ms < 1000; ms += 10) {
    pacer.nudge()
    vi.advanceTimersByTime(10)
  }
  expect(run.mock.calls.length).toBeLessThanOrEqual(11)
  expect(run.mock.calls.length).toBeGreaterThanOrEqual(10)
})

test('the last change is never left out, and silence costs nothing', () => {
  const run = vi.fn()
  const pacer = createPacer(100, run)
  pacer.nudge()
  pacer.nudge()
  vi.advanceTimersByTime(100)
  expect(run).toHaveBeenCalledTimes(2)
  vi.advanceTimersByTime(10_000)
  expect(run).toHaveBeenCalledTimes(2)
})

test('nothing runs after stop', () => {
  const run = vi.fn()
  const pacer = createPacer(100, run)
  pacer.nudge()
  pacer.nudge()
  pacer.stop()
  vi.advanceTimersByTime(1000)
  expect(run).toHaveBeenCalledTimes(1)
})
