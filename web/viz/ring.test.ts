import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { layoutLink, layoutRing } from './ring.ts'

const BESIDE = { width: 700, height: 400, discPx: 30, labelPx: 150, labels: 'beside' } as const
const OUTSIDE = { width: 360, height: 340, discPx: 24, labelPx: 64, labels: 'outside' } as const
const sidsOf = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

describe('the ring', () => {
  test('the first member stands at the top, the others clockwise', () => {
    const [one, two, three] = layoutRing([1, 2, 3], BESIDE)
    expect(one?.x).toBeCloseTo(350)
    expect(two?.x).toBeGreaterThan(350)
    expect(three?.x).toBeLessThan(350)
    expect(one?.y).toBeLessThan(two?.y ?? 0)
    expect(two?.y).toBeCloseTo(three?.y ?? 0)
  })

  test.each([BESIDE, OUTSIDE])('1 to 9 discs stay in the box and apart ($labels)', (box) => {
    for (let n = 1; n <= 9; n += 1) {
      const nodes = layoutRing(sidsOf(n), box)
      for (const { x, y } of nodes) {
        expect(x).toBeGreaterThanOrEqual(box.discPx)
        expect(x).toBeLessThanOrEqual(box.width - box.discPx)
        expect(y).toBeGreaterThanOrEqual(box.discPx)
        expect(y).toBeLessThanOrEqual(box.height - box.discPx)
      }
      for (const a of nodes)
        for (const b of nodes) if (a.sid < b.sid) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(box.discPx)
    }
  })

  test('two stand side by side, one alone in the middle', () => {
    const [left, right] = layoutRing([1, 2], BESIDE)
    expect(left?.y).toBeCloseTo(right?.y ?? 0)
    expect(left?.x).toBeLessThan(right?.x ?? 0)
    expect(layoutRing([7], BESIDE)).toMatchObject([{ sid: 7, x: 350, y: 200 }])
  })

  test('same members, same picture', () => {
    expect(layoutRing([1, 2, 3], BESIDE)).toEqual(layoutRing([1, 2, 3], BESIDE))
  })
})

test('links keep clear of both discs', () => {
  const coordinate = fc.integer({ min: 0, max: 600 })
  fc.assert(
    fc.property(coordinate, coordinate, coordinate, coordinate, (x1, y1, x2, y2) => {
      fc.pre(Math.hypot(x1 - x2, y1 - y2) > 90)
      const node = { labelX: 0, labelY: 0, anchor: 'start', side: 'beside' } as const
      const link = layoutLink({ sid: 1, x: x1, y: y1, ...node }, { sid: 2, x: x2, y: y2, ...node }, 30)
      expect(Math.hypot(link.x1 - x1, link.y1 - y1)).toBeGreaterThanOrEqual(30)
      expect(Math.hypot(link.x2 - x2, link.y2 - y2)).toBeGreaterThanOrEqual(30)
    }),
  )
})
