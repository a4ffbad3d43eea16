import { describe, expect, test } from 'vitest'
import type { Acl } from '../zk/acl.ts'
import { ERROR_CODES as E } from '../zk/errors.ts'
import type { SetWatchesRequest, WriteRequest } from '../zk/request.ts'
import { WATCHER_TYPES } from '../zk/watch.ts'
import { create, createWorld, remove, run, setData, type World } from './testing.ts'
import { addPersistentWatch, applySetWatches, checkWatches, removeWatches } from './watch-requests.ts'
import { addWatch, createWatches, dropConnection, trigger, type Watches, watchCount } from './watch-table.ts'

const everybody = () => true

/** Runs the requests and gives the events as `conn type path`. */
function watch(
  world: World,
  watches: Watches,
  requests: readonly WriteRequest[],
  canRead: (conn: number, acl: readonly Acl[]) => boolean = everybody,
): string[] {
  return requests
    .flatMap((request) => run(world, request).changes)
    .flatMap((change) => trigger(watches, change, canRead))
    .map(({ conn, event }) => `${conn} ${event.type} ${event.path}`)
}

describe('the observed cases', () => {
  test('an exists watch on an absent node, then create', () => {
    const watches = createWatches()
    addWatch(watches, 1, '/x', 'data', 'standard')
    expect(watch(createWorld(), watches, [create('/x'), setData('/x', '')])).toEqual(['1 nodeCreated /x'])
  })

  test('data watch and exists watch on the same node: one event', () => {
    const world = createWorld()
    const watches = createWatches()
    run(world, create('/x'))
    addWatch(watches, 1, '/x', 'data', 'standard')
    addWatch(watches, 1, '/x', 'data', 'standard')
    expect(watch(world, watches, [setData('/x', '1'), setData('/x', '2')])).toEqual(['1 nodeDataChanged /x'])
  })

  test('data and child watch on a node and child watch on its parent: deleted once, then children changed', () => {
    const world = createWorld()
    const watches = createWatches()
    run(world, create('/p'))
    run(world, create('/p/x'))
    addWatch(watches, 1, '/p/x', 'data', 'standard')
    addWatch(watches, 1, '/p/x', 'child', 'standard')
    addWatch(watches, 1, '/p', 'child', 'standard')
    expect(watch(world, watches, [remove('/p/x')])).toEqual(['1 nodeDeleted /p/x', '1 nodeChildrenChanged /p'])
    expect(watchCount(watches)).toBe(0)
  })

  test('many watchers of several kinds hear once each, in the order in which they came; only the one-shot ones are gone', () => {
    const world = createWorld()
    const watches = createWatches()
    run(world, create('/x'))
    const conns = Array.from({ length: 100 }, (_, index) => index + 1)
    for (const conn of conns) {
      if (conn % 3 !== 0) addWatch(watches, conn, '/x', 'data', 'standard')
      if (conn % 3 !== 1) addWatch(watches, conn, '/x', 'data', 'persistent')
    }
    const staying = conns.filter((conn) => conn % 3 !== 1)
    const heard = (who: number[]) => who.map((conn) => `${conn} nodeDataChanged /x`)
    expect(watch(world, watches, [setData('/x', '1')])).toEqual(heard(conns))
    expect(watch(world, watches, [setData('/x', '2')])).toEqual(heard(staying))
    expect(watchCount(watches)).toBe(staying.length)
  })

  test('only a child watch, delete', () => {
    const world = createWorld()
    const watches = createWatches()
    run(world, create('/x'))
    addWatch(watches, 1, '/x', 'child', 'standard')
    expect(watch(world, watches, [remove('/x')])).toEqual(['1 nodeDeleted /x'])
  })

  test('a persistent watch', () => {
    const watches = createWatches()
    expect(addPersistentWatch(watches, 1, '/p', 0)).toBe(E.OK)
    const steps = [
      create('/p'),
      create('/p/c'),
      setData('/p', ''),
      setData('/p/c', ''),
      remove('/p/c'),
      remove('/p'),
      create('/p'),
    ]
    expect(watch(createWorld(), watches, steps)).toEqual([
      '1 nodeCreated /p',
      '1 nodeChildrenChanged /p',
      '1 nodeDataChanged /p',
      '1 nodeChildrenChanged /p',
      '1 nodeDeleted /p',
      '1 nodeCreated /p',
    ])
  })

  test('a recursive watch never hears of children changed', () => {
    const watches = createWatches()
    expect(addPersistentWatch(watches, 1, '/r', 1)).toBe(E.OK)
    const steps = [
      create('/r'),
      create('/r/c'),
      create('/r/c/g'),
      setData('/r/c/g', ''),
      remove('/r/c/g'),
      remove('/r/c'),
      remove('/r'),
      create('/rest'),
    ]
    expect(watch(createWorld(), watches, steps)).toEqual([
      '1 nodeCreated /r',
      '1 nodeCreated /r/c',
      '1 nodeCreated /r/c/g',
      '1 nodeDataChanged /r/c/g',
      '1 nodeDeleted /r/c/g',
      '1 nodeDeleted /r/c',
      '1 nodeDeleted /r',
    ])
  })
})

describe('modes side by side (3.9)', () => {
  test('a standard watch fires and the persistent one stays', () => {
    const world = createWorld()
    const watches = createWatches()
    run(world, create('/p'))
    addPersistentWatch(watches, 1, '/p', 0)
    addWatch(watches, 1, '/p', 'data', 'standard')
    expect(watch(world, watches, [setData('/p', '1'), setData('/p', '2')])).toHaveLength(2)
  })

  test('one event names the mode that was used up', () => {
    const world = createWorld()
    const watches = createWatches()
    addPersistentWatch(watches, 1, '/', 1)
    addWatch(watches, 1, '/p', 'data', 'standard')
    const modes = [create('/p'), setData('/p', '')].map((request) =>
      run(world, request).changes.flatMap((change) => trigger(watches, change, everybody).map(({ mode }) => mode)),
    )
    expect(modes).toEqual([['standard'], ['persistentRecursive']])
  })

  test('a connection with a recursive watch above and a child watch hears of a deletion once', () => {
    const world = createWorld()
    const watches = createWatches()
    run(world, create('/p'))
    addPersistentWatch(watches, 1, '/', 1)
    addWatch(watches, 1, '/p', 'child', 'standard')
    addWatch(watches, 2, '/p', 'child', 'standard')
    expect(watch(world, watches, [remove('/p')])).toEqual(['1 nodeDeleted /p', '2 nodeDeleted /p'])
    expect(watchCount(watches)).toBe(1)
  })
})

describe('events of one txn', () => {
  test('setACL, failed requests and session starts fire nothing', () => {
    const world = createWorld()
    const watches = createWatches()
    addPersistentWatch(watches, 1, '/', 0)
    addPersistentWatch(watches, 1, '/', 1)
    const acl = [{ perms: 31, scheme: 'world', id: 'anyone' }]
    const quiet: WriteRequest[] = [
      { type: 'setACL', path: '/', acl, version: -1 },
      remove('/none'),
      { type: 'createSession', timeoutMs: 1000 },
      { type: 'closeSession' },
      { type: 'multi', ops: [create('/a'), remove('/none')] },
    ]
    expect(watch(world, watches, quiet)).toEqual([])
  })

  test('a multi fires op by op; a closing session path by path', () => {
    const world = createWorld()
    const watches = createWatches()
    addPersistentWatch(watches, 1, '/', 1)
    addWatch(watches, 2, '/', 'child', 'standard')
    const multi: WriteRequest = {
      type: 'multi',
      ops: [create('/a', 'ephemeral'), create('/b', 'ephemeral'), setData('/a', '')],
    }
    expect(watch(world, watches, [multi, { type: 'closeSession' }])).toEqual([
      '1 nodeCreated /a',
      '2 nodeChildrenChanged /',
      '1 nodeCreated /b',
      '1 nodeDataChanged /a',
      '1 nodeDeleted /a',
      '1 nodeDeleted /b',
    ])
  })
})

describe('who may not read is not told (CVE-2024-23944)', () => {
  test('by the node for itself, by the parent for its children; a standard watch is used up all the same', () => {
    const world = createWorld()
    const watches = createWatches()
    const acl = [{ perms: 31, scheme: 'ip', id: '9.9.9.9' }]
    for (const path of ['/s', '/open/s', '/s/c']) addWatch(watches, 1, path, 'data', 'standard')
    run(world, create('/open'))
    addWatch(watches, 1, '/open', 'child', 'standard')
    const never = () => false
    expect(
      watch(
        world,
        watches,
        [
          { ...create('/s'), acl },
          { ...create('/open/s'), acl },
        ],
        never,
      ),
    ).toEqual(['1 nodeChildrenChanged /open'])
    expect(watchCount(watches)).toBe(1)
    addWatch(watches, 1, '/open/s', 'data', 'standard')
    addWatch(watches, 2, '/open/s', 'data', 'standard')
    expect(watch(world, watches, [remove('/open/s')], (conn) => conn === 2)).toEqual(['2 nodeDeleted /open/s'])
  })
})

describe('removeWatches and checkWatches', () => {
  const { children, data, any, persistent, persistentRecursive } = WATCHER_TYPES

  test('know the modes of this connection only', () => {
    const watches = createWatches()
    addPersistentWatch(watches, 1, '/p', 0)
    addPersistentWatch(watches, 1, '/p', 1)
    addWatch(watches, 1, '/p', 'data', 'standard')
    const has = (conn: number) =>
      [children, data, any, persistent, persistentRecursive].map(
        (type) => checkWatches(watches, conn, '/p', type) === 0,
      )
    expect(has(1)).toEqual([false, true, true, true, true])
    expect(has(2)).toEqual([false, false, false, false, false])
    expect(removeWatches(watches, 1, '/p', children)).toBe(E.NOWATCHER)
    expect(removeWatches(watches, 1, '/p', data)).toBe(E.OK)
    expect(removeWatches(watches, 1, '/p', persistentRecursive)).toBe(E.OK)
    expect(watches.recursiveCount).toBe(0)
    expect(has(1)).toEqual([false, false, true, true, false])
    expect(removeWatches(watches, 2, '/p', any)).toBe(E.NOWATCHER)
    expect(removeWatches(watches, 1, '/p', any)).toBe(E.OK)
    expect(watches).toEqual(createWatches())
  })

  test('refuse types and modes that do not exist', () => {
    const watches = createWatches()
    expect(removeWatches(watches, 1, '/p', 6)).toBe(E.MARSHALLINGERROR)
    expect(checkWatches(watches, 1, '/p', 0)).toBe(E.MARSHALLINGERROR)
    expect(addPersistentWatch(watches, 1, '/p', 2)).toBe(E.MARSHALLINGERROR)
    expect(watchCount(watches)).toBe(0)
  })
})

test('a connection takes all its watches with it', () => {
  const watches = createWatches()
  for (const conn of [1, 2]) {
    addWatch(watches, conn, '/a', 'data', 'standard')
    addWatch(watches, conn, '/a', 'child', 'standard')
    addPersistentWatch(watches, conn, '/b', 0)
    addPersistentWatch(watches, conn, '/b', 1)
  }
  expect(watchCount(watches, 1)).toBe(4)
  dropConnection(watches, 1)
  dropConnection(watches, 3)
  expect(watchCount(watches, 1)).toBe(0)
  expect(watchCount(watches)).toBe(4)
  expect(watches.recursiveCount).toBe(1)
  dropConnection(watches, 2)
  expect(watches).toEqual(createWatches())
})

describe('setWatches', () => {
  test('replays what was missed in the order of its lists and arms the rest', () => {
    const world = createWorld()
    const watches = createWatches()
    run(world, create('/same'))
    run(world, create('/changed'))
    const { lastProcessedZxid } = world.tree
    run(world, setData('/changed', 'x'))
    run(world, create('/changed/child'))
    const request: SetWatchesRequest = {
      type: 'setWatches2',
      relativeZxid: lastProcessedZxid,
      data: ['/gone', '/changed', '/same'],
      exist: ['/changed', '/gone'],
      child: ['/same', '/changed', '/gone'],
      persistent: ['/changed'],
      persistentRecursive: ['/'],
    }
    const events = applySetWatches(watches, world.tree, 1, request, everybody)
    expect(events.map(({ event }) => `${event.type} ${event.path}`)).toEqual([
      'nodeDeleted /gone',
      'nodeDataChanged /changed',
      'nodeCreated /changed',
      'nodeChildrenChanged /changed',
      'nodeDeleted /gone',
    ])
    expect([...watches.data]).toEqual([
      ['/same', new Map([[1, 1]])],
      ['/gone', new Map([[1, 1]])],
      ['/changed', new Map([[1, 2]])],
      ['/', new Map([[1, 4]])],
    ])
    expect([...watches.child.keys()]).toEqual(['/same', '/changed'])
  })

  test('tells nothing about a node that the connection may not read', () => {
    const world = createWorld()
    run(world, { ...create('/s'), acl: [{ perms: 31, scheme: 'ip', id: '9.9.9.9' }] })
    const request: SetWatchesRequest = {
      type: 'setWatches',
      relativeZxid: createWorld().tree.lastProcessedZxid,
      data: ['/s'],
      exist: ['/s'],
      child: ['/s'],
      persistent: [],
      persistentRecursive: [],
    }
    expect(applySetWatches(createWatches(), world.tree, 1, request, () => false)).toEqual([])
    expect(applySetWatches(createWatches(), world.tree, 1, request, everybody)).toHaveLength(3)
  })
})
