// Linearizability of single znodes by search, for ensembles whose log nobody shows us, and to confirm that the
// zxids which a server publishes are honest. Reads count only behind a sync: plain reads may be stale. Paths
// that a multi, a session's end or a reaper may change are left out, since a znode alone cannot explain them.

import { ERROR_CODES as E, type ErrorCode } from '../zk/errors.ts'
import { CREATE_FLAGS } from '../zk/op.ts'
import { type Case, isAnswered, named, opAt, openCase, report } from './case.ts'
import { ADVISORY, type History, type Operation, type Violation } from './history.ts'
import { ABSENT, type Register, stepRegister } from './register-model.ts'
import { type Budget, type Call, DEFAULT_BUDGET, type Model, searchOrder } from './wing-gong.ts'

export interface Linearizability {
  /** One for each path that is not linearizable or could not be decided; the latter say UNKNOWN. */
  readonly violations: readonly Violation[]
  /** Paths that were searched. */
  readonly searched: readonly string[]
  /** Paths that a znode's model cannot explain alone. */
  readonly leftOut: readonly string[]
}

/** `initial` has the values of znodes that were there before the history, by path. */
export function checkLinearizable(
  history: History,
  initial: ReadonlyMap<string, Register> = new Map(),
  budget: Budget = DEFAULT_BUDGET,
): Linearizability {
  const c = openCase(history, ADVISORY)
  const leftOut = pathsBeyond(c)
  const syncs = syncsBefore(c)
  const byPath = new Map<string, { readonly index: number; readonly call: Call<Operation> }[]>()
  for (const [index, op] of history.operations.entries()) {
    const path = registerPath(op)
    if (path === null || leftOut.has(path)) continue
    const call = callOf(op, syncs.get(index))
    if (!call) continue
    const list = byPath.get(path)
    if (list) list.push({ index, call })
    else byPath.set(path, [{ index, call }])
  }
  for (const [path, calls] of byPath) searchPath(c, path, calls, initial.get(path) ?? ABSENT, budget)
  return { violations: c.found, searched: [...byPath.keys()], leftOut: [...leftOut] }
}

function searchPath(
  c: Case,
  path: string,
  calls: readonly { readonly index: number; readonly call: Call<Operation> }[],
  initial: Register,
  budget: Budget,
): void {
  const model: Model<Register, Operation> = { initial, step: stepRegister, key: (state) => JSON.stringify(state) }
  const result = searchOrder(
    calls.map(({ call }) => call),
    model,
    budget,
  )
  if (result.verdict === 'linearizable') return
  const operations = result.longest.map((i) => calls[i]?.index ?? -1)
  if (result.verdict === 'unknown')
    return report(c, 'LIN', null, `UNKNOWN: the search for an order of ${path} ran out of its budget`, { operations })
  const stuck = calls[result.stuck]?.index ?? -1
  report(c, 'LIN', null, `${path} is not linearizable: ${named(c, stuck)} fits nowhere behind the longest order`, {
    operations: [...operations, stuck],
  })
}

/** The path of an operation on one register; null for any other. */
function registerPath({ request }: Operation): string | null {
  switch (request.type) {
    case 'create':
    case 'create2':
    case 'delete':
    case 'setData':
    case 'getData':
    case 'exists':
      return request.path
    default:
      return null
  }
}

/** What other things than its own operations may change. */
function pathsBeyond(c: Case): ReadonlySet<string> {
  const beyond = new Set<string>()
  for (const { request } of c.history.operations) {
    if (request.type === 'multi') for (const op of request.ops) beyond.add(op.path)
    else if ('flags' in request && request.flags !== CREATE_FLAGS.persistent) beyond.add(request.path)
    else if (request.type === 'setACL') beyond.add(request.path)
  }
  return beyond
}

/** Refusals that say nothing about the znode. */
const BESIDE: ReadonlySet<ErrorCode> = new Set([
  ...[E.NOAUTH, E.SESSIONEXPIRED, E.SESSIONMOVED, E.THROTTLEDOP, E.NOTREADONLY, E.QUOTAEXCEEDED, E.INVALIDACL],
])

/** Null for reads that are unanswered or not behind a sync, and for what says nothing about the znode. */
function callOf(op: Operation, syncedAtMs: number | undefined): Call<Operation> | null {
  if (op.err !== null && BESIDE.has(op.err)) return null
  const isRead = op.request.type === 'getData' || op.request.type === 'exists'
  if (!isRead) return { input: op, from: op.sentAtMs, to: op.doneAtMs ?? Number.POSITIVE_INFINITY }
  return isAnswered(op) && syncedAtMs !== undefined ? { input: op, from: syncedAtMs, to: op.doneAtMs } : null
}

/** For each operation that stands right behind a sync on its connection, when that was sent. */
function syncsBefore(c: Case): ReadonlyMap<number, number> {
  const syncs = new Map<number, number>()
  for (const indexes of c.byConn.values()) {
    for (const [i, index] of indexes.entries()) {
      const { request, err, sentAtMs } = opAt(c, index)
      const next = indexes[i + 1]
      if (request.type === 'sync' && err === E.OK && next !== undefined) syncs.set(next, sentAtMs)
    }
  }
  return syncs
}
