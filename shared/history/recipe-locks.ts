// HC-12: locks and leader latches. Whoever was shown that it holds, holds from the zxid of that answer until
// its znode is deleted; no two of these intervals may overlap.

import { ERROR_CODES as E } from '../zk/errors.ts'
import { CREATE_FLAGS } from '../zk/op.ts'
import { baseName, joinPath, parentPath } from '../zk/path.ts'
import type { Zxid } from '../zk/zxid.ts'
import { at, type Case, isAnswered, named, report, zxidOfWrite } from './case.ts'
import { sequenceOf } from './sequence-name.ts'

interface Hold {
  /** The operation whose answer said so. */
  readonly index: number
  readonly node: string
  readonly from: Zxid
  /** When its znode was deleted; infinite while it is there, or when nobody can tell. */
  readonly until: number
  /** Whether `until` is known: without an L an expiry leaves no trace. */
  readonly isKnown: boolean
}

/** Deletions of each path, in the order of zxids: by L, or by what was answered. */
function deletions(c: Case): (path: string, after: Zxid) => Zxid | null {
  const all = new Map<string, Zxid[]>()
  const add = (path: string, zxid: Zxid) => {
    const list = all.get(path)
    if (list) list.push(zxid)
    else all.set(path, [zxid])
  }
  for (const { txn, zxid } of c.log ?? []) {
    if (txn.type === 'delete') add(txn.path, zxid)
    if (txn.type === 'closeSession') for (const path of txn.paths ?? []) add(path, zxid)
    if (txn.type === 'multi' && !txn.txns.some((one) => one.type === 'error'))
      for (const one of txn.txns) if (one.type === 'delete') add(one.path, zxid)
  }
  if (!c.log) {
    for (const [index, { request, err }] of c.history.operations.entries()) {
      const zxid = zxidOfWrite(c, index)
      if (request.type === 'delete' && err === E.OK && zxid !== null) add(request.path, zxid)
    }
    for (const zxids of all.values()) zxids.sort((a, b) => a - b)
  }
  return (path, after) => all.get(path)?.find((zxid) => zxid > after) ?? null
}

function checkExclusive(c: Case, what: string, holds: readonly Hold[]): void {
  let longest: Hold | null = null
  for (const hold of holds.toSorted((a, b) => a.from - b.from)) {
    if (longest && longest.node !== hold.node && longest.isKnown && hold.from < longest.until)
      report(
        c,
        'HC-12',
        null,
        `${what}: ${named(c, hold.index)} makes ${hold.node} the holder at ${at(hold.from)}, while ${longest.node} holds from ${at(longest.from)} on`,
        { operations: [longest.index, hold.index], zxids: [longest.from, hold.from] },
      )
    if (!longest || hold.until > longest.until || !longest.isKnown) longest = hold
  }
}

/** Sequential ephemerals; the lowest one that its owner can see holds. */
export function checkLock(c: Case, path: string): void {
  const deletedAfter = deletions(c)
  /** Own znodes of each session, with the zxid of their creation. */
  const own = new Map<bigint, Map<string, Zxid>>()
  const holds: Hold[] = []
  for (const [index, op] of c.history.operations.entries()) {
    if (!isAnswered(op) || op.err !== E.OK) continue
    const created = op.body?.type === 'path' || op.body?.type === 'pathStat' ? op.body.path : null
    if (created !== null && op.request.type !== 'sync' && parentPath(created) === path) {
      const nodes = own.get(op.sessionId) ?? new Map<string, Zxid>()
      own.set(op.sessionId, nodes.set(created, op.zxid))
    }
    if (op.body?.type !== 'children' && op.body?.type !== 'childrenStat') continue
    if (!('path' in op.request) || op.request.path !== path) continue
    const lowest = op.body.children.toSorted((a, b) => sequenceOf(a) - sequenceOf(b))[0]
    const node = lowest === undefined ? null : joinPath(path, lowest)
    const createdAt = node === null ? undefined : own.get(op.sessionId)?.get(node)
    if (node === null || createdAt === undefined) continue
    holds.push(holdOf(c, index, node, op.zxid, deletedAfter(node, createdAt)))
  }
  checkExclusive(c, `lock ${path}`, holds)
  checkOrderOfTurns(c, path, holds)
}

function holdOf(c: Case, index: number, node: string, from: Zxid, deleted: Zxid | null): Hold {
  return { index, node, from, until: deleted ?? Number.POSITIVE_INFINITY, isKnown: deleted !== null || c.log !== null }
}

/** Fencing: a later holder has a higher number. */
function checkOrderOfTurns(c: Case, path: string, holds: readonly Hold[]): void {
  let last: Hold | null = null
  for (const hold of holds.toSorted((a, b) => a.from - b.from)) {
    if (last && sequenceOf(baseName(hold.node)) < sequenceOf(baseName(last.node)))
      report(
        c,
        'HC-12',
        null,
        `lock ${path}: ${hold.node} holds at ${at(hold.from)}, after ${last.node} had its turn`,
        {
          operations: [last.index, hold.index],
          zxids: [last.from, hold.from],
        },
      )
    last = hold
  }
}

/** The ephemeral at `path` itself: whoever could create it leads. */
export function checkLatch(c: Case, path: string): void {
  const deletedAfter = deletions(c)
  const holds = c.history.operations.flatMap((op, index): Hold[] => {
    const { request } = op
    if (!isAnswered(op) || op.err !== E.OK || !('flags' in request)) return []
    if (request.path !== path || request.flags !== CREATE_FLAGS.ephemeral) return []
    const from = zxidOfWrite(c, index) ?? op.zxid
    return [holdOf(c, index, `${path} of client ${op.client}, #${index},`, from, deletedAfter(path, from))]
  })
  checkExclusive(c, `latch ${path}`, holds)
}
