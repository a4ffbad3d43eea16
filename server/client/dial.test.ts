// Names that stand for several addresses.

import type { lookup } from 'node:dns'
import { expect, test } from 'vitest'
import { createLookup } from './dial.ts'

const ADDRESSES = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((address) => ({ address, family: 4 }))
// Only the form with all addresses is used.
const resolve = ((name: string, _options: unknown, done: (error: Error | null, found?: unknown) => void) =>
  name === 'none' ? done(new Error('no such name')) : done(null, ADDRESSES)) as unknown as typeof lookup

function ask(named: ReturnType<typeof createLookup>, name: string, all: boolean): unknown {
  let answer: unknown
  named(name, { all }, (error, found) => {
    answer = error ?? found
  })
  return answer
}

test('each dial is given all addresses and begins with the next', () => {
  const named = createLookup(resolve)
  const [a, b, c] = ADDRESSES
  expect(ask(named, 'zk', true)).toEqual([a, b, c])
  expect(ask(named, 'other', true)).toEqual([a, b, c])
  expect(ask(named, 'zk', true)).toEqual([b, c, a])
  expect(ask(named, 'zk', false)).toBe('10.0.0.3')
  expect(ask(named, 'none', true)).toEqual(new Error('no such name'))
})
