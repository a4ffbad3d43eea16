import { expect, test } from 'vitest'
import { utf8Encode } from '../base/text.ts'
import { ERROR_CODES as E } from '../zk/errors.ts'
import { dataOf, windowOn } from './node-data.ts'
import { parseQuota, quotaOwner } from './quota.ts'
import { finishLoad } from './snapshot.ts'
import { create, createWorld, errOf, nodeAt, remove, run, setData, type World } from './testing.ts'

const STATS = '/zookeeper/quota/q/zookeeper_stats'

function withQuota(limits: string, enforceQuota = true): World {
  const world = createWorld({ enforceQuota })
  run(world, create('/q', 'persistent', 'abc'))
  run(world, create('/q/x', 'persistent', 'de'))
  run(world, create('/zookeeper/quota/q'))
  run(world, create('/zookeeper/quota/q/zookeeper_limits', 'persistent', limits))
  run(world, create(STATS, 'persistent', 'count=0,bytes=0'))
  return world
}

function usage(world: World): { count: number; bytes: number } {
  const { count, bytes } = parseQuota(dataOf(nodeAt(world.tree, STATS)))
  return { count, bytes }
}

test.each([
  ['count=3,bytes=-1', { count: 3, bytes: -1, countHardLimit: -1, byteHardLimit: -1 }],
  ['count=3,bytes=9=;byteHardLimit=7;countHardLimit=5', { count: 3, bytes: 9, countHardLimit: 5, byteHardLimit: 7 }],
  ['nonsense;;x=1,,count=2', { count: 2, bytes: -1, countHardLimit: -1, byteHardLimit: -1 }],
])('the text %s', (text, quota) => {
  expect(parseQuota(utf8Encode(text))).toEqual(quota)
})

test('counting starts with what is there and follows every change, without touching the node’s Stat', () => {
  const world = withQuota('count=10,bytes=100')
  expect(usage(world)).toEqual({ count: 2, bytes: 5 })
  const { version, mzxid } = nodeAt(world.tree, STATS)
  run(world, create('/q/x/y', 'persistent', '1234'))
  run(world, setData('/q', 'a'))
  run(world, create('/quite-another', 'persistent', 'x'))
  expect(usage(world)).toEqual({ count: 3, bytes: 7 })
  run(world, remove('/q/x/y'))
  expect(usage(world)).toEqual({ count: 2, bytes: 3 })
  expect(nodeAt(world.tree, STATS)).toMatchObject({ version, mzxid })
})

test('the nearest quota counts', () => {
  const world = withQuota('count=10,bytes=100')
  expect(quotaOwner(world.tree, '/q')).toBe('/q')
  expect(quotaOwner(world.tree, '/q/x/deep')).toBe('/q')
  expect(quotaOwner(world.tree, '/qx')).toBeNull()
  expect(quotaOwner(world.tree, '/')).toBeNull()
})

test('hard limits refuse creates and growth, and never a way back', () => {
  const world = withQuota('count=-1,bytes=-1=;byteHardLimit=8;countHardLimit=3')
  expect(errOf(world, create('/q/big', 'persistent', '1234'))).toBe(E.QUOTAEXCEEDED)
  expect(errOf(world, create('/q/ok', 'persistent', '123'))).toBe(E.OK)
  expect(errOf(world, create('/q/more'))).toBe(E.QUOTAEXCEEDED)
  expect(errOf(world, setData('/q', 'abcd', 7))).toBe(E.QUOTAEXCEEDED)
  expect(errOf(world, setData('/q', 'ab'))).toBe(E.OK)
  expect(errOf(world, setData('/q', 'abc'))).toBe(E.OK)
})

test('soft limits, and hard ones that are not enforced, refuse nothing', () => {
  expect(errOf(withQuota('count=1,bytes=1'), create('/q/y', 'persistent', 'x'))).toBe(E.OK)
  expect(errOf(withQuota('count=1,bytes=1=;countHardLimit=1', false), create('/q/y'))).toBe(E.OK)
})

test('loading a tree counts anew', () => {
  const world = withQuota('count=10,bytes=100')
  Object.assign(nodeAt(world.tree, STATS), windowOn(utf8Encode('count=99,bytes=99')))
  finishLoad(world.tree)
  expect(usage(world)).toEqual({ count: 2, bytes: 5 })
})
