import { expect, test } from 'vitest'
import { asSessionId } from '#shared/zk/ids.ts'
import type { Entry } from '#shared/zk/txn.ts'
import { makeZxid } from '#shared/zk/zxid.ts'
import { chooseLog } from './chosen-log.ts'

function entry(epoch: number, counter: number, path = '/a'): Entry {
  const txn = { type: 'delete', path } as const
  return { zxid: makeZxid(epoch, counter), sessionId: asSessionId(1n), cxid: counter, timeMs: 0, txn, digest: null }
}

const log = (sid: number, final: readonly Entry[], removed: readonly Entry[] = []) => ({ sid, final, removed })
const [a, b, c, d] = [entry(1, 1), entry(1, 2), entry(1, 3), entry(2, 1)]

test('what any member has at the end was chosen, in the order of zxids', () => {
  const { log: chosen, leftOut } = chooseLog([log(1, [c, d]), log(2, [a, b]), log(3, [])], new Set())
  expect([chosen, leftOut]).toEqual([[a, b, c, d], 0])
})

test('a proposal that one member removed and nobody was told of was never chosen', () => {
  const { log: chosen, leftOut } = chooseLog([log(1, [a, b, d], [a, b, c]), log(2, [a, b, d]), log(3, [d])], new Set())
  expect([chosen, leftOut]).toEqual([[a, b, d], 1])
})

test('what a quorum had, or a client was told, was chosen though everybody removed it', () => {
  const quorum = chooseLog([log(1, [d], [a, c]), log(2, [d], [a]), log(3, [d])], new Set())
  expect(quorum.log).toEqual([a, d])
  const told = chooseLog([log(1, [d], [a, c]), log(2, [d], [a]), log(3, [d])], new Set([c.zxid]))
  expect(told.log).toEqual([a, c, d])
})

test('[D-1] one zxid with two contents is a conflict', () => {
  const { conflicts } = chooseLog([log(1, [a, b]), log(2, [a], [entry(1, 2, '/other')])], new Set())
  expect(conflicts).toEqual(['1/2 is two different txns'])
})
