// One well-formed request of each operation, for tests that go through all of them.

import type { RequestName } from '../api/operation.ts'

export const EXAMPLES: Readonly<Record<RequestName, object>> = {
  hello: { version: 1, lastSeq: null },
  'api:describe': {},
  'history:range': { fromMs: 0, toMs: 60_000, stepMs: 1000, events: true },
  'tree:list': { path: '/', offset: 0, watch: true },
  'tree:forget': { path: '/' },
  'node:get': { path: '/a/b' },
  'locks:list': {},
  'locks:open': { path: '/locks' },
  'locks:close': { path: '/locks' },
  'member:kill': { sid: 1 },
  'member:start': { sid: 1 },
  'member:stop': { sid: 1 },
  'member:pause': { sid: 1 },
  'member:resume': { sid: 1 },
}
