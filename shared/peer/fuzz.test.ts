// Whatever can be decoded may come in, and must not throw: each request is answered once, and those of a
// connection in their order, until it is closed (M-7, S-3).

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEFAULT_TREE_OPTIONS } from '../tree/options.ts'
import type { ClientRequest, MultiOp, MultiReadOp } from '../zk/request.ts'
import type { Zxid } from '../zk/zxid.ts'
import { Alone } from './testing.ts'

const int = fc.oneof(fc.integer(), fc.integer({ min: -2, max: 9 }))
const long = fc.oneof(fc.maxSafeInteger(), fc.constant(-(2 ** 63)), fc.integer({ min: -1, max: 9 }))
const name = fc.constantFrom(
  'a',
  'b',
  '',
  '.',
  '..',
  'é',
  '\0',
  '\ud800',
  'zookeeper',
  'quota',
  'zookeeper_limits',
  'config',
)
/** Often one that is there. */
const path = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('/a', '/b', '/a/b', '/', '/zookeeper/quota/a/zookeeper_stats') },
  { weight: 3, arbitrary: fc.array(name, { maxLength: 5 }).map((names) => `/${names.join('/')}`) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
)
const text = fc.oneof(
  path,
  fc.string({ unit: 'binary' }),
  fc.constantFrom('count=1,bytes=99999999999999999999', 'ip', 'x:y'),
)
const data = fc.option(fc.uint8Array({ maxLength: 40 }))
const scheme = fc.oneof(fc.constantFrom('world', 'auth', 'digest', 'ip', 'super'), fc.string())
const acl = fc.option(
  fc.oneof(
    { weight: 3, arbitrary: fc.constant([{ perms: 31, scheme: 'world', id: 'anyone' }]) },
    { weight: 1, arbitrary: fc.array(fc.record({ perms: int, scheme, id: text }), { maxLength: 4 }) },
  ),
  { freq: 9 },
)
const flags = int
const watch = fc.boolean()
const version = int
const just = <T extends string>(...types: T[]) => fc.constantFrom(...types)

const op: fc.Arbitrary<MultiOp> = fc.oneof(
  fc.record({ type: just('create', 'create2', 'createContainer'), path, data, acl, flags }),
  fc.record({ type: just('createTTL'), path, data, acl, flags, ttlMs: long }),
  fc.record({ type: just('delete', 'check'), path, version }),
  fc.record({ type: just('setData'), path, data, version }),
)
const readOp: fc.Arbitrary<MultiReadOp> = fc.record({ type: just('getData', 'getChildren'), path })
const paths = fc.array(path, { maxLength: 4 })
const zxid = long.map((value) => value as Zxid)

const request: fc.Arbitrary<ClientRequest> = fc.oneof(
  { weight: 8, arbitrary: op.filter((one): one is Exclude<MultiOp, { type: 'check' }> => one.type !== 'check') },
  { weight: 3, arbitrary: fc.record({ type: just('multi'), ops: fc.array(op, { maxLength: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ type: just('multiRead'), ops: fc.array(readOp, { maxLength: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ type: just('setACL'), path, acl, version }) },
  {
    weight: 1,
    arbitrary: fc.record({
      ...{ type: just('reconfig'), curConfigId: zxid },
      ...{ joiningServers: fc.option(text), leavingServers: fc.option(text), newMembers: fc.option(text) },
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: just('exists', 'getData', 'getChildren', 'getChildren2'), path, watch }) },
  { weight: 1, arbitrary: fc.record({ type: just('getACL', 'getAllChildrenNumber'), path }) },
  { weight: 1, arbitrary: fc.record({ type: just('getEphemerals'), prefix: fc.option(text) }) },
  { weight: 1, arbitrary: fc.record({ type: just('removeWatches', 'checkWatches'), path, watcherType: int }) },
  { weight: 1, arbitrary: fc.record({ type: just('addWatch'), path, mode: int }) },
  {
    weight: 1,
    arbitrary: fc.record({
      ...{ type: just('setWatches', 'setWatches2'), relativeZxid: zxid, data: paths, exist: paths, child: paths },
      ...{ persistent: paths, persistentRecursive: paths },
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: just('sync'), path: fc.option(text) }) },
  { weight: 1, arbitrary: fc.record({ type: just('ping', 'whoAmI') }) },
  { weight: 1, arbitrary: fc.record({ type: just('undecodable'), op: int }) },
  { weight: 1, arbitrary: fc.constant({ type: 'closeSession' as const }) },
)

const CONNS = [1, 2]
/** Asked by one of the connections; or, what is asked reaches the disk; or time goes by. */
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ conn: fc.constantFrom(...CONNS), request }) },
  { weight: 2, arbitrary: fc.constant('flush' as const) },
  { weight: 1, arbitrary: fc.constant('pass' as const) },
)

test('[M-7, S-3] any decoded requests: nothing throws, and each is answered once and in order', {
  timeout: 60_000,
}, () => {
  const answered = new Set<string>()
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const alone = new Alone({ ...DEFAULT_TREE_OPTIONS, extendedTypesEnabled: true, enforceQuota: true })
      for (const conn of CONNS) alone.connect(conn)
      alone.flushAtOnce = false
      const asked = new Map<number, number[]>(CONNS.map((conn) => [conn, []]))
      const replied = new Map<number, number[]>(CONNS.map((conn) => [conn, []]))
      const closed = new Set<number>()
      const take = (effects: ReturnType<Alone['flush']>) => {
        for (const effect of effects) {
          if (effect.type === 'closeConn') closed.add(effect.conn)
          if (effect.type !== 'reply') continue
          expect(closed.has(effect.conn)).toBe(false)
          replied.get(effect.conn)?.push(effect.xid)
          answered.add(effect.request.type)
        }
      }
      for (const [i, one] of steps.entries()) {
        if (one === 'flush') take(alone.flush())
        else if (one === 'pass') take(alone.pass(100))
        else if (!closed.has(one.conn)) {
          asked.get(one.conn)?.push(i)
          take(alone.ask(one.conn, i, one.request))
        }
      }
      take(alone.flush())
      for (const conn of CONNS) {
        const [questions, replies] = [asked.get(conn) ?? [], replied.get(conn) ?? []]
        expect(replies).toEqual(closed.has(conn) ? questions.slice(0, replies.length) : questions)
      }
    }),
    { numRuns: 200 },
  )
  expect(answered.size).toBeGreaterThan(22)
})
