import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDataStore, type DataWindow, dataOf, dropData, putData, windowOn } from './node-data.ts'

function bytes(length: number, value: number): Uint8Array {
  return new Uint8Array(length).fill(value)
}

test('null, empty and large data come back as they were', () => {
  const store = createDataStore()
  for (const data of [null, new Uint8Array(0), bytes(1, 1), bytes(2048, 2), bytes(2049, 3), bytes(100_000, 4)]) {
    const owner = windowOn(null)
    putData(store, owner, data)
    expect(dataOf(owner)).toEqual(data)
    expect(owner.dataLength).toBe(data?.length ?? 0)
  }
})

test('what was put in is a copy, and large data does not hold on to what lay beside it', () => {
  const store = createDataStore()
  const frame = bytes(50_000, 7)
  const [small, large] = [windowOn(null), windowOn(null)]
  putData(store, small, frame.subarray(10, 20))
  putData(store, large, frame.subarray(10, 10_010))
  frame.fill(0)
  expect(dataOf(small)).toEqual(bytes(10, 7))
  expect(dataOf(large)?.buffer.byteLength).toBe(10_000)
})

test('what was read stays as it was, whatever happens to its owner', () => {
  const store = createDataStore()
  const owner = windowOn(null)
  putData(store, owner, bytes(10, 1))
  const read = dataOf(owner)
  for (let i = 0; i < 10_000; i += 1) {
    dropData(store, owner)
    putData(store, owner, bytes(1 + (i % 50), i))
  }
  expect(read).toEqual(bytes(10, 1))
})

test('any puts and drops: all data is right, and no more than twice of it is kept', { timeout: 60_000 }, () => {
  const step = fc.record({ owner: fc.nat(400), length: fc.nat(600), drop: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { minLength: 500, maxLength: 3000, size: 'max' }), (steps) => {
      const store = createDataStore()
      const owners = new Map<number, { window: DataWindow; data: Uint8Array }>()
      for (const [i, { owner, length, drop }] of steps.entries()) {
        const known = owners.get(owner)
        if (known) dropData(store, known.window)
        owners.delete(owner)
        if (drop) continue
        const window = windowOn(null)
        const data = bytes(length, i)
        putData(store, window, data)
        owners.set(owner, { window, data })
      }
      let live = 0
      for (const { window, data } of owners.values()) {
        expect(dataOf(window)).toEqual(data)
        live += data.length
      }
      const kept = [...store.slabs.keys()].reduce((sum, slab) => sum + slab.length, 0)
      // Twice, a little at the end of each slab, and the one that is open.
      expect(kept).toBeLessThanOrEqual(live * 2.1 + 2 * 32 * 1024)
    }),
    { numRuns: 20 },
  )
})
