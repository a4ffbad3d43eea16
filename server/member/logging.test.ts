import { expect, test, vi } from 'vitest'
import { CLIENT_LINES_PER_SECOND_MAX, limitedLogger, silentLogger } from './logging.ts'

test('lines about clients are limited, and what was left out is counted', () => {
  const warn = vi.fn()
  let nowMs = 0
  const log = limitedLogger({ ...silentLogger(), warn }, () => nowMs)
  for (let i = 0; i < CLIENT_LINES_PER_SECOND_MAX + 5; i += 1) log.warn({ i }, 'nonsense')
  expect(warn).toHaveBeenCalledTimes(CLIENT_LINES_PER_SECOND_MAX)
  nowMs = 1000
  log.warn('once more')
  expect(warn.mock.calls.slice(-2)).toEqual([
    [{ dropped: 5 }, 'so many lines about clients were not written'],
    ['once more'],
  ])
})
