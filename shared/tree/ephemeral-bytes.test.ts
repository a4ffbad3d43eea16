import { expect, test } from 'vitest'
import { utf8Encode } from '../base/text.ts'
import { encodeEntry } from '../jute/records/txn.ts'
import { ERROR_CODES as E } from '../zk/errors.ts'
import {
  ALICE,
  BOB,
  commitAll,
  create,
  createWorld,
  errOf,
  essence,
  propose,
  remove,
  run,
  type World,
} from './testing.ts'

const MAX = 400

/** The closeSession that would end the session now, as it is logged. */
function closeSessionBytes(world: World): number {
  return encodeEntry(propose(world, { type: 'closeSession' })).length
}

/** Names of all lengths in UTF-8. */
function pathOf(i: number): string {
  return `/${'aé中'[i % 3]}${i}`
}

test('[S-10, R-4306] creates are refused before the closeSession would be too long, and only those of ephemerals', () => {
  const world = createWorld({ messageBytesMax: MAX })
  let created = 0
  while (errOf(world, create(pathOf(created), 'ephemeral')) === E.OK) created += 1
  expect(created).toBeGreaterThan(20)
  expect(errOf(world, create('/next', 'ephemeral'))).toBe(E.QUOTAEXCEEDED)
  expect(errOf(world, create('/next-', 'ephemeralSequential'))).toBe(E.QUOTAEXCEEDED)
  expect(errOf(world, create('/plain'))).toBe(E.OK)
  expect(errOf(world, create('/of-bob', 'ephemeral'), { sessionId: BOB })).toBe(E.OK)
  const bytes = closeSessionBytes(world)
  expect(bytes).toBeLessThanOrEqual(MAX)
  expect(bytes + 4 + utf8Encode(pathOf(created)).length).toBeGreaterThan(MAX)
})

test('[S-10] what is in flight counts, also in a multi, and what is gone does not', () => {
  const world = createWorld({ messageBytesMax: MAX })
  const ops = Array.from({ length: 60 }, (_, i) => create(`/m${i}`, 'ephemeral'))
  const half = ops.slice(0, 20)
  propose(world, { type: 'multi', ops: half })
  expect(propose(world, { type: 'multi', ops }).txn).toMatchObject({ txns: { 0: { err: E.NODEEXISTS } } })
  const rest = propose(world, { type: 'multi', ops: ops.slice(20) }).txn
  expect(JSON.stringify(rest)).toContain(`"err":${E.QUOTAEXCEEDED}`)
  expect(world.pending.ephemeralBytes.get(ALICE)).toBe(half.reduce((sum, { path }) => sum + 4 + path.length, 0))
  commitAll(world)
  expect(world.pending.ephemeralBytes.size).toBe(0)
  for (const { path } of half) expect(errOf(world, remove(path))).toBe(E.OK)
  expect(world.tree.ephemeralBytes.size).toBe(0)
  expect(errOf(world, { type: 'multi', ops: half })).toBe(E.OK)
  run(world, { type: 'closeSession' })
  expect(world.tree.ephemeralBytes.size).toBe(0)
  expect(essence(world.tree).ephemerals).toEqual([])
})
