// HC-10: at the end of a healed run every server holds state(last of L), whole: nothing acknowledged is lost.
// HC-11: a server that serves is not too far behind, or had better stop serving.

import { CONFIG_PATH } from '../tree/create-tree.ts'
import { type DataTree, plainZnode } from '../tree/data-tree.ts'
import { dataOf } from '../tree/node-data.ts'
import type { Znode } from '../tree/znode.ts'
import { ERROR_CODES as E } from '../zk/errors.ts'
import type { Sid } from '../zk/ids.ts'
import type { Zxid } from '../zk/zxid.ts'
import { at, type Case, isAnswered, isWrite, named, opAt, report, zxidOfWrite } from './case.ts'
import { isEqual } from './equal.ts'
import type { Visitor } from './replay.ts'
import { maxBefore, type Point } from './timeline.ts'

/** Differences named per server; more would not help. */
const DIFFERENCES_MAX = 5

/** With an L: against its end. */
export function checkFinals(c: Case): Visitor {
  return {
    end(tree) {
      for (const { server, tree: held } of c.options.finals ?? []) compareTrees(c, `server ${server}`, held, tree)
    },
  }
}

/** Without an L: against each other, and against what was acknowledged. */
export function checkFinalsAlone(c: Case): void {
  const finals = c.options.finals ?? []
  const [first, ...others] = finals
  if (c.log || !first) return
  for (const { server, tree } of others) compareTrees(c, `server ${server}`, tree, first.tree)
  checkAcknowledged(c, first.tree)
}

function compareTrees(c: Case, who: string, held: DataTree, expected: DataTree): void {
  const wrong: string[] = []
  for (const [path, node] of expected.nodes) {
    const other = held.nodes.get(path)
    if (!other) wrong.push(`${path} is missing`)
    else if (path !== CONFIG_PATH && !isEqual(comparable(other), comparable(node))) wrong.push(`${path} differs`)
  }
  for (const path of held.nodes.keys()) if (!expected.nodes.has(path)) wrong.push(`${path} should not be there`)
  if (!isEqual(sessionsOf(held), sessionsOf(expected))) wrong.push('its sessions differ')
  const zxids = [held.lastProcessedZxid, expected.lastProcessedZxid]
  if (wrong.length > 0)
    report(c, 'HC-10', null, `${who} at the end: ${wrong.slice(0, DIFFERENCES_MAX).join(', ')}`, { zxids })
}

function comparable(node: Znode): unknown {
  return {
    ...plainZnode(node),
    children: [...(node.children ?? [])].sort(),
    acl: node.acl ?? [],
    data: dataOf(node) ?? new Uint8Array(0),
  }
}

function sessionsOf(tree: DataTree): unknown {
  return [...tree.sessions].map(([id, timeoutMs]) => `${id} ${timeoutMs}`).sort()
}

/** Each acknowledged write of a path is there or has been overwritten; who deletes it has asked for that. */
function checkAcknowledged(c: Case, tree: DataTree): void {
  const deletable = new Set<string>()
  for (const { request } of c.history.operations) {
    if (request.type === 'delete') deletable.add(request.path)
    if (request.type === 'multi') for (const op of request.ops) deletable.add(op.path)
  }
  for (const [i, op] of c.history.operations.entries()) {
    if (!isAnswered(op) || op.err !== E.OK) continue
    const path = writtenPath(op.body?.type === 'path' ? op.body.path : null, i, c)
    if (path === null || deletable.has(path)) continue
    const node = tree.nodes.get(path)
    if (node ? node.mzxid < op.zxid : op.request.type !== 'create' || isPersistent(op.request.flags))
      report(c, 'HC-10', null, `${named(c, i)}, acknowledged at ${at(op.zxid)}, is lost`, {
        operations: [i],
        zxids: [op.zxid],
      })
  }
}

function writtenPath(created: string | null, index: number, c: Case): string | null {
  const { request } = opAt(c, index)
  if (request.type === 'setData') return request.path
  return request.type === 'create' ? created : null
}

/** Neither an ephemeral, which goes with its session, nor a container or TTL node, which goes by itself. */
function isPersistent(flags: number): boolean {
  return flags === 0 || flags === 2
}

/** HC-11, by what the history shows and by what hosts sampled. */
export function checkStaleness(c: Case): void {
  const { lagMaxMs, committed = [], served = [] } = c.options
  if (lagMaxMs === undefined) return
  const done = c.history.operations.flatMap((op, owner): Point[] => {
    const value = zxidOfWrite(c, owner)
    return value !== null && op.doneAtMs !== null ? [{ time: op.doneAtMs, value, owner }] : []
  })
  const sampled = committed.map(({ atMs, zxid }): Point => ({ time: atMs, value: zxid, owner: -1 }))
  const floorAt = maxBefore([...done, ...sampled])
  const judge = (server: Sid, atMs: number, zxid: Zxid, operations: readonly number[]) => {
    const floor = floorAt(atMs - lagMaxMs)
    if (floor && floor.value > zxid)
      report(
        c,
        'HC-11',
        null,
        `server ${server} serves ${at(zxid)} at ${atMs} ms, more than ${lagMaxMs} ms after ${at(floor.value as Zxid)} was committed`,
        { operations: floor.owner >= 0 ? [floor.owner, ...operations] : operations, zxids: [zxid] },
      )
  }
  for (const { server, atMs, zxid } of served) judge(server, atMs, zxid, [])
  for (const [i, op] of c.history.operations.entries())
    if (isAnswered(op) && !isWrite(op.request)) judge(op.server, op.sentAtMs, op.zxid, [i])
}
