// For tests: rows of a listing, with a Stat of zeros but for what the test is about.

import type { NodeRow, StatJson } from '#shared/events/socket-protocol.ts'

export function stat(change: Partial<StatJson> = {}): StatJson {
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

export const row = (path: string, change: Partial<StatJson> = {}): NodeRow => ({
  name: path.slice(path.lastIndexOf('/') + 1),
  path,
  stat: stat(change),
})
