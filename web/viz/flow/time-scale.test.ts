import { describe, expect, test } from 'vitest'
import { round } from '../../testing/samples.ts'
import { FOLD_PX, foldedScale, plainScale, scaleBar } from './time-scale.ts'

const at = (zxid: string, t: number, ms: number) => round(zxid, { 3: { applied: t + ms } }, { proposedAt: t })
const rounds = [at('0x100000001', 1000, 10), at('0x100000002', 1005, 10), at('0x100000003', 9000, 10)]
const box = { from: 0, to: 10_000, leftPx: 0, rightPx: 1018 }

describe('folded time', () => {
  test('idle time takes a fold; what overlaps is one piece; order is kept', () => {
    const scale = foldedScale(rounds, box, 1000)
    expect(scale.pieces.length).toBe(2)
    const [first, second] = scale.pieces
    expect((second?.x1 ?? 0) - (first?.x2 ?? 0)).toBeCloseTo(FOLD_PX)
    expect(second?.x2).toBeCloseTo(1018)
    const xs = [1000, 1005, 1015, 5000, 9000, 9010, 99_999].map(scale.x)
    expect(xs).toEqual(xs.toSorted((a, b) => a - b))
    expect(scale.x(5000)).toBeCloseTo(first?.x2 ?? 0)
  })

  test('only the newest that the busy time holds', () => {
    expect(foldedScale(rounds, box, 5).pieces.length).toBe(1)
    expect(foldedScale(rounds, { ...box, to: 2000 }, 1000).pieces[0]?.from).toBeLessThan(1000)
    expect(foldedScale([], box, 1000).x(7)).toBe(0)
  })
})

test('the scale bar is a round number of ms', () => {
  const scale = plainScale({ from: 0, to: 100, leftPx: 0, rightPx: 1000 })
  expect(scaleBar(scale, 80)).toEqual({ ms: 5, px: 50 })
})
