import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPrng } from '../base/prng.ts'
import { parentPath } from '../zk/path.ts'
import type { Entry } from '../zk/txn.ts'
import { applyEntry } from './apply.ts'
import { createTree } from './create-tree.ts'
import { type DataTree, plainZnode } from './data-tree.ts'
import { listedBytes } from './ephemeral-bytes.ts'
import { modelEquals } from './model/equals.ts'
import { treeDigest } from './node-digest.ts'
import { kindOfOwner } from './owner.ts'
import { look } from './pending.ts'
import { endPlay, type Play, startPlay, stepPlay } from './play.ts'
import { type Choose, chooseBy } from './programs.ts'
import { finishLoad, loadNode, walkTree } from './snapshot.ts'
import { essence } from './testing.ts'
import type { Znode } from './znode.ts'

/** Each step of a program has a seed for what it chooses, so that what fails is shrunk step by step. */
const program = fc.noBias(fc.array(fc.nat(), { minLength: 1, maxLength: 80, size: 'max' }))

function chooseFrom(seed: number): Choose {
  return chooseBy(createPrng(seed))
}

function play(steps: readonly number[], each: ((at: Play) => void) | null): Play {
  const [first = 0, ...rest] = steps
  const at = startPlay(chooseFrom(first), each !== null)
  for (const seed of rest) {
    stepPlay(at, chooseFrom(seed))
    each?.(at)
  }
  endPlay(at)
  return at
}

/** [T-5] and the indexes. */
function expectSound(tree: DataTree): void {
  const ephemerals = new Map<bigint, Set<string>>()
  const containers = new Set<string>()
  for (const [at, node] of tree.nodes) {
    for (const child of node.children ?? []) expect(parentPath(child) === at && tree.nodes.has(child)).toBe(true)
    expect(node.czxid <= node.mzxid && node.czxid <= node.pzxid).toBe(true)
    const kind = kindOfOwner(node.ephemeralOwner)
    if (kind === 'container') containers.add(at)
    if (kind === 'ephemeral') {
      expect(node.children?.size ?? 0).toBe(0)
      ephemerals.set(node.ephemeralOwner, (ephemerals.get(node.ephemeralOwner) ?? new Set()).add(at))
    }
    if (at !== '/') expect(tree.nodes.get(parentPath(at))?.children?.has(at)).toBe(true)
  }
  expect(tree.ephemerals).toEqual(ephemerals)
  expect(tree.containers).toEqual(containers)
  const listed = [...ephemerals].map(([owner, paths]) => [
    owner,
    [...paths].reduce((sum, path) => sum + listedBytes(path), 0),
  ])
  expect([...tree.ephemeralBytes].sort()).toEqual(listed.sort())
  expect(tree.digest).toBe(treeDigest(tree))
}

const RUNS = { numRuns: 100 }
const MODEL_RUNS = { numRuns: 300 }
/** Far beyond the second or two that they take: the machine may have other things to do. */
const TIMEOUT_MS = 60_000

/** What the random programs have to reach for these tests to mean anything. */
const REACHED = [
  ...['create', 'create2', 'createContainer', 'createTTL', 'delete', 'setData', 'setACL', 'multi', 'closeSession'],
  ...['deleteContainer', 'createSession', 'member check', 'member error', 'member createTTL'],
  ...[-8, -101, -102, -103, -108, -110, -111, -112, -114, -125].map((err) => `error ${err}`),
  ...['nodeCreated', 'nodeDeleted', 'nodeDataChanged', 'nodeChildrenChanged'],
  ...['exists 0', 'exists -101', 'getData 0', 'getData -101', 'getACL 0', 'getChildren2 0', 'multiRead 0', 'read -102'],
  ...['getEphemerals 0', 'getAllChildrenNumber 0', 'setWatches', 'setWatches2', 'addWatch'],
  ...['removeWatches 0', 'removeWatches -121', 'removeWatches -5', 'checkWatches -121'],
]

test('[T-1, T-4, T-6, T-7, T-8, W-2, W-3, W-9] random programs lead tree and model to the same answers, events and nodes', {
  timeout: TIMEOUT_MS,
}, () => {
  const seen = new Set<string>()
  fc.assert(
    fc.property(program, (steps) => {
      const { world, ahead, seen: here } = play(steps, expectProjected)
      for (const one of here) seen.add(one)
      expect(modelEquals(ahead, world.tree)).toBeNull()
      expectSound(world.tree)
      expect(world.pending.nodes.size + world.pending.ephemerals.size + world.pending.closing.size).toBe(0)
    }),
    MODEL_RUNS,
  )
  expect(REACHED.filter((one) => !seen.has(one))).toEqual([])
})

/** The projected state is that of the model, which is as far. */
function expectProjected({ world: { tree, pending }, ahead }: Play): void {
  for (const path of new Set([...ahead.nodes.keys(), ...pending.nodes.keys()])) {
    const [node, projected] = [ahead.nodes.get(path), look(tree, pending, path)]
    if (!node || !projected) expect(`${path} ${projected !== null}`).toBe(`${path} ${node !== undefined}`)
    else if (!path.startsWith('/zookeeper/')) {
      const { czxid, mzxid, pzxid, ctime, mtime, version, aversion, created } = node
      expect(projected).toMatchObject({ czxid, mzxid, pzxid, ctime, mtime, version, aversion, cversion: created })
    }
  }
}

function replayed(log: readonly Entry[], tree: DataTree): DataTree {
  for (const entry of log) {
    applyEntry(tree, entry)
    expectSound(tree)
  }
  return tree
}

/** Without what each server counts for itself, and anew when it loads a snapshot. */
function replicated(tree: DataTree) {
  const all = essence(tree)
  const nodes = all.nodes.map(([path, node]) => (path.endsWith('/zookeeper_stats') ? [path] : [path, node]))
  return { ...all, nodes }
}

/** As Apache walks: names of children are copied when their parent is written, and later nodes come along. */
function* walkLikeApache(tree: DataTree, at = '/'): Generator<{ path: string; node: Znode }> {
  const node = tree.nodes.get(at)
  if (!node) return
  const paths = [...(node.children ?? [])]
  yield { path: at, node }
  for (const child of paths) yield* walkLikeApache(tree, child)
}

test.each([
  ['our walk', walkTree],
  ['Apache’s walk', walkLikeApache],
])(
  '[T-2] %s: a snapshot taken while txns are applied, and any suffix on top of it again, give the same tree',
  { timeout: TIMEOUT_MS },
  (_name, walk) => {
    fc.assert(
      fc.property(
        program,
        fc.nat(),
        fc.array(fc.nat(3), { maxLength: 30, size: 'max' }),
        fc.nat(),
        (steps, start, gaps, again) => {
          const { world } = play(steps, null)
          const log = [...world.log]
          const live = createTree()
          let at = log.length === 0 ? 0 : start % (log.length + 1)
          for (const entry of log.slice(0, at)) applyEntry(live, entry)
          const label = live.lastProcessedZxid
          const loaded = createTree()
          for (const [id, timeoutMs] of live.sessions) loaded.sessions.set(id, timeoutMs)
          let taken = 0
          for (const { path: where, node } of walk(live)) {
            loadNode(loaded, where, plainZnode(node))
            for (const entry of log.slice(at, at + (gaps[taken] ?? 0))) applyEntry(live, entry)
            at = Math.min(log.length, at + (gaps[taken] ?? 0))
            taken += 1
          }
          for (const entry of log.slice(at)) applyEntry(live, entry)
          finishLoad(loaded)
          loaded.lastProcessedZxid = label
          const rest = log.filter((entry) => entry.zxid > label)
          for (const entry of rest) applyEntry(loaded, entry)
          expectSound(loaded)
          expect(replicated(loaded)).toEqual(replicated(live))
          const suffix = log.slice(log.length === 0 ? 0 : again % log.length)
          expect(replicated(replayed(suffix, loaded))).toEqual(replicated(live))
        },
      ),
      RUNS,
    )
  },
)
