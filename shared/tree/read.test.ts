import { expect, test } from 'vitest'
import { utf8Encode } from '../base/text.ts'
import { OPEN_ACL, PERMS } from '../zk/acl.ts'
import { ERROR_CODES as E } from '../zk/errors.ts'
import { baseName, joinPath } from '../zk/path.ts'
import { withNames } from '../zk/reply.ts'
import { CHILD_PATHS_FROM, readRequest, type TreeRead } from './read.ts'
import { statOf } from './stat.ts'
import { ALICE, BOB, create, createWorld, guarded, nodeAt, run } from './testing.ts'

const bob = { scheme: 'digest', id: 'bob:hash' }
const eve = { scheme: 'digest', id: 'eve:hash' }

function furnished() {
  const world = createWorld()
  run(world, create('/a', 'persistent', 'text'))
  run(world, create('/a/b'))
  run(world, create('/a/c', 'ephemeral'))
  run(world, create('/lock-1', 'ephemeral'))
  run(world, create('/other', 'ephemeral'), { sessionId: BOB })
  const acl = [
    { perms: PERMS.ALL, ...bob },
    { perms: PERMS.READ, ...eve },
  ]
  run(world, guarded('/closed', acl))
  return world
}

const { tree } = furnished()
const stat = (path: string) => statOf(nodeAt(tree, path))
const ask = (request: TreeRead, auth = [] as { scheme: string; id: string }[]) =>
  readRequest(tree, request, auth, ALICE)
const ok = (body: object) => ({ err: E.OK, body })
const refused = (err: number) => ({ err, body: { type: 'none' } })

test('exists answers a Stat, wants READ when there is a node, and refuses NUL', () => {
  const exists = (path: string): TreeRead => ({ type: 'exists', path, watch: false })
  expect(ask(exists('/a'))).toEqual(ok({ type: 'stat', stat: stat('/a') }))
  expect(ask(exists('/none'))).toEqual(refused(E.NONODE))
  expect(ask(exists('/closed'))).toEqual(refused(E.NOAUTH))
  expect(ask(exists('/a\0'))).toEqual(refused(E.BADARGUMENTS))
})

test('getData looks the path up as it is', () => {
  const getData = (path: string): TreeRead => ({ type: 'getData', path, watch: false })
  expect(ask(getData('/a'))).toEqual(ok({ type: 'data', data: utf8Encode('text'), stat: stat('/a') }))
  expect(ask(getData(''))).toEqual(ok({ type: 'data', data: new Uint8Array(0), stat: stat('/') }))
  expect(ask(getData('/a/'))).toEqual(refused(E.NONODE))
  expect(ask(getData('/closed'))).toEqual(refused(E.NOAUTH))
  expect(ask(getData('/closed'), [eve]).err).toBe(E.OK)
})

test('children, with and without the Stat', () => {
  expect(ask({ type: 'getChildren', path: '/a', watch: false })).toEqual(ok({ type: 'children', children: ['b', 'c'] }))
  expect(ask({ type: 'getChildren2', path: '/a/b', watch: false })).toEqual(
    ok({ type: 'childrenStat', children: [], stat: stat('/a/b') }),
  )
})

test.each(['/', '/wide'])('very many children of %s are told as they are now, in the same order', (parent) => {
  const world = createWorld()
  if (parent !== '/') run(world, create(parent))
  const names = Array.from({ length: CHILD_PATHS_FROM }, (_, i) => `n${i}`)
  for (const name of names) run(world, create(joinPath(parent, name)))
  const list = (type: 'getChildren' | 'getChildren2') =>
    readRequest(world.tree, { type, path: parent, watch: false }, [], ALICE).body
  const [bare, withStat] = [list('getChildren'), list('getChildren2')]
  const parentStat = statOf(nodeAt(world.tree, parent))
  const before = parent === '/' ? [...(nodeAt(createWorld().tree, '/').children ?? [])].map(baseName) : []
  run(world, { type: 'delete', path: joinPath(parent, 'n7'), version: -1 })
  run(world, create(joinPath(parent, 'later')))
  expect(bare.type).toBe('childPaths')
  expect(withNames(bare)).toEqual({ type: 'children', children: [...before, ...names] })
  expect(withNames(withStat)).toEqual({ type: 'childrenStat', children: [...before, ...names], stat: parentStat })
  // A list becomes a set by a deletion: that is told in the same way.
  const after = [...before, ...names.filter((name) => name !== 'n7'), 'later']
  expect(withNames(list('getChildren'))).toEqual({ type: 'children', children: after })
})

test('getACL shows hashes to those who may change them', () => {
  const read = (auth: { scheme: string; id: string }[]) => ask({ type: 'getACL', path: '/closed' }, auth)
  expect(read([])).toEqual(refused(E.NOAUTH))
  expect(read([bob]).body).toMatchObject({
    acl: [
      { perms: 31, ...bob },
      { perms: 1, ...eve },
    ],
  })
  expect(read([eve]).body).toMatchObject({ acl: [{ id: 'bob:x' }, { id: 'eve:x' }] })
  expect(ask({ type: 'getACL', path: '/a' }).body).toEqual({ type: 'acl', acl: OPEN_ACL, stat: stat('/a') })
})

test('a multiRead answers each op for itself', () => {
  const ops = ['/a', '/none', '/closed'].map((path) => ({ type: 'getData' as const, path }))
  expect(ask({ type: 'multiRead', ops: [...ops, { type: 'getChildren', path: '/a' }] })).toEqual(
    ok({
      type: 'multi',
      results: [
        { type: 'getData', data: utf8Encode('text'), stat: stat('/a') },
        { type: 'error', err: E.NONODE },
        { type: 'error', err: E.NOAUTH },
        { type: 'getChildren', children: ['b', 'c'] },
      ],
    }),
  )
})

test.each([
  [null, ['/a/c', '/lock-1']],
  [' ', ['/a/c', '/lock-1']],
  ['/', ['/a/c', '/lock-1']],
  ['/lo', ['/lock-1']],
  ['/other', []],
])('getEphemerals with prefix %j', (prefix, paths) => {
  expect(ask({ type: 'getEphemerals', prefix })).toEqual(ok({ type: 'ephemerals', paths }))
})

test('getAllChildrenNumber counts descendants', () => {
  const count = (path: string) => ask({ type: 'getAllChildrenNumber', path }).body
  // /zookeeper and its two, /a and its two, /lock-1, /other, /closed
  expect(count('/')).toEqual({ type: 'count', count: 9 })
  expect(count('')).toEqual({ type: 'count', count: 10 }) // as Apache, which finds "/" below ""
  expect(count('/a')).toEqual({ type: 'count', count: 2 })
  expect(count('/a/b')).toEqual({ type: 'count', count: 0 })
})
