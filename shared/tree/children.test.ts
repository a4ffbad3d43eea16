import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Children } from './children.ts'

test('any adds and deletes: what a Set would hold, in its order', () => {
  const step = fc.record({ name: fc.nat(120), add: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 400, size: 'max' }), (steps) => {
      const children = new Children()
      const expected = new Set<string>()
      for (const { name, add } of steps) {
        const path = `/p/${name}`
        if (!add) children.delete(path)
        else if (!expected.has(path)) children.add(path)
        if (add) expected.add(path)
        else expected.delete(path)
        expect(children.size).toBe(expected.size)
        expect(children.has(path)).toBe(expected.has(path))
      }
      expect([...children]).toEqual([...expected])
    }),
  )
})
