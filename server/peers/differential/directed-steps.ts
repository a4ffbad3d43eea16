// What chance does not meet: connects of every kind, frames that are none, operations that nobody may ask, quotas,
// reconfig, the end of a session. In an order, because each step is put to servers that have seen those before it.

import type { JuteWriter } from '#shared/jute/writer.ts'
import { quotaRequests } from '#shared/tree/programs.ts'
import { OPEN_ACL, PERMS } from '#shared/zk/acl.ts'
import type { ClientRequest } from '#shared/zk/request.ts'
import { ZERO_ZXID } from '#shared/zk/zxid.ts'
import { type Hello, PLAIN_HELLO, type Place, type Step } from './step.ts'

const open = (at: Place, hello: Partial<Hello> = {}): Step => ({
  type: 'open',
  at,
  hello: { ...PLAIN_HELLO, ...hello },
})
const ask = (at: Place, request: ClientRequest): Step => ({ type: 'ask', at, request })
const auth = (at: Place, scheme: string, text: string): Step => ({ type: 'auth', at, scheme, auth: text })
const raw = (at: Place, what: string, write: (writer: JuteWriter) => void): Step => ({ type: 'raw', at, what, write })
const bytes = (at: Place, what: string, hex: string): Step => ({ type: 'bytes', at, what, hex })
const text = (value: string) => Buffer.from(value)
const create = (at: Place, path: string, data: string | null = '', flags = 0, acl = OPEN_ACL): Step =>
  ask(at, { type: 'create', path, data: data === null ? null : text(data), acl, flags })

/** Session 0 is at place 0, and so on. */
export function directedSteps(): Step[] {
  return [...connects(), ...operations(), ...access(), ...quotas(), ...badFrames(), ...endings()]
}

function connects(): Step[] {
  return [
    open(0),
    ask(0, { type: 'exists', path: '/', watch: false }),
    open(1, { readOnly: null }),
    open(2, { readOnly: true, timeoutMs: 1 }),
    open(2, { timeoutMs: 2_000_000_000, passwd: 'null' }),
    open(2, { timeoutMs: -5, passwd: 'short' }),
    open(3, { zxidAhead: 1000 }),
    // Of a session that nobody is on: 3.8.0 cuts off a connection of it before it looks at the password (traps.md).
    open(3, { resume: 2, passwd: 'wrong' }),
    open(3, { resume: 1 }),
    ask(1, { type: 'exists', path: '/', watch: false }),
    open(1),
    open(4, { resume: 1, readOnly: null, zxidAhead: 0, timeoutMs: 9000 }),
  ]
}

function operations(): Step[] {
  const both = ['/m1', '/m2']
  return [
    create(0, '/d', 'one'),
    create(0, '/d/e', 'mine', 1),
    create(1, '/d/e/child'),
    create(0, '/d/s-', '', 2),
    create(0, '/d/s-', '', 3),
    create(0, '/d/', '', 2),
    ask(0, { type: 'create2', path: '/d/c2', data: null, acl: OPEN_ACL, flags: 0 }),
    ask(0, { type: 'createContainer', path: '/d/container', data: text('c'), acl: OPEN_ACL, flags: 4 }),
    ask(0, { type: 'createTTL', path: '/d/ttl', data: text('t'), acl: OPEN_ACL, flags: 5, ttlMs: 100_000 }),
    ask(0, { type: 'createTTL', path: '/d/ttl2', data: text('t'), acl: OPEN_ACL, flags: 5, ttlMs: 0 }),
    ask(0, { type: 'createTTL', path: '/d/ttl3-', data: text('t'), acl: OPEN_ACL, flags: 6, ttlMs: 5000 }),
    create(0, '/d/flags', '', 9),
    ask(0, { type: 'getChildren2', path: '/d', watch: false }),
    ask(0, { type: 'getEphemerals', prefix: '/d' }),
    ask(0, { type: 'getEphemerals', prefix: null }),
    ask(1, { type: 'getEphemerals', prefix: '/' }),
    ask(0, { type: 'getAllChildrenNumber', path: '/' }),
    ask(0, { type: 'getAllChildrenNumber', path: '/d' }),
    ask(0, { type: 'getAllChildrenNumber', path: '/nowhere' }),
    ask(1, { type: 'getData', path: '/d/e', watch: true }),
    ask(1, { type: 'exists', path: '/later', watch: true }),
    ask(2, { type: 'addWatch', path: '/d', mode: 1 }),
    ask(2, { type: 'addWatch', path: '/none/yet', mode: 0 }),
    ask(2, { type: 'addWatch', path: '/d', mode: 7 }),
    ask(0, { type: 'setData', path: '/d/e', data: text('new'), version: -1 }),
    create(0, '/later'),
    ask(0, { type: 'delete', path: '/d/container', version: 3 }),
    ask(0, { type: 'delete', path: '/d', version: -1 }),
    ask(0, { type: 'delete', path: '/zookeeper', version: -1 }),
    ask(1, { type: 'removeWatches', path: '/d/e', watcherType: 2 }),
    ask(2, { type: 'removeWatches', path: '/d', watcherType: 3 }),
    ask(2, { type: 'removeWatches', path: '/d', watcherType: 3 }),
    ask(1, {
      type: 'setWatches',
      relativeZxid: ZERO_ZXID,
      data: ['/d', '/gone'],
      exist: ['/later'],
      child: ['/d'],
      persistent: [],
      persistentRecursive: [],
    }),
    ask(2, {
      type: 'setWatches2',
      relativeZxid: ZERO_ZXID,
      data: [],
      exist: [],
      child: [],
      persistent: ['/p'],
      persistentRecursive: ['/r'],
    }),
    create(0, '/p'),
    create(0, '/p/x'),
    create(0, '/r'),
    create(0, '/r/x'),
    ask(0, { type: 'multi', ops: [] }),
    ask(0, {
      type: 'multi',
      ops: both.map((path) => ({ type: 'create' as const, path, data: null, acl: OPEN_ACL, flags: 0 })),
    }),
    ask(0, {
      type: 'multi',
      ops: [
        { type: 'setData', path: '/m1', data: text('x'), version: 0 },
        { type: 'check', path: '/m1', version: 0 },
        { type: 'delete', path: '/m2', version: -1 },
      ],
    }),
    ask(0, {
      type: 'multi',
      ops: [
        { type: 'setData', path: '/m1', data: text('y'), version: 0 },
        { type: 'check', path: '/m1', version: 1 },
        { type: 'create', path: '/m1/q-', data: null, acl: OPEN_ACL, flags: 2 },
        { type: 'create', path: '/m1/q-', data: null, acl: OPEN_ACL, flags: 3 },
        { type: 'delete', path: '/m2', version: -1 },
      ],
    }),
    ask(0, {
      type: 'multiRead',
      ops: [
        { type: 'getData', path: '/m1' },
        { type: 'getChildren', path: '/nowhere' },
        { type: 'getChildren', path: '/m1' },
      ],
    }),
    ask(0, { type: 'multiRead', ops: [] }),
    ask(0, { type: 'sync', path: '/' }),
    ask(0, { type: 'sync', path: 'no path' }),
    ask(0, { type: 'ping' }),
    ask(0, { type: 'reconfig', joiningServers: null, leavingServers: '2', newMembers: null, curConfigId: ZERO_ZXID }),
    ask(0, { type: 'getData', path: '/zookeeper/config', watch: false }),
    ask(0, { type: 'getACL', path: '/zookeeper/config' }),
    ask(0, { type: 'exists', path: '/', watch: false }),
    ask(0, { type: 'exists', path: '/zookeeper', watch: false }),
    ask(0, { type: 'getData', path: '', watch: false }),
  ]
}

function access(): Step[] {
  const ofBob = [{ perms: PERMS.ALL, scheme: 'digest', id: 'bob:fyVmFCwVbTJYrznoSu1koqYEYF0=' }]
  return [
    ask(1, { type: 'whoAmI' }),
    create(1, '/bob', 'secret', 0, ofBob),
    ask(1, { type: 'getData', path: '/bob', watch: true }),
    ask(1, { type: 'getACL', path: '/bob' }),
    auth(1, 'digest', 'bob:secret'),
    auth(1, 'digest', 'no colon'),
    auth(1, 'ip', '1.2.3.4'),
    ask(1, { type: 'whoAmI' }),
    ask(1, { type: 'getACL', path: '/bob' }),
    ask(1, { type: 'setACL', path: '/bob', acl: [{ perms: PERMS.READ, scheme: 'auth', id: '' }], version: 0 }),
    ask(1, { type: 'setACL', path: '/bob', acl: [], version: -1 }),
    ask(1, { type: 'setACL', path: '/bob', acl: [{ perms: 1, scheme: 'nonsense', id: 'x' }], version: -1 }),
    ask(1, { type: 'setData', path: '/bob', data: null, version: -1 }),
    ask(0, { type: 'getAllChildrenNumber', path: '/bob' }),
    auth(5, 'digest', 'nobody:there'),
    open(5),
    auth(5, 'unheard', 'of'),
    open(5),
    auth(5, 'digest', 'super:secret'),
    ask(5, { type: 'whoAmI' }),
    ask(5, { type: 'setData', path: '/bob', data: text('by super'), version: -1 }),
  ]
}

function quotas(): Step[] {
  const stats = '/zookeeper/quota/a/zookeeper_stats'
  return [
    ...quotaRequests(3, 40).map((request) => ask(0, request)),
    create(0, '/a/one', '1234567890'),
    create(0, '/a/two', '1234567890'),
    create(0, '/a/three', '1'),
    ask(0, { type: 'setData', path: '/a/one', data: text('x'.repeat(60)), version: -1 }),
    ask(0, { type: 'setData', path: '/a/one', data: text('x'.repeat(20)), version: -1 }),
    ask(0, { type: 'getData', path: stats, watch: false }),
    ask(0, { type: 'exists', path: stats, watch: false }),
    ask(0, { type: 'delete', path: '/a/two', version: -1 }),
    ask(0, { type: 'getData', path: stats, watch: false }),
  ]
}

function header(writer: JuteWriter, xid: number, op: number): void {
  writer.int(xid)
  writer.int(op)
}

function badFrames(): Step[] {
  const frames: Step[] = []
  // Not 13, 20 and -10, which 3.8.0 takes from a client although nobody may send them (traps.md §2): ours refuses them.
  for (const op of [0, 10, 23, 99, 108, 1000, -1, -100])
    frames.push(
      open(6),
      raw(6, `operation ${op}`, (writer) => header(writer, 9, op)),
    )
  const bodies: readonly (readonly [string, number])[] = [
    ['getData', 4],
    ['create', 1],
    ['setData', 5],
    ['multi', 14],
    ['setWatches', 101],
    ['addWatch', 106],
  ]
  for (const [name, op] of bodies)
    frames.push(
      open(6),
      raw(6, `${name} without a body`, (writer) => header(writer, 5, op)),
      raw(6, `${name} whose string is longer than the frame`, (writer) => {
        header(writer, 6, op)
        writer.int(1000)
        writer.int(7)
      }),
      raw(6, `${name} whose string is -7 bytes long`, (writer) => {
        header(writer, 7, op)
        writer.int(-7)
        writer.int(0)
      }),
    )
  return [
    ...frames,
    open(6),
    raw(6, 'a ping with an xid of its own', (writer) => header(writer, 1234, 11)),
    raw(6, 'a request with a rest', (writer) => {
      header(writer, 8, 3)
      writer.ustring('/zookeeper') // a Stat without zxids of its own
      writer.bool(false)
      writer.int(42)
    }),
    raw(6, 'a multi of a read and a write', (writer) => {
      header(writer, 9, 14)
      for (const [type, path] of [
        [4, '/d'],
        [2, '/d'],
      ] as const) {
        writer.int(type)
        writer.bool(false)
        writer.int(-1)
        writer.ustring(path)
        if (type === 4) writer.bool(false)
        else writer.int(-1)
      }
      writer.int(-1)
      writer.bool(true)
      writer.int(-1)
    }),
    raw(6, 'a SASL token', (writer) => {
      header(writer, 10, 102)
      writer.buffer(text('x'))
    }),
    open(6),
    bytes(6, 'a frame without bytes', '00000000'),
    open(6),
    bytes(6, 'a frame of negative length', 'ffffffff'),
    open(6),
    bytes(6, 'a frame longer than jute.maxbuffer', '00100000'),
    open(6),
    bytes(6, 'a frame of three bytes', '00000003010203'),
  ]
}

function endings(): Step[] {
  return [
    open(7),
    create(7, '/d/fleeting', '', 1),
    ask(1, { type: 'exists', path: '/d/fleeting', watch: true }),
    ask(7, { type: 'closeSession' }),
    ask(0, { type: 'exists', path: '/d/fleeting', watch: false }),
    open(8),
    create(8, '/d/kept', '', 1),
    { type: 'drop', at: 8 },
    ask(0, { type: 'exists', path: '/d/kept', watch: false }),
  ]
}
