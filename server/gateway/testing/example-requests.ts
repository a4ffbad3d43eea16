// One well-formed request of each operation, for tests that go through all of them.

import type { RequestName } from '../api/operation.ts'

export const EXAMPLES: Readonly<Record<RequestName, object>> = {
  hello: { version: 1, lastSeq: null },
  'api:describe': {},
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
  'member:restart': { sid: 1 },
  'member:add': { role: 'observer', sid: 4 },
  'member:remove': { sid: 1 },
  'member:reset': { sid: 1 },
  'ensemble:reset': {},
  'ensemble:rolling-restart': {},
  'ensemble:auto-restart': { on: true },
  'fault:inject': { fault: 'cut', target: { on: 'isolate', at: 'leader' }, durationMs: 5000 },
  'fault:heal': { id: 'f1' },
  'fault:heal-all': {},
  'fault:list': {},
}
