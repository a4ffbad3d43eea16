import { describe, expect, test } from 'vitest'
import type { Zxid } from '../zk/zxid.ts'
import { applyEntry } from './apply.ts'
import { createTree } from './create-tree.ts'
import { type DataTree, emptyZnode, type PlainZnode, plainZnode, recordOf } from './data-tree.ts'
import { treeDigest } from './node-digest.ts'
import { reapCandidates } from './reaper.ts'
import { BrokenTree, copyTree, finishLoad, loadNode, TreeLoader, walkTree } from './snapshot.ts'
import { create, createWorld, essence, nodeAt, remove, run } from './testing.ts'

test('a walk gives each node once, parents first, the root as an empty path', () => {
  const world = createWorld()
  for (const path of ['/b', '/b/c', '/a', '/b/d']) run(world, create(path))
  run(world, remove('/b/c'))
  run(world, create('/b/c'))
  const paths = [...walkTree(world.tree)].map(({ path }) => path)
  expect(paths[0]).toBe('')
  expect([...paths].sort()).toEqual(
    ['', '/a', '/b', '/b/c', '/b/d', '/zookeeper', '/zookeeper/config', '/zookeeper/quota'].sort(),
  )
  for (const path of paths.slice(1)) {
    expect(paths.indexOf(path.slice(0, path.lastIndexOf('/')))).toBeLessThan(paths.indexOf(path))
  }
})

test('a walk leaves out what is created while it goes on, and ends however much that is', () => {
  const world = createWorld()
  run(world, create('/q'))
  run(world, create('/q/same'))
  const paths: string[] = []
  for (const { path } of walkTree(world.tree)) {
    paths.push(path)
    run(world, remove('/q/same'))
    run(world, create('/q/same'))
    run(world, create('/q/n-', 'persistentSequential'))
    if (paths.length > 100) break
  }
  expect(paths).not.toContain('/q/same')
  expect(paths).toContain('/q')
  expect(paths).toHaveLength(5)
})

test('what a walk gave, loaded and replayed over, is the tree at the end of the log', () => {
  const world = createWorld({ extendedTypesEnabled: true })
  run(world, { type: 'createSession', timeoutMs: 4000 })
  run(world, create('/p'))
  for (const name of ['a', 'b', 'c', 'd']) run(world, create(`/p/${name}`, 'ephemeral'))
  run(world, { ...create('/c', 'container'), type: 'createContainer' })
  run(world, { ...create('/t', 'persistentWithTtl'), type: 'createTTL', ttlMs: 10 })
  const loaded = createTree()
  const { lastProcessedZxid } = world.tree
  for (const { path, node } of walkTree(world.tree)) {
    loadNode(loaded, path, plainZnode(node))
    run(world, remove(`/p/${'abcd'[world.log.length % 4]}`))
    run(world, create(`/p/${'abcd'[world.log.length % 4]}`, 'ephemeral'))
  }
  finishLoad(loaded)
  expect(loaded.digest).toBe(treeDigest(loaded))
  expect(loaded.containers).toEqual(new Set(['/c']))
  expect(loaded.ttls).toEqual(new Set(['/t']))
  loaded.sessions.set(world.log[0]?.sessionId ?? nodeAt(loaded, '/').ephemeralOwner, 4000)
  loaded.lastProcessedZxid = lastProcessedZxid
  for (const entry of world.log) if (entry.zxid > lastProcessedZxid) applyEntry(loaded, entry, world.options)
  expect(essence(loaded)).toEqual(essence(world.tree))
})

test('a node without its parent is no tree', () => {
  const tree = createTree()
  loadNode(tree, '/none/child', emptyZnode())
  expect(() => finishLoad(tree)).toThrow(BrokenTree)
})

test('the reaper finds containers that lost their last child and TTL nodes that nobody renewed', () => {
  const world = createWorld({ extendedTypesEnabled: true })
  for (const path of ['/unused', '/used', '/full'])
    run(world, { ...create(path, 'container'), type: 'createContainer' })
  for (const path of ['/used/x', '/full/x']) run(world, create(path))
  run(world, remove('/used/x'))
  for (const path of ['/t1', '/t2'])
    run(world, { ...create(path, 'persistentWithTtl'), type: 'createTTL', ttlMs: 1000 })
  run(world, create('/t2/x'))
  const now = world.timeMs
  expect(reapCandidates(world.tree, now)).toEqual(['/used'])
  expect(reapCandidates(world.tree, now + 2000)).toEqual(['/used', '/t1'])
  expect(reapCandidates(world.tree, now + 2000, 500)).toEqual(['/unused', '/used', '/t1'])
})

describe('TreeLoader', () => {
  function furnished() {
    const world = createWorld({ extendedTypesEnabled: true })
    for (const path of ['/a', '/a/b', '/a/b/c', '/d', '/a/b/e', '/a/f', '/zookeeper/quota/a']) run(world, create(path))
    for (const name of ['zookeeper_limits', 'zookeeper_stats']) run(world, create(`/zookeeper/quota/a/${name}`))
    run(world, create('/a/b/g', 'ephemeral'))
    run(world, { ...create('/t', 'persistentWithTtl'), type: 'createTTL', ttlMs: 10 })
    return world.tree
  }

  function load(nodes: readonly (readonly [string, PlainZnode])[], zxid: Zxid) {
    const loader = new TreeLoader()
    for (const [path, plain] of nodes) loader.add(path === '/' ? '' : path, recordOf(plain))
    const tree = loader.finish()
    tree.lastProcessedZxid = zxid
    return tree
  }

  function nodesOf(tree: DataTree) {
    return [...tree.nodes].map(([path, node]): [string, PlainZnode] => [path, plainZnode(node)])
  }

  test('in the order of a walk, in any other, and with a node twice: the same tree, as finishLoad makes it', () => {
    const tree = furnished()
    const expected = essence(copyTree(tree))
    const nodes = nodesOf(tree)
    expect(essence(load(nodes, tree.lastProcessedZxid))).toEqual(expected)
    expect(essence(load(nodes.toReversed(), tree.lastProcessedZxid))).toEqual(expected)
    const stale: [string, PlainZnode] = ['/a/b', { ...emptyZnode(), version: 9 }]
    expect(essence(load([...nodes.slice(0, 5), stale, ...nodes], tree.lastProcessedZxid))).toEqual(expected)
  })

  test('the digest of very many is exact', () => {
    const loader = new TreeLoader()
    loader.add('', recordOf(emptyZnode()))
    loader.add('/n', recordOf(emptyZnode()))
    for (let i = 0; i < 3000; i += 1) loader.add(`/n/${i}`, recordOf({ ...emptyZnode(), mtime: i }))
    const tree = loader.finish()
    expect(tree.digest).toBe(treeDigest(tree))
  })

  test('a node without a parent is refused', () => {
    for (const path of ['/none/child', 'child']) {
      const loader = new TreeLoader()
      loader.add('', recordOf(emptyZnode()))
      loader.add(path, recordOf(emptyZnode()))
      expect(() => loader.finish(), path).toThrow(BrokenTree)
    }
  })
})
