// HC-5: a read's answer is what the state at its zxid gives, that state was chosen, and it is not from before
// the future: a txn that nobody had asked for yet. HC-3, second half: what never happened was never seen.
// Foreign servers take the zxid before they read: then any state up to the end of the read will do.

import { CONFIG_PATH } from '../tree/create-tree.ts'
import type { DataTree } from '../tree/data-tree.ts'
import { readRequest, type TreeRead } from '../tree/read.ts'
import type { AuthId } from '../zk/acl.ts'
import { errorName } from '../zk/errors.ts'
import { type MultiResult, type ReplyBody, withNames } from '../zk/reply.ts'
import type { ClientRequest } from '../zk/request.ts'
import { counterOf, type Zxid } from '../zk/zxid.ts'
import {
  type Answered,
  at,
  authAtArrival,
  type Case,
  connOf,
  isAnswered,
  isWrite,
  named,
  opAt,
  report,
  zxidOfWrite,
} from './case.ts'
import { isEqual } from './equal.ts'
import type { Visitor } from './replay.ts'
import { minAfter } from './timeline.ts'

const TREE_READS: ReadonlySet<string> = new Set<TreeRead['type']>([
  ...(['exists', 'getData', 'getACL', 'getChildren', 'getChildren2'] as const),
  ...(['multiRead', 'getEphemerals', 'getAllChildrenNumber'] as const),
])

/** What the tree answers. The configuration's node is each server's own until a reconfig. */
export function isTreeRead(request: ClientRequest): request is TreeRead {
  if (!TREE_READS.has(request.type)) return false
  if ('ops' in request) return !request.ops.some((op) => op.path === CONFIG_PATH)
  return !('path' in request && request.path === CONFIG_PATH)
}

/** A read that did not fit the state at its zxid and may fit a later one. */
interface Open {
  readonly op: Answered
  readonly index: number
  /** The last state that may be seen. */
  readonly until: number
}

export function checkReads(c: Case): Visitor {
  const chosen = new Set<number>([0, ...(c.log ?? []).map((entry) => entry.zxid)])
  const invoked = minAfter(
    c.history.operations.flatMap((op, owner) => {
      const value = zxidOfWrite(c, owner)
      return value === null ? [] : [{ time: op.sentAtMs, value, owner }]
    }),
  )
  const isExact = c.options.reads === 'exact'
  let started = false
  let open: Open[] = []
  const close = (closing: (one: Open) => boolean) => {
    for (const one of open.filter(closing)) reportWrong(c, one)
    open = open.filter((one) => !closing(one))
  }
  return {
    before(entry) {
      started = true
      close((one) => one.until < entry.zxid)
    },
    after(_entry, _applied, tree) {
      open = open.filter((one) => !fits(c, one.op, tree))
    },
    reply(op, index, tree) {
      if (!started) chosen.add(tree.lastProcessedZxid)
      if (isWrite(op.request)) return
      // (e,0) is the NEWLEADER of an epoch: it is chosen and holds no txn.
      if (!chosen.has(op.zxid) && counterOf(op.zxid) !== 0)
        report(c, 'HC-5', 'S-1', `${named(c, index)} was answered at ${at(op.zxid)}, which was never chosen`, {
          operations: [index],
          zxids: [op.zxid],
        })
      const future = invoked(op.doneAtMs)
      // An unanswered one is HC-3's.
      if (future && future.value <= op.zxid && opAt(c, future.owner).doneAtMs !== null)
        report(
          c,
          'HC-5',
          null,
          `${named(c, index)} was done at ${at(op.zxid)} before ${named(c, future.owner)}, txn ${at(future.value as Zxid)}, was sent`,
          { operations: [index, future.owner], zxids: [op.zxid] },
        )
      if (!isTreeRead(op.request) || fits(c, op, tree)) return
      const one = { op, index, until: isExact ? op.zxid : (future?.value ?? Number.POSITIVE_INFINITY) - 1 }
      if (isExact) reportWrong(c, one)
      else open.push(one)
    },
    end() {
      close(() => true)
    },
  }
}

function reportWrong(c: Case, { op, index, until }: Open): void {
  const range = until === op.zxid ? `state ${at(op.zxid)}` : `any state from ${at(op.zxid)} on`
  report(c, 'HC-5', null, `the answer to ${named(c, index)}, ${errorName(op.err)}, is not that of ${range}`, {
    operations: [index],
    zxids: [op.zxid],
  })
}

function fits(c: Case, op: Answered, tree: DataTree): boolean {
  if (!isTreeRead(op.request)) return true
  const { conn, request, sessionId } = op
  const auth: readonly AuthId[] = authAtArrival(connOf(c, conn), op.arrival)
  const expected = readRequest(tree, request, auth, sessionId, c.options.tree)
  return (
    op.err === expected.err &&
    op.body !== null &&
    isEqual(unordered(withNames(op.body)), unordered(withNames(expected.body)))
  )
}

/** Lists that a server gives in no particular order, sorted. */
function unordered(body: ReplyBody): unknown {
  switch (body.type) {
    case 'children':
    case 'childrenStat':
      return { ...body, children: body.children.toSorted() }
    case 'ephemerals':
      return { ...body, paths: body.paths.toSorted() }
    case 'multi':
      return { ...body, results: body.results.map(unorderedResult) }
    default:
      return body
  }
}

function unorderedResult(result: MultiResult): MultiResult {
  return result.type === 'getChildren' ? { ...result, children: result.children.toSorted() } : result
}

/** HC-3, second half. Values are unique in our workloads; those that are not are left out. */
export function checkNeverHappened(c: Case): void {
  if (!c.log || !c.options.settled) return
  const asked = valuesAsked(c)
  for (const [i, op] of c.history.operations.entries()) {
    if (!isAnswered(op) || op.request.type !== 'getData' || op.body?.type !== 'data' || !op.body.data) continue
    const writers = asked.get(valueKey(op.request.path, op.body.data))
    const writer = writers?.[0]
    if (writer === undefined || writers?.length !== 1) continue
    if (opAt(c, writer).doneAtMs === null && c.txnOf[writer] === null)
      report(
        c,
        'HC-3',
        null,
        `${named(c, i)} shows what ${named(c, writer)} would have written, which never happened`,
        {
          operations: [writer, i],
        },
      )
  }
}

function valueKey(path: string, data: Uint8Array): string {
  return `${path}\0${data.join()}`
}

function valuesAsked(c: Case): ReadonlyMap<string, readonly number[]> {
  const asked = new Map<string, number[]>()
  const add = (index: number, request: ClientRequest) => {
    if (!('data' in request) || !('path' in request) || !(request.data instanceof Uint8Array)) return
    if (request.data.length === 0 || request.path === null) return
    const key = valueKey(request.path, request.data)
    const writers = asked.get(key)
    if (writers) writers.push(index)
    else asked.set(key, [index])
  }
  for (const [index, { request }] of c.history.operations.entries()) {
    if (request.type === 'multi') for (const op of request.ops) if (op.type !== 'check') add(index, op)
    add(index, request)
  }
  return asked
}
