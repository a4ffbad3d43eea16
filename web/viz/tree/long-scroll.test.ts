import { describe, expect, test } from 'vitest'
import { AT_TOP, afterScroll, placeAt, SPACE_PX_MAX, topShowing } from './long-scroll.ts'

const MILLION = { contentPx: 24_000_000, viewPx: 600 }
const SCROLL_MAX = SPACE_PX_MAX - 600

describe('scrolling through more than a browser can hold', () => {
  test('where all fits, it is the browser’s own scrolling', () => {
    expect(afterScroll(AT_TOP, 1234.5, { contentPx: 50_000, viewPx: 600 })).toEqual({
      topPx: 1234.5,
      scrollTop: 1234.5,
    })
    expect(placeAt(1234, { contentPx: 50_000, viewPx: 600 })).toEqual({ topPx: 1234, scrollTop: 1234 })
  })

  test('the wheel moves by pixels, wherever one is', () => {
    const middle = placeAt(12_000_000, MILLION)
    expect(afterScroll(middle, middle.scrollTop + 100, MILLION).topPx).toBe(12_000_100)
    expect(afterScroll(middle, middle.scrollTop - 100, MILLION).topPx).toBe(11_999_900)
  })

  test('the scrollbar reaches the middle and both ends', () => {
    expect(afterScroll(AT_TOP, SCROLL_MAX / 2, MILLION).topPx).toBeCloseTo((24_000_000 - 600) / 2)
    const end = afterScroll(AT_TOP, SCROLL_MAX, MILLION)
    expect(end.topPx).toBe(24_000_000 - 600)
    expect(afterScroll(end, 0, MILLION).topPx).toBe(0)
  })

  test('at an end of the bar the rows are at their end, also by the wheel', () => {
    expect(afterScroll({ topPx: 900, scrollTop: 300 }, 0, MILLION).topPx).toBe(0)
    expect(afterScroll({ topPx: 23_999_000, scrollTop: SCROLL_MAX - 50 }, SCROLL_MAX, MILLION).topPx).toBe(23_999_400)
  })

  test('every place can be gone to, and is what the bar then says', () => {
    for (const topPx of [0, 1, 24, 7_999_999, 12_345_678, 23_999_400]) {
      const place = placeAt(topPx, MILLION)
      expect(place.topPx).toBe(topPx)
      expect(afterScroll(place, place.scrollTop, MILLION).topPx).toBe(topPx)
    }
  })

  test('a row is brought just into view', () => {
    expect([topShowing(10, 24, 0, 600), topShowing(10, 24, 480, 600), topShowing(100, 24, 0, 600)]).toEqual([
      0, 240, 1824,
    ])
  })
})
