import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { askAgainSoon } from './ask-again.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('what failed for want of a leader is asked again, once at a time', () => {
  const again = vi.fn()
  askAgainSoon('list /', 'NO_SESSION', again)
  askAgainSoon('list /', 'CONNECTIONLOSS', again)
  vi.advanceTimersByTime(10_000)
  expect(again).toHaveBeenCalledTimes(1)
  askAgainSoon('list /', 'NO_SESSION', again)
  vi.advanceTimersByTime(10_000)
  expect(again).toHaveBeenCalledTimes(2)
})

test('what may not be read is not asked again', () => {
  const again = vi.fn()
  for (const code of ['NOAUTH', 'FORBIDDEN', 'BAD_ARGUMENT']) askAgainSoon('list /', code, again)
  vi.advanceTimersByTime(10_000)
  expect(again).not.toHaveBeenCalled()
})
