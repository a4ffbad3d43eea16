import { describe, expect, test } from 'vitest'
import { row } from '../testing/node-rows.ts'
import { ancestors, changedPaths } from './listing.ts'

describe('what changed between two listings', () => {
  test('new rows, new data, new children, new ACL; not what stayed', () => {
    const before = [row('/a'), row('/b'), row('/c'), row('/gone'), row('/e')]
    const after = [
      row('/a'),
      row('/b', { mzxid: '0x100000002' }),
      row('/c', { pzxid: '0x9' }),
      row('/d'),
      row('/e', { aversion: 1 }),
    ]
    expect(changedPaths(before, after)).toEqual(['/b', '/c', '/d', '/e'])
  })

  test('ancestors from the root down', () => {
    expect(ancestors('/a/b/c')).toEqual(['/', '/a', '/a/b'])
    expect(ancestors('/a')).toEqual(['/'])
    expect(ancestors('/')).toEqual([])
  })
})
