// The judgement as a whole, on a small run that is right and on the same run told otherwise: every lie is found, by the
// check that is there for it.

import { expect, test } from 'vitest'
import type { Operation } from '#shared/history/history.ts'
import { CLOSE, create, getData, SYNC, setData } from '#shared/history/requests.ts'
import { ask, catchUp, connect, createEnsemble, historyOf, settle } from '#shared/history/testing.ts'
import { applyEntry } from '#shared/tree/apply.ts'
import { createTree } from '#shared/tree/create-tree.ts'
import { DEFAULT_TREE_OPTIONS } from '#shared/tree/options.ts'
import { readRequest } from '#shared/tree/read.ts'
import { NO_SESSION } from '#shared/zk/ids.ts'
import type { Entry } from '#shared/zk/txn.ts'
import type { Recorded } from './client-worker.ts'
import type { SeenTree } from './final-trees.ts'
import { judge, type Remains } from './judge.ts'
import { BANK_SUM, PATHS } from './work/shared-work.ts'

const REGISTER = `${PATHS.registers}/r0-0`

interface Run {
  readonly recorded: Recorded
  readonly remains: readonly Remains[]
}

/** Two clients on two servers work on a register, then go. */
function run(): Run {
  const e = createEnsemble(2)
  const one = connect(e, 1)
  const two = connect(e, 2)
  ask(e, one, create('/n'))
  ask(e, one, create(PATHS.registers))
  for (const [i, path] of PATHS.accounts.entries()) ask(e, one, create(path, String(i === 0 ? BANK_SUM : 0)))
  ask(e, one, create(REGISTER, 'a'))
  ask(e, one, setData(REGISTER, 'b'))
  catchUp(e, 2)
  ask(e, two, SYNC)
  ask(e, two, getData(REGISTER))
  ask(e, one, CLOSE)
  ask(e, two, CLOSE)
  settle(e)
  const { operations, events, connections, log } = historyOf(e)
  const told = { operations: [...operations], events: [...events], connections: [...connections] }
  const recorded: Recorded = { ...told, misplaced: [], beliefs: [], isFull: false }
  return { recorded, remains: [1, 2].map((sid) => remainsOf(sid, log ?? [])) }
}

function remainsOf(sid: number, log: readonly Entry[]): Remains {
  const tree = createTree()
  for (const entry of log) applyEntry(tree, entry, DEFAULT_TREE_OPTIONS)
  const seen: SeenTree = new Map(
    [...tree.nodes.keys()].flatMap((path) => {
      const { body } = readRequest(tree, { type: 'getData', path, watch: false }, [], NO_SESSION)
      return body.type === 'data' && path !== '/zookeeper/config' ? [[path, body]] : []
    }),
  )
  return { sid, tree, seen, log: { sid, final: log, removed: [] } }
}

function violated({ recorded, remains }: Run): ReadonlySet<string> {
  return new Set(judge(recorded, remains).checks.flatMap(({ findings }) => findings.map(({ id }) => id)))
}

function retold({ recorded, remains }: Run, which: (op: Operation) => boolean, to: Partial<Operation>): Run {
  const operations = recorded.operations.map((op) => (which(op) ? { ...op, ...to } : op))
  return { recorded: { ...recorded, operations }, remains }
}

test('a run that is right is clean, and its register was searched', () => {
  const { recorded, remains } = run()
  const { checks, registers } = judge(recorded, remains)
  expect(checks.flatMap(({ findings }) => findings)).toEqual([])
  expect(registers).toBe(1)
})

test('an acknowledged write that is in no log', () => {
  const good = run()
  const remains = good.remains.map(({ sid, log }) =>
    remainsOf(
      sid,
      log.final.filter(({ txn }) => txn.type !== 'setData'),
    ),
  )
  const found = violated({ recorded: good.recorded, remains })
  expect(found).toContain('HC-10')
  expect(found, 'by its effects, too').toContain('HC-1 S-1')
})

test('a synced read of an old value, found by the log and by the search', () => {
  const lie = run()
  const body = lie.recorded.operations.find(({ request }) => request.type === 'getData')?.body
  if (body?.type !== 'data') throw new Error('the read was answered')
  const old = { ...body, data: Uint8Array.from(Buffer.from('a')), stat: { ...body.stat, version: 0 } }
  const found = violated(retold(lie, ({ request }) => request.type === 'getData', { body: old }))
  expect(found).toContain('HC-5')
  expect(found).toContain('LIN')
})

test('a member whose disk holds another tree', () => {
  const { recorded, remains } = run()
  const [first, second] = remains
  if (!first || !second) throw new Error('there are two members')
  second.tree.nodes.delete(REGISTER)
  expect(violated({ recorded, remains: [first, second] })).toEqual(new Set(['HC-10']))
})

test('a member that shows what its disk does not hold', () => {
  const { recorded, remains } = run()
  const wrong = remains.map((one) => ({ ...one, seen: new Map([...one.seen].filter(([path]) => path !== REGISTER)) }))
  expect(violated({ recorded, remains: wrong })).toEqual(new Set(['HC-10']))
})

test('one zxid with two contents', () => {
  const { recorded, remains } = run()
  const [first, second] = remains
  if (!first || !second) throw new Error('there are two members')
  const removed = second.log.final.map((entry) => ({ ...entry, timeMs: entry.timeMs + 1 }))
  expect(violated({ recorded, remains: [first, { ...second, log: { ...second.log, removed } }] })).toContain('D-1')
})

test('misplaced answers and two holders of a lock', () => {
  const { recorded, remains } = run()
  const beliefs = [1, 2].map((client) => ({ lock: '/l', client, token: client, fromMs: 0, untilMs: 5 }))
  expect(violated({ recorded: { ...recorded, misplaced: ['x'], beliefs }, remains })).toEqual(new Set(['S-3', 'LOCK']))
})
