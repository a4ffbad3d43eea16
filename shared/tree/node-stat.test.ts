import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createStatStore, freeSlot, INTS, LONGS, roomyBlock, type StatBlock, takeSlot } from './node-stat.ts'

interface Owned {
  readonly block: StatBlock
  readonly slot: number
  readonly mark: number
}

test('any order of taking and giving up: no two owners share a slot, and given slots are used again', () => {
  const step = fc.record({ give: fc.boolean(), which: fc.nat() })
  fc.assert(
    fc.property(fc.array(step, { minLength: 3000, maxLength: 6000, size: 'max' }), (steps) => {
      const store = createStatStore()
      const owned: Owned[] = []
      let most = 0
      for (const [mark, { give, which }] of steps.entries()) {
        const at = which % Math.max(1, owned.length)
        const [gone] = give ? owned.splice(at, 1) : []
        if (gone) freeSlot(store, gone.block, gone.slot)
        if (give) continue
        const block = roomyBlock(store)
        const slot = takeSlot(store, block)
        block.longs[slot * LONGS] = mark
        block.ints[slot * INTS + INTS - 1] = mark
        owned.push({ block, slot, mark })
        most = Math.max(most, owned.length)
      }
      for (const { block, slot, mark } of owned) {
        expect(block.longs[slot * LONGS]).toBe(mark)
        expect(block.ints[slot * INTS + INTS - 1]).toBe(mark)
      }
      const blocks = new Set([...owned.map(({ block }) => block), ...store.withRoom])
      expect([...blocks].reduce((sum, { used }) => sum + used, 0)).toBeLessThanOrEqual(most)
    }),
    { numRuns: 20 },
  )
})

test('blocks without a znode are let go, but for one', () => {
  const store = createStatStore()
  const taken = Array.from({ length: 5000 }, () => {
    const block = roomyBlock(store)
    return { block, slot: takeSlot(store, block) }
  })
  expect(new Set(taken.map(({ block }) => block)).size).toBeGreaterThan(3)
  for (const { block, slot } of taken) freeSlot(store, block, slot)
  expect(store.withRoom).toHaveLength(1)
})
