import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sequenceSuffix } from '../zk/path.ts'
import { splitSequence } from './sequence.ts'

test.each([
  ['lock-0000000003', 'lock-', 3],
  ['lock0000000003', 'lock', 3],
  ['0000000003', '', 3],
  ['n_-000000001', 'n_', -1],
  ['lock--000000001', 'lock-', -1],
  ['lock--2147483648', 'lock-', -2147483648],
  ['lock-2147483647', 'lock-', 2147483647],
])('%s', (name, prefix, sequence) => {
  expect(splitSequence(name)).toMatchObject({ prefix, sequence })
})

test('a name without ten digits at its end has no sequence', () => {
  for (const name of ['', 'lock', 'lock-123', 'lock-123456789x']) expect(splitSequence(name)).toBeNull()
})

test('every counter can be read back from a name that ends in a separator', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (counter) => {
      expect(splitSequence(`x-${sequenceSuffix(counter)}`)).toMatchObject({ prefix: 'x-', sequence: counter })
    }),
    { seed: 20261123 },
  )
})
