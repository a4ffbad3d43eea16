import { describe, expect, test } from 'vitest'
import type { WatchEvent } from '#shared/zk/watch.ts'
import { ZERO_ZXID } from '#shared/zk/zxid.ts'
import { makeChroot } from './chroot.ts'
import { WAITING_EVENTS_MAX, WatchHandle } from './persistent-watch.ts'
import { EventLog } from './testing/wait.ts'
import { SET_WATCHES_BYTES_MAX, WatchRegistry } from './watch-registry.ts'

const noChroot = (path: string) => path
const event = (type: WatchEvent['type'], path: string): WatchEvent => ({ type, path })

function listen(registry: WatchRegistry, mode: 'persistent' | 'persistentRecursive', path: string): EventLog {
  const log = new EventLog()
  registry.addPersistent(mode, path, { onEvent: log.push, onEnd: () => {} })
  return log
}

describe('standard watches', () => {
  test('each table hears its own events, once', () => {
    const registry = new WatchRegistry(noChroot)
    const heard: string[] = []
    for (const table of ['data', 'exist', 'child'] as const) {
      registry.addStandard(table, '/a', ({ type }) => heard.push(`${table} ${type}`))
    }
    registry.fire(event('nodeChildrenChanged', '/a'))
    registry.fire(event('nodeCreated', '/a'))
    registry.fire(event('nodeDataChanged', '/a'))
    expect(heard).toEqual(['child nodeChildrenChanged', 'data nodeCreated', 'exist nodeCreated'])
    expect(registry.watchedPaths).toBe(0)
  })

  test('a deletion uses up all of them, and one function hears of it once', () => {
    const registry = new WatchRegistry(noChroot)
    const log = new EventLog()
    for (const table of ['data', 'child'] as const) registry.addStandard(table, '/a', log.push)
    registry.fire(event('nodeDeleted', '/a'))
    expect(log.events).toEqual([event('nodeDeleted', '/a')])
  })

  test('paths come without the chroot', () => {
    const registry = new WatchRegistry(makeChroot('/app').toCaller)
    const log = new EventLog()
    registry.addStandard('child', '/app', log.push)
    registry.fire(event('nodeChildrenChanged', '/app'))
    expect(log.events).toEqual([event('nodeChildrenChanged', '/')])
  })
})

describe('persistent watches', () => {
  test('exact ones hear their path, recursive ones the subtree without children-changed', () => {
    const registry = new WatchRegistry(noChroot)
    const [exact, tree, root] = [
      listen(registry, 'persistent', '/a'),
      listen(registry, 'persistentRecursive', '/b'),
      listen(registry, 'persistentRecursive', '/'),
    ]
    registry.fire(event('nodeChildrenChanged', '/a'))
    registry.fire(event('nodeDataChanged', '/b/c/d'))
    registry.fire(event('nodeDataChanged', '/bc'))
    expect(exact.events).toEqual([event('nodeChildrenChanged', '/a')])
    expect(tree.events).toEqual([event('nodeDataChanged', '/b/c/d')])
    expect(root.events).toEqual([event('nodeDataChanged', '/b/c/d'), event('nodeDataChanged', '/bc')])
  })

  test('beside a recursive one, children-changed comes from the children themselves', () => {
    const registry = new WatchRegistry(noChroot)
    const tree = listen(registry, 'persistentRecursive', '/a')
    const exact = listen(registry, 'persistent', '/a')
    const once = new EventLog()
    registry.addStandard('child', '/a', once.push)
    expect(registry.isCovered('/a')).toBe(true)
    registry.fire(event('nodeCreated', '/a/x'))
    registry.fire(event('nodeDeleted', '/a/x/y'))
    expect(once.events).toEqual([event('nodeChildrenChanged', '/a')])
    expect(exact.events).toEqual([event('nodeChildrenChanged', '/a')])
    expect(tree.events).toEqual([event('nodeCreated', '/a/x'), event('nodeDeleted', '/a/x/y')])
  })

  test('only the last listener of a path and mode is the one to remove at the server', () => {
    const registry = new WatchRegistry(noChroot)
    const listeners = [1, 2].map(() => ({ onEvent: () => {}, onEnd: () => {} }))
    for (const listener of listeners) registry.addPersistent('persistent', '/a', listener)
    expect(listeners.map((listener) => registry.removePersistent('persistent', '/a', listener))).toEqual([false, true])
  })
})

test('[W-10] [R-0706] what a new connection is told comes in requests of at most 128 KiB, all of it once', () => {
  const registry = new WatchRegistry(noChroot)
  const paths = Array.from({ length: 3000 }, (_, i) => `/${'é'.repeat(60)}${i}`)
  for (const path of paths) registry.addStandard(path.endsWith('7') ? 'child' : 'data', path, () => {})
  listen(registry, 'persistentRecursive', '/tree')
  const requests = registry.toSetWatches(ZERO_ZXID)
  expect(requests.map((request) => request.type)).toEqual([
    ...Array(requests.length - 1).fill('setWatches'),
    'setWatches2',
  ])
  for (const { data, child } of requests) {
    const bytes = [...data, ...child].reduce((sum, path) => sum + 4 + Buffer.byteLength(path), 0)
    expect(bytes).toBeLessThanOrEqual(SET_WATCHES_BYTES_MAX)
  }
  expect(requests.flatMap(({ data, child }) => [...data, ...child]).toSorted()).toEqual(paths.toSorted())
  expect(requests.at(-1)?.persistentRecursive).toEqual(['/tree'])
})

describe('iterating a persistent watch', () => {
  test('events wait for the reader, and end with the watch', async () => {
    const handle = new WatchHandle('/a', 'persistent', null, null, async (it) => it.onEnd(null))
    const events = handle[Symbol.asyncIterator]()
    handle.onEvent(event('nodeCreated', '/a'))
    await handle.remove()
    handle.onEvent(event('nodeDeleted', '/a'))
    expect(await events.next()).toEqual({ done: false, value: event('nodeCreated', '/a') })
    expect(await events.next()).toEqual({ done: true, value: undefined })
    expect(await handle[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined })
  })

  test('a reader that is too slow gets a gap in place of what it missed', async () => {
    const handle = new WatchHandle('/a', 'persistent', null, null, async () => {})
    const events = handle[Symbol.asyncIterator]()
    for (let i = 0; i <= WAITING_EVENTS_MAX; i += 1) handle.onEvent(event('nodeDataChanged', '/a'))
    expect((await events.next()).value).toEqual({ type: 'gap', path: '/a' })
    expect((await events.next()).value).toEqual(event('nodeDataChanged', '/a'))
  })

  test('a loop that is left ends its iterator only', async () => {
    const log = new EventLog()
    const handle = new WatchHandle('/a', 'persistent', log.push, null, async () => {})
    const looping = (async () => {
      for await (const seen of handle) return seen
      return null
    })()
    handle.onEvent(event('nodeCreated', '/a'))
    expect(await looping).toEqual(event('nodeCreated', '/a'))
    handle.onEvent(event('nodeDeleted', '/a'))
    expect(log.events).toHaveLength(2)
  })
})
