import { describe, expect, test } from 'vitest'
import { type AuthId, OPEN_ACL, PERMS } from '../zk/acl.ts'
import { ERROR_CODES as E } from '../zk/errors.ts'
import type { CreateRequest, WriteRequest } from '../zk/request.ts'
import { dropPending } from './pending.ts'
import {
  ALICE,
  BOB,
  commitAll,
  commitNext,
  create,
  createWorld,
  errOf,
  essence,
  guarded,
  nodeAt,
  propose,
  remove,
  run,
  setData,
  type World,
} from './testing.ts'

const CREATOR: AuthId = { scheme: 'digest', id: 'creator:h' }
const only = (perms: number) => [{ perms, ...CREATOR }]

/** /open, /closed (creator may all), /eph (BOB's), /full with a child. */
function furnished(extended = false): World {
  const world = createWorld({ extendedTypesEnabled: extended })
  run(world, create('/open'))
  run(world, guarded('/closed', only(PERMS.ALL)))
  run(world, { ...create('/closed/in') }, { auth: [CREATOR] })
  run(world, create('/eph', 'ephemeral'), { sessionId: BOB })
  run(world, create('/full'))
  run(world, create('/full/child'))
  return world
}

/** Each row fails all checks from its own on; the error is that of the first. */
describe('the first check that fails decides', () => {
  const bad = [{ perms: 31, scheme: 'nobody', id: 'x' }]
  const flags = (request: CreateRequest, value: number): WriteRequest => ({ ...request, flags: value })
  const rows: [string, WriteRequest, number][] = [
    ['create: unknown flags before all', flags(guarded('nopath', bad), 9), E.BADARGUMENTS],
    ['create: TTL while switched off', flags(guarded('nopath', bad), 5), E.UNIMPLEMENTED],
    ['create: container by the wrong operation', flags(create('/x'), 4), E.BADARGUMENTS],
    ['createContainer: other flags', { ...create('/x'), type: 'createContainer' }, E.BADARGUMENTS],
    ['createTTL: flags without TTL', { ...create('/x'), type: 'createTTL', ttlMs: -1 }, E.BADARGUMENTS],
    ['create: a path without a slash before its ACL', guarded('nopath', bad), E.BADARGUMENTS],
    ['create: NUL before the ACL', guarded('/a\0', bad), E.BADARGUMENTS],
    ['create: ACL before the parent', guarded('/none/x', bad), E.INVALIDACL],
    ['create: empty ACL', guarded('/x', []), E.INVALIDACL],
    ['create: null ACL', guarded('/x', null), E.INVALIDACL],
    ['create: parent before the path as a whole', create('/a//b'), E.NONODE],
    ['create: permission before the path', create('/closed/.'), E.NOAUTH],
    ['create: path before existence', create('/open/.'), E.BADARGUMENTS],
    ['create: trailing slash', create('/open/'), E.BADARGUMENTS],
    ['create: existence', create('/open'), E.NODEEXISTS],
    ['create: root', create('/'), E.NODEEXISTS],
    ['create: below an ephemeral', create('/eph/x'), E.NOCHILDRENFOREPHEMERALS],
    ['delete: path', remove('nopath'), E.BADARGUMENTS],
    ['delete: root', remove('/'), E.BADARGUMENTS],
    ['delete: /zookeeper', remove('/zookeeper'), E.BADARGUMENTS],
    ['delete: /zookeeper/config', remove('/zookeeper/config'), E.BADARGUMENTS],
    ['delete: parent', remove('/none/x'), E.NONODE],
    ['delete: permission before existence', remove('/closed/none'), E.NOAUTH],
    ['delete: existence', remove('/none', 7), E.NONODE],
    ['delete: version before children', remove('/full', 7), E.BADVERSION],
    ['delete: children', remove('/full', 0), E.NOTEMPTY],
    ['setData: path', setData('/open/', 'x'), E.BADARGUMENTS],
    ['setData: empty path', setData('', 'x'), E.BADARGUMENTS],
    ['setData: existence', setData('/none', 'x', 7), E.NONODE],
    ['setData: permission before version', setData('/closed', 'x', 7), E.NOAUTH],
    ['setData: version', setData('/open', 'x', 7), E.BADVERSION],
    ['setData: the configuration is read-only', setData('/zookeeper/config', 'x'), E.NOAUTH],
    ['setACL: path before ACL', { type: 'setACL', path: '/open/', acl: bad, version: 0 }, E.BADARGUMENTS],
    ['setACL: ACL before existence', { type: 'setACL', path: '/none', acl: bad, version: 0 }, E.INVALIDACL],
    ['setACL: existence', { type: 'setACL', path: '/none', acl: OPEN_ACL, version: 0 }, E.NONODE],
    ['setACL: permission before version', { type: 'setACL', path: '/closed', acl: OPEN_ACL, version: 7 }, E.NOAUTH],
    ['setACL: version', { type: 'setACL', path: '/open', acl: OPEN_ACL, version: 7 }, E.BADVERSION],
    ['deleteContainer: not a container', { type: 'deleteContainer', path: '/open' }, E.BADARGUMENTS],
    ['deleteContainer: children', { type: 'deleteContainer', path: '/full' }, E.NOTEMPTY],
    ['deleteContainer: existence', { type: 'deleteContainer', path: '/none' }, E.NONODE],
    [
      'reconfig: switched off',
      { type: 'reconfig', joiningServers: null, leavingServers: null, newMembers: null, curConfigId: zero() },
      E.RECONFIGDISABLED,
    ],
    ['undecodable', { type: 'undecodable', op: 1 }, E.MARSHALLINGERROR],
  ]
  test.each(rows)('%s', (_name, request, expected) => {
    const world = furnished()
    const before = essence(world.tree)
    const entry = propose(world, request)
    expect(entry.txn).toEqual({ type: 'error', err: expected })
    // T-8: it changes nothing but takes its zxid.
    expect(commitNext(world)?.err).toBe(expected)
    expect(essence(world.tree)).toEqual({ ...before, lastProcessedZxid: entry.zxid })
    expect(world.pending.nodes.size).toBe(0)
  })

  test.each([0, -1, 2 ** 40])('createTTL: a TTL of %d', (ttlMs) => {
    const request: WriteRequest = { ...create('/t', 'persistentWithTtl'), type: 'createTTL', ttlMs }
    expect(errOf(furnished(true), request)).toBe(E.BADARGUMENTS)
  })

  test('createTTL: the mode must be switched on', () => {
    const request: WriteRequest = { ...create('/t', 'persistentWithTtl'), type: 'createTTL', ttlMs: 1 }
    expect(errOf(furnished(), request)).toBe(E.UNIMPLEMENTED)
    expect(errOf(furnished(true), request)).toBe(E.OK)
  })

  test('skipACL lets everybody in', () => {
    const world = createWorld({ skipAcl: true })
    run(world, guarded('/closed', only(PERMS.ALL)))
    expect(errOf(world, create('/closed/x'))).toBe(E.OK)
  })
})

function zero() {
  return createWorld().tree.lastProcessedZxid
}

describe('sequential names [T-6]', () => {
  test('come from the counter of the parent, which counts all creations and no deletion', () => {
    const world = createWorld()
    run(world, create('/q'))
    run(world, create('/q/plain'))
    run(world, remove('/q/plain'))
    expect(run(world, create('/q/n-', 'persistentSequential')).body).toEqual({ type: 'path', path: '/q/n-0000000001' })
    expect(run(world, create('/q/', 'ephemeralSequential')).body).toEqual({ type: 'path', path: '/q/0000000002' })
  })

  test('are counted while requests are in flight', () => {
    const world = createWorld()
    propose(world, create('/q'))
    for (let i = 0; i < 3; i += 1) propose(world, create('/q/n-', 'persistentSequential'))
    commitAll(world)
    expect([...(nodeAt(world.tree, '/q').children ?? [])]).toEqual([
      '/q/n-0000000000',
      '/q/n-0000000001',
      '/q/n-0000000002',
    ])
  })

  test('go on below zero behind the largest counter', () => {
    const world = createWorld()
    run(world, create('/q'))
    nodeAt(world.tree, '/q').cversion = 2 ** 31 - 1
    expect(run(world, create('/q/n', 'persistentSequential')).body).toMatchObject({ path: '/q/n2147483647' })
    expect(run(world, create('/q/n', 'persistentSequential')).body).toMatchObject({ path: '/q/n-2147483648' })
    expect(run(world, create('/q/n', 'persistentSequential')).body).toMatchObject({ path: '/q/n-2147483647' })
  })
})

test('versions skip -1, which would mean any', () => {
  const world = createWorld()
  run(world, create('/a'))
  nodeAt(world.tree, '/a').version = -2
  expect(run(world, setData('/a', 'x', -2)).body).toMatchObject({ stat: { version: 0 } })
})

describe('what is in flight counts as done', () => {
  test('a node created, changed and deleted before anything is applied', () => {
    const world = createWorld()
    const types = [
      create('/a'),
      create('/a/b'),
      setData('/a', 'x', 0),
      setData('/a', 'y', 0),
      remove('/a'),
      remove('/a/b'),
      remove('/a', 1),
      create('/a/c'),
    ].map((request) => propose(world, request).txn)
    expect(types.map((txn) => (txn.type === 'error' ? txn.err : txn.type))).toEqual([
      'create',
      'create',
      'setData',
      E.BADVERSION,
      E.NOTEMPTY,
      'delete',
      'delete',
      E.NONODE,
    ])
    commitAll(world)
    expect(world.tree.nodes.has('/a')).toBe(false)
    expect(world.pending.nodes.size).toBe(0)
  })

  test('an ACL that is being set guards the next request', () => {
    const world = createWorld()
    run(world, create('/a'))
    propose(world, { type: 'setACL', path: '/a', acl: only(PERMS.READ), version: 0 })
    expect(propose(world, create('/a/b')).txn).toEqual({ type: 'error', err: E.NOAUTH })
  })

  test('a record outlives the entry that a later one has overtaken', () => {
    const world = createWorld()
    run(world, create('/a'))
    propose(world, setData('/a', '1'))
    propose(world, setData('/a', '2'))
    commitNext(world)
    expect(propose(world, setData('/a', '3', 2)).txn).toMatchObject({ type: 'setData', version: 3 })
    commitAll(world)
    expect(world.pending.nodes.size).toBe(0)
    expect(world.pending.head).toBe(0)
  })

  test('nothing counts any more when leadership has ended', () => {
    const world = createWorld()
    propose(world, create('/a'))
    propose(world, { type: 'closeSession' })
    dropPending(world.pending)
    expect(propose(world, create('/a')).txn.type).toBe('create')
  })
})

describe('closeSession', () => {
  test('lists what the session owns, what it is about to own, and not what is being deleted', () => {
    const world = createWorld()
    run(world, create('/p'))
    for (const name of ['kept', 'going']) run(world, create(`/p/${name}`, 'ephemeral'))
    run(world, create('/p/other', 'ephemeral'), { sessionId: BOB })
    propose(world, remove('/p/going'))
    propose(world, create('/p/coming', 'ephemeral'))
    propose(world, create('/p/brief', 'ephemeral'))
    propose(world, remove('/p/brief'))
    propose(world, remove('/p/other'), { sessionId: BOB })
    propose(world, create('/p/other', 'ephemeral'))
    const { txn } = propose(world, { type: 'closeSession' })
    expect(txn).toEqual({ type: 'closeSession', paths: ['/p/kept', '/p/coming', '/p/other'] })
    expect(propose(world, remove('/p'), { sessionId: BOB }).txn.type).toBe('delete')
    commitAll(world)
    expect(world.tree.nodes.has('/p')).toBe(false)
    expect(world.pending.ephemerals.size).toBe(0)
  })

  test('ends all writing of its session, in the middle of a multi too', () => {
    const world = createWorld()
    run(world, create('/a'))
    propose(world, { type: 'closeSession' })
    const requests = [
      create('/e', 'ephemeral'),
      remove('/a'),
      setData('/a', ''),
      { type: 'setACL', path: '/a', acl: OPEN_ACL, version: -1 } as const,
    ]
    for (const request of requests)
      expect(propose(world, request).txn).toEqual({ type: 'error', err: E.SESSIONEXPIRED })
    expect(propose(world, { type: 'multi', ops: [create('/e', 'ephemeral')] }).txn).toEqual({
      type: 'multi',
      txns: [{ type: 'error', err: E.SESSIONEXPIRED }],
    })
    expect(propose(world, create('/b'), { sessionId: BOB }).txn.type).toBe('create')
    expect(propose(world, { type: 'closeSession' }).txn).toEqual({ type: 'closeSession', paths: [] })
    commitAll(world)
    expect(world.pending.closing.size).toBe(0)
  })
})

describe('multi [T-7]', () => {
  test('each op sees those before it, under one zxid', () => {
    const world = createWorld()
    const applied = run(world, {
      type: 'multi',
      ops: [
        create('/m'),
        create('/m/s-', 'persistentSequential'),
        create('/m/s-', 'ephemeralSequential'),
        setData('/m', 'x', 0),
        { type: 'check', path: '/m', version: 1 },
        remove('/m/s-0000000000'),
        { ...create('/m/two'), type: 'create2' },
      ],
    })
    expect(applied.err).toBe(0)
    expect(applied.body).toMatchObject({
      type: 'multi',
      results: [
        { type: 'create', path: '/m' },
        { type: 'create', path: '/m/s-0000000000' },
        { type: 'create', path: '/m/s-0000000001' },
        { type: 'setData', stat: { version: 1 } },
        { type: 'check' },
        { type: 'delete' },
        { type: 'create2', path: '/m/two', stat: { czxid: world.tree.lastProcessedZxid } },
      ],
    })
    expect(nodeAt(world.tree, '/m')).toMatchObject({ cversion: 3, pzxid: world.tree.lastProcessedZxid })
  })

  test('with one failure nothing happens: the log keeps the ops before it, the client gets only errors', () => {
    const world = createWorld()
    run(world, create('/a'))
    const before = essence(world.tree)
    const entry = propose(world, {
      type: 'multi',
      ops: [setData('/a', 'x'), create('/a/e', 'ephemeral'), remove('/a'), setData('/a', 'y'), remove('/none')],
    })
    expect(entry.txn).toMatchObject({
      type: 'multi',
      txns: [
        { type: 'setData', version: 1 },
        { type: 'create', path: '/a/e' },
        { type: 'error', err: E.NOTEMPTY },
        { type: 'error', err: E.RUNTIMEINCONSISTENCY },
        { type: 'error', err: E.RUNTIMEINCONSISTENCY },
      ],
    })
    // What it had projected is taken back at once.
    expect(propose(world, setData('/a', 'z', 0)).txn.type).toBe('setData')
    expect(propose(world, { type: 'closeSession' }).txn).toEqual({ type: 'closeSession', paths: [] })
    const applied = commitNext(world)
    expect(applied?.err).toBe(0)
    expect(applied?.changes).toEqual([])
    expect(applied?.body).toEqual({
      type: 'multi',
      results: [0, 0, E.NOTEMPTY, -2, -2].map((err) => ({ type: 'error', err })),
    })
    expect(essence(world.tree)).toEqual({ ...before, lastProcessedZxid: entry.zxid })
  })

  test('a failure restores what was in flight before it', () => {
    const world = createWorld()
    propose(world, create('/a', 'ephemeral'))
    propose(
      world,
      { type: 'multi', ops: [remove('/a'), create('/a', 'ephemeral'), remove('/none')] },
      { sessionId: BOB },
    )
    expect(propose(world, setData('/a', 'x', 0)).txn.type).toBe('setData')
    expect(propose(world, { type: 'closeSession' }, { sessionId: BOB }).txn).toMatchObject({ paths: [] })
    expect(propose(world, { type: 'closeSession' }, { sessionId: ALICE }).txn).toMatchObject({ paths: ['/a'] })
    commitAll(world)
    expect(world.pending.nodes.size + world.pending.ephemerals.size).toBe(0)
  })

  test('an empty one succeeds', () => {
    expect(run(createWorld(), { type: 'multi', ops: [] })).toMatchObject({ err: 0, body: { results: [] } })
  })
})

describe('deleteContainer', () => {
  test('looks again at what the reaper saw', () => {
    const world = createWorld({ extendedTypesEnabled: true })
    run(world, { ...create('/c', 'container'), type: 'createContainer' })
    run(world, { ...create('/t', 'persistentWithTtl'), type: 'createTTL', ttlMs: 10 })
    propose(world, create('/c/x'))
    expect(propose(world, { type: 'deleteContainer', path: '/c' }).txn).toMatchObject({ err: E.NOTEMPTY })
    propose(world, setData('/t', 'renewed'))
    expect(propose(world, { type: 'deleteContainer', path: '/t' }).txn).toMatchObject({ err: E.BADARGUMENTS })
    world.timeMs += 10
    expect(propose(world, { type: 'deleteContainer', path: '/t' }).txn).toEqual({ type: 'deleteContainer', path: '/t' })
    commitAll(world)
    expect(world.tree.ttls.size).toBe(0)
  })
})
