// The bound on what a session may own, and the count that it goes by.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { utf8Encode } from '../base/text.ts'
import { ERROR_CODES as E } from '../zk/errors.ts'
import { bytesInClose, EPHEMERAL_BYTES_MAX } from './ephemeral-limit.ts'
import { copyTree } from './snapshot.ts'
import { ALICE, BOB, commitAll, create, createWorld, errOf, propose, remove, run } from './testing.ts'

test('a path counts as it is written', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (path) => {
      expect(bytesInClose(path)).toBe(4 + utf8Encode(path).length)
    }),
  )
})

const long = (n: number): string => `/${'x'.repeat(100_000)}${n}`

test('[S-10] R-4306: what is applied and what is in flight count together, for one session', () => {
  const world = createWorld()
  for (let n = 0; n < 3; n += 1) run(world, create(long(n), 'ephemeral'))
  propose(world, create(long(3), 'ephemeral'))
  propose(world, create(long(4), 'ephemeral'))
  expect(propose(world, create(long(5), 'ephemeral')).txn).toEqual({ type: 'error', err: E.QUOTAEXCEEDED })
  expect(propose(world, create(long(6), 'ephemeral'), { sessionId: BOB }).txn.type).toBe('create')
  expect(propose(world, create(long(7))).txn.type).toBe('create')
  commitAll(world)
  expect(errOf(world, create(long(5), 'ephemeral'))).toBe(E.QUOTAEXCEEDED)
  run(world, remove(long(0)))
  expect(errOf(world, create(long(5), 'ephemeral'))).toBe(E.OK)
})

test('the count follows every create and delete, and is found again in a snapshot', () => {
  const world = createWorld()
  const count = (): number => world.tree.ephemeralBytes.get(ALICE) ?? 0
  run(world, create('/a', 'ephemeral'))
  run(world, create('/bb', 'ephemeral'))
  expect(count()).toBe(6 + 7)
  expect(copyTree(world.tree).ephemeralBytes).toEqual(world.tree.ephemeralBytes)
  run(world, remove('/a'))
  expect(count()).toBe(7)
  run(world, remove('/bb'))
  expect(world.tree.ephemeralBytes.size).toBe(0)
  expect(EPHEMERAL_BYTES_MAX).toBeLessThan(0xfffff)
})
