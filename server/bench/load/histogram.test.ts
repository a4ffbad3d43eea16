import { expect, test } from 'vitest'
import { Histogram } from './histogram.ts'

function of(values: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const value of values) histogram.record(value)
  return histogram
}

test('small values are exact', () => {
  const histogram = of([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  expect([0, 0.1, 0.5, 0.51, 0.9, 1].map((share) => histogram.quantile(share))).toEqual([1, 1, 5, 6, 9, 10])
  expect(histogram.total).toBe(10)
  expect(histogram.max).toBe(10)
})

test('a quantile is never below the value, and at most 1.6 % above it', () => {
  for (let value = 1; value < 2 ** 31; value = Math.ceil(value * 1.37)) {
    const histogram = of([value, 2 ** 31 - 1])
    const found = histogram.quantile(0.5)
    expect(found).toBeGreaterThanOrEqual(value)
    expect(found).toBeLessThanOrEqual(Math.ceil(value * 1.016))
  }
})

test('no quantile is above the largest value', () => {
  expect(of([1_000_003]).quantile(0.99)).toBe(1_000_003)
})

test('what is out of range counts at its end', () => {
  const histogram = of([-5, 1e12])
  expect(histogram.quantile(0.5)).toBe(0)
  expect(histogram.max).toBe(2 ** 31 - 1)
})

test('without values there is no quantile; cleared is as new', () => {
  const histogram = of([7])
  histogram.clear()
  expect(histogram.quantile(0.5)).toBeNaN()
  expect([histogram.total, histogram.max]).toEqual([0, 0])
})
