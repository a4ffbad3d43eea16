import { expect, test } from 'vitest'
import { parseLinkRule, RETRANSMIT_MS, transitMs } from './link-rule.ts'

test.each([
  [{ type: 'cut' }, { type: 'cut' }],
  [
    { type: 'delay', ms: 5 },
    { type: 'delay', ms: 5, jitterMs: 0 },
  ],
  [
    { type: 'loss', percent: 30 },
    { type: 'loss', percent: 30 },
  ],
  [
    { type: 'throttle', bytesPerSecond: 100 },
    { type: 'throttle', bytesPerSecond: 100 },
  ],
])('%j is a rule', (value, rule) => {
  expect(parseLinkRule(value)).toEqual({ ok: true, value: rule })
})

test.each([
  [null, 'an object'],
  [{ type: 'duplicate' }, 'duplicate: percent is a whole number'],
  [{ type: 'delay', ms: -1 }, 'whole numbers from 0'],
  [{ type: 'delay', ms: 1, jitterMs: 0.5 }, 'whole numbers from 0'],
  [{ type: 'loss', percent: 100 }, 'cut loses everything'],
  [{ type: 'throttle', bytesPerSecond: 0 }, 'from 1 to'],
])('%j is refused in words', (value, words) => {
  const parsed = parseLinkRule(value)
  expect(parsed.ok ? '' : parsed.error).toContain(words)
})

test('what is lost is sent again after 200 ms, then after twice that', () => {
  const always = () => 0
  const rolls = [0, 0, 0.99]
  expect(transitMs({ type: 'loss', percent: 50 }, 10, () => rolls.shift() ?? 1)).toBe(RETRANSMIT_MS * 3)
  expect(transitMs({ type: 'loss', percent: 50 }, 10, () => 0.5)).toBe(0)
  expect(transitMs({ type: 'loss', percent: 50 }, 10, always), 'it gets through some time').toBeLessThan(60_000)
  expect(transitMs({ type: 'cut' }, 10, always)).toBe(Number.POSITIVE_INFINITY)
  expect(transitMs({ type: 'throttle', bytesPerSecond: 500 }, 100, always)).toBe(200)
})

test('heavyTail: usually little more than its least, for one of a hundred twenty times that, never more than its most', () => {
  const rule = { type: 'heavyTail', ms: 10, maxMs: 1000 } as const
  const at = (quantile: number) => Math.round(transitMs(rule, 1, () => quantile))
  expect([at(0), at(0.5), at(0.99), at(0.999999)]).toEqual([10, 16, 215, 1000])
})
