import { describe, expect, test } from 'vitest'
import type { Marker } from '#shared/events/cluster-view.ts'
import { fillSilence, layoutTimeline } from './timeline.ts'

const NOW = 1_000_000
const BOX = { width: 300, height: 50 }
const mark = (t: number, type: Marker['type']): Marker => ({ t, sid: 1, type, text: type })

function layout(markers: Marker[], writeRate: [number, number][] = [], epoch = 5) {
  return layoutTimeline({ markers, writeRate }, NOW, 300_000, epoch, BOX)
}

describe('the timeline', () => {
  test('silent seconds count as none', () => {
    expect(
      fillSilence(
        [
          [3, 7],
          [9, 1],
        ],
        2,
        5,
      ),
    ).toEqual([
      [2, 0],
      [3, 7],
      [4, 0],
      [5, 0],
    ])
  })

  test('one pixel scale for time, both ways', () => {
    const { xOf, timeAt } = layout([])
    expect(xOf(NOW)).toBe(300)
    expect(xOf(NOW - 300_000)).toBe(0)
    expect(timeAt(150)).toBe(NOW - 150_000)
  })

  test('the rate of the last full second, and the peak of the window only', () => {
    const { now, peak } = layout(
      [],
      [
        [1, 999],
        [900, 40],
        [999, 12],
        [1000, 3],
      ],
    )
    expect(now).toBe(12)
    expect(peak).toBe(40)
  })

  test('marks too close to tell apart stand together under the gravest', () => {
    const { marks } = layout([
      mark(NOW - 200_000, 'looking'),
      mark(NOW - 195_000, 'killed'),
      mark(NOW - 60_000, 'started'),
    ])
    expect(marks.map(({ type, markers }) => [type, markers.length])).toEqual([
      ['killed', 2],
      ['started', 1],
    ])
  })

  test('marks outside of the window are not drawn', () => {
    expect(layout([mark(NOW - 300_001, 'killed'), mark(NOW + 1, 'killed')]).marks).toEqual([])
  })

  test('epochs alternate backwards from the present one', () => {
    const { bands } = layout([mark(NOW - 200_000, 'epoch'), mark(NOW - 100_000, 'epoch')])
    expect(bands).toEqual([
      { x: 0, width: 100, tint: 1, edge: false },
      { x: 100, width: 100, tint: 0, edge: true },
      { x: 200, width: 100, tint: 1, edge: true },
    ])
  })

  test('before the first epoch there is no band', () => {
    expect(layout([mark(NOW - 100_000, 'epoch')], [], 1).bands).toEqual([{ x: 200, width: 100, tint: 1, edge: true }])
  })
})
