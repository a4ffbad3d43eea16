import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OPEN_ACL } from '../zk/acl.ts'
import { ERROR_CODES as E } from '../zk/errors.ts'
import { parentPath } from '../zk/path.ts'
import type { MultiOp, WriteRequest } from '../zk/request.ts'
import type { Entry } from '../zk/txn.ts'
import { applyEntry } from './apply.ts'
import { createTree } from './create-tree.ts'
import { type DataTree, plainZnode, type Znode } from './data-tree.ts'
import { createModel, type Model, runModel } from './model.ts'
import { dataOf } from './node-data.ts'
import { treeDigest } from './node-digest.ts'
import { kindOfOwner } from './owner.ts'
import { childCount, look } from './pending.ts'
import { finishLoad, loadNode, walkTree } from './snapshot.ts'
import { statOf } from './stat.ts'
import { ALICE, BOB, commitAll, commitNext, createWorld, essence, propose, type World } from './testing.ts'

/** Few names, so that requests meet each other; some that are not legal. */
const path = fc.constantFrom(
  '/a',
  '/a',
  '/b',
  '/a/x',
  '/a/x',
  '/a/y',
  '/b/x',
  '/a/x/1',
  '/a/x/',
  '/',
  '/a/.',
  '/zookeeper',
)
const data = fc.constantFrom(null, new Uint8Array(0), new Uint8Array([1]), new Uint8Array([2, 3, 4]))
const version = fc.constantFrom(-1, -1, 0, 1, 2)
const acl = fc.constant(OPEN_ACL)

const op: fc.Arbitrary<MultiOp> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constantFrom('create' as const, 'create2' as const),
      path,
      data,
      acl,
      flags: fc.integer({ min: 0, max: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('createContainer' as const), path, data, acl, flags: fc.constant(4) }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('delete' as const), path, version }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('setData' as const), path, data, version }) },
)
const check = fc.record({ type: fc.constant('check' as const), path, version })

const request: fc.Arbitrary<WriteRequest> = fc.oneof(
  { weight: 12, arbitrary: op.filter((one): one is Exclude<MultiOp, { type: 'check' }> => one.type !== 'check') },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('multi' as const),
      ops: fc.array(fc.oneof({ weight: 5, arbitrary: op }, { weight: 1, arbitrary: check }), { maxLength: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('closeSession' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('deleteContainer' as const), path }).filter((r) => r.path.length > 1),
  },
)

/** Propose a request of a session, or apply so many of those in flight. */
type Step = { readonly ask: WriteRequest; readonly isBob: boolean } | { readonly commit: number }
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ ask: request, isBob: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ commit: fc.integer({ min: 1, max: 6 }) }) },
)
const program = fc.array(step, { minLength: 1, maxLength: 60, size: 'max' })

/** Sessions do not come back once they are closed and gone: a model of their closing needs no more than that. */
function play(steps: readonly Step[], each: (world: World, model: Model, entry: Entry, err: number) => void) {
  const world = createWorld()
  const model = createModel([...world.tree.nodes].map(([at, node]) => [at, statOf(node)]))
  for (const one of steps) {
    if ('commit' in one) {
      for (let i = 0; i < one.commit; i += 1) commitNext(world)
      continue
    }
    const sessionId = one.isBob ? BOB : ALICE
    // The peer turns away whoever is closed; prepare only knows of those in flight.
    if (model.closed.has(sessionId) && !world.pending.closing.has(sessionId)) model.closed.delete(sessionId)
    const entry = propose(world, one.ask, { sessionId })
    const { zxid, timeMs } = entry
    each(world, model, entry, runModel(model, one.ask, { zxid, timeMs, sessionId }))
  }
  return { world, model }
}

function stats(tree: DataTree): Map<string, object> {
  return new Map([...tree.nodes].map(([at, node]) => [at, { ...statOf(node), text: String(dataOf(node)) }]))
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
  expect(tree.digest).toBe(treeDigest(tree))
}

const RUNS = { numRuns: 200 }

/** What the random programs have to reach for these tests to mean anything. */
const REACHED = [
  'create',
  'create2',
  'createContainer',
  'delete',
  'setData',
  'multi',
  'closeSession',
  'deleteContainer',
]
const REFUSED = [E.BADARGUMENTS, E.NONODE, E.BADVERSION, E.NOCHILDRENFOREPHEMERALS, E.NODEEXISTS, E.NOTEMPTY]

test('[T-1, T-4, T-8] what is prepared in flight and applied later is what the model does at once', () => {
  const seen = new Set<string | number>()
  fc.assert(
    fc.property(program, (steps) => {
      const { world, model } = play(steps, ({ tree, pending }, { nodes }, entry, err) => {
        seen.add(entry.txn.type === 'error' ? entry.txn.err : entry.txn.type)
        expect(entry.txn.type === 'error' ? entry.txn.err : 0).toBe(err)
        for (const [at, { stat }] of nodes) {
          const projected = look(tree, pending, at)
          expect(projected && { version: projected.version, children: childCount(projected) }).toEqual({
            version: stat.version,
            children: stat.numChildren,
          })
        }
      })
      commitAll(world)
      const expected = new Map([...model.nodes].map(([at, { stat, text }]) => [at, { ...stat, text }]))
      expect(stats(world.tree)).toEqual(expected)
      expectSound(world.tree)
      expect(world.pending.nodes.size + world.pending.ephemerals.size + world.pending.closing.size).toBe(0)
    }),
    RUNS,
  )
  expect([...seen]).toEqual(expect.arrayContaining([...REACHED, ...REFUSED, E.SESSIONEXPIRED]))
})

function replayed(log: readonly Entry[], tree: DataTree): DataTree {
  for (const entry of log) {
    applyEntry(tree, entry)
    expectSound(tree)
  }
  return tree
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
  (_name, walk) => {
    fc.assert(
      fc.property(
        program,
        fc.nat(),
        fc.array(fc.nat(3), { maxLength: 30, size: 'max' }),
        fc.nat(),
        (steps, start, gaps, again) => {
          const { world } = play(steps, () => {})
          const log = [...world.log]
          const live = createTree()
          let at = log.length === 0 ? 0 : start % (log.length + 1)
          for (const entry of log.slice(0, at)) applyEntry(live, entry)
          const label = live.lastProcessedZxid
          const loaded = createTree()
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
          expect(essence(loaded)).toEqual(essence(live))
          const suffix = log.slice(log.length === 0 ? 0 : again % log.length)
          expect(essence(replayed(suffix, loaded))).toEqual(essence(live))
        },
      ),
      RUNS,
    )
  },
)
