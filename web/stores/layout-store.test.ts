import { describe, expect, test } from 'vitest'
import { INSPECTOR_PX, readLayout, TIMELINE_PX } from './layout-store.ts'

describe('the kept layout', () => {
  test('nothing, or nonsense, gives the first layout', () => {
    const first = readLayout(null)
    for (const text of ['', '{', 'null', '7', '[]', '{"inspectorPx":"wide"}']) expect(readLayout(text)).toEqual(first)
    expect(first.tourSeen).toBe(false)
  })

  test('sizes beyond the limits are brought back', () => {
    const { inspectorPx, timelinePx } = readLayout('{"inspectorPx":99999,"timelinePx":-4}')
    expect([inspectorPx, timelinePx]).toEqual([INSPECTOR_PX.most, TIMELINE_PX.least])
  })
})
