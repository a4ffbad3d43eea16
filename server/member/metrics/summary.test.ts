import { describe, expect, test } from 'vitest'
import { Summary } from './summary.ts'

function of(...values: number[]): Summary {
  const summary = new Summary()
  for (const value of values) summary.add(value)
  return summary
}

test('count, sum, least, most and average', () => {
  const summary = of(3, 1, 8)
  expect([summary.count, summary.sum, summary.min, summary.max, summary.average]).toEqual([3, 12, 1, 8, 4])
  expect(new Summary().average).toBe(0)
})

describe('quantiles', () => {
  test('there is none of nothing', () => {
    expect(new Summary().quantile(0.5)).toBeNaN()
  })

  test.each([[0], [0.04], [1], [7], [250], [70_000], [5e9]])('of one value it is that value: %d', (value) => {
    for (const q of [0.001, 0.5, 1]) expect(of(value).quantile(q)).toBe(value)
  })

  test('small whole numbers are exact', () => {
    const summary = of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
    expect([0.1, 0.5, 0.9, 0.99].map((q) => summary.quantile(q))).toEqual([1, 5, 9, 10])
  })

  test('any other is at most 3.2 % away', () => {
    const summary = new Summary()
    const values: number[] = []
    for (let value = 0.07; value < 400_000; value *= 1.013) {
      values.push(value)
      summary.add(value)
    }
    for (const q of [0.01, 0.25, 0.5, 0.95, 0.999]) {
      const exact = values[Math.ceil(q * values.length) - 1] ?? 0
      expect(Math.abs(summary.quantile(q) / exact - 1)).toBeLessThan(0.032)
    }
  })

  test('a reset forgets everything', () => {
    const summary = of(5, 6)
    summary.reset()
    summary.add(2)
    expect([summary.count, summary.min, summary.max, summary.quantile(0.5)]).toEqual([1, 2, 2, 2])
  })
})
