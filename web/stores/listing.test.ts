import { describe, expect, test } from 'vitest'
import type { NodeRow, StatJson } from '#shared/events/socket-protocol.ts'
import { ancestors, changedPaths } from './listing.ts'

function stat(change: Partial<StatJson> = {}): StatJson {
  return {
    czxid: '0x1',
    mzxid: '0x1',
    pzxid: '0x1',
    ctime: 0,
    mtime: 0,
    version: 0,
    cversion: 0,
    aversion: 0,
    ephemeralOwner: '0x0',
    dataLength: 0,
    numChildren: 0,
    ...change,
  }
}

const row = (path: string, change: Partial<StatJson> = {}): NodeRow => ({
  name: path.slice(path.lastIndexOf('/') + 1),
  path,
  stat: stat(change),
})

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
