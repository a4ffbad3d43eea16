import { describe, expect, test } from 'vitest'
import { formatAge, formatAgo, formatBytes, formatCount, formatDuration, formatRate } from './format.ts'
import { MESSAGES } from './languages.ts'

const { units } = MESSAGES.en

describe('durations', () => {
  test.each([
    [0, '0.00 ms'],
    [-3, '0.00 ms'],
    [0.418, '0.42 ms'],
    [4.2, '4.20 ms'],
    [31.04, '31.0 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [4210, '4.2 s'],
    [59_960, '1 min'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [273_600_000, '3 d 4 h'],
  ])('%d ms is %s', (ms, text) => expect(formatDuration(ms, units)).toBe(text))

  test('ages tick in one unit', () => {
    expect([0, 59_999, 60_000, 3_600_000, 90_000_000].map((ms) => formatAge(ms, units))).toEqual([
      '0 s',
      '59 s',
      '1 min',
      '1 h',
      '1 d',
    ])
    expect(formatAgo(999, units)).toBe('just now')
    expect(formatAgo(2100, units)).toBe('2 s ago')
    expect(formatAgo(2100, MESSAGES['zh-CN'].units)).toBe('2 秒前')
  })
})

test('counts have separators, rates few digits, sizes a unit', () => {
  expect(formatCount(37_412, 'en')).toBe('37,412')
  expect(formatRate(2.25, 'en')).toBe('2.3')
  expect(formatRate(1204.6, 'en')).toBe('1,205')
  expect([0, 1023, 1024, 65_536, 1536, 5 * 1024 ** 2].map(formatBytes)).toEqual([
    '0 B',
    '1023 B',
    '1 KiB',
    '64 KiB',
    '1.5 KiB',
    '5 MiB',
  ])
})
