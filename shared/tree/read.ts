// Answers to reads, from the tree as it is applied here. Watches that come with a read are set by the peer,
// in the same step, so that nothing can happen in between. Source: FinalRequestProcessor.

import { unreachable } from '../base/assert.ts'
import { type AuthId, OPEN_ACL, PERMS } from '../zk/acl.ts'
import { ERROR_CODES, type ErrorCode } from '../zk/errors.ts'
import type { SessionId } from '../zk/ids.ts'
import { baseName } from '../zk/path.ts'
import { type ChildPaths, type MultiResult, NO_BODY, type ReplyBody } from '../zk/reply.ts'
import type { MultiReadOp, ReadRequest } from '../zk/request.ts'
import type { Stat } from '../zk/stat.ts'
import { isAllowed, maskDigests } from './acl.ts'
import type { DataTree } from './data-tree.ts'
import { dataOf } from './node-data.ts'
import { DEFAULT_TREE_OPTIONS, type TreeOptions } from './options.ts'
import { statOf } from './stat.ts'
import type { Znode } from './znode.ts'

/** From so many children on they are told as paths: a million names took half a second to cut out of them. */
export const CHILD_PATHS_FROM = 1000

/** The reads that the tree alone can answer. */
export type TreeRead = Extract<
  ReadRequest,
  {
    type:
      | 'exists'
      | 'getData'
      | 'getACL'
      | 'getChildren'
      | 'getChildren2'
      | 'multiRead'
      | 'getEphemerals'
      | 'getAllChildrenNumber'
  }
>

export interface ReadAnswer {
  readonly err: ErrorCode
  /** NO_BODY with an error. */
  readonly body: ReplyBody
}

function ok(body: ReplyBody): ReadAnswer {
  return { err: ERROR_CODES.OK, body }
}

function refuse(err: ErrorCode): ReadAnswer {
  return { err, body: NO_BODY }
}

/** `auth` and `sessionId` are the asker's. A path is looked up as it is: `''` finds the root, `/a/` nothing. */
export function readRequest(
  tree: DataTree,
  request: TreeRead,
  auth: readonly AuthId[],
  sessionId: SessionId,
  options: TreeOptions = DEFAULT_TREE_OPTIONS,
): ReadAnswer {
  switch (request.type) {
    case 'multiRead':
      return ok({ type: 'multi', results: request.ops.map((op) => readMember(tree, op, auth, options)) })
    case 'getEphemerals':
      return ok({ type: 'ephemerals', paths: ephemerals(tree, sessionId, request.prefix) })
    case 'exists':
      if (request.path.includes('\0')) return refuse(ERROR_CODES.BADARGUMENTS)
      break
    default:
  }
  const node = readable(
    tree,
    request.path,
    request.type === 'getACL' ? PERMS.READ | PERMS.ADMIN : PERMS.READ,
    auth,
    options,
  )
  if (typeof node === 'number') return refuse(node)
  switch (request.type) {
    case 'exists':
      return ok({ type: 'stat', stat: statOf(node) })
    case 'getData':
      return ok({ type: 'data', data: dataOf(node), stat: statOf(node) })
    case 'getACL':
      return ok(aclBody(node, auth, options))
    case 'getChildren':
      return ok(childPaths(node, null) ?? { type: 'children', children: childNames(node) })
    case 'getChildren2': {
      const stat = statOf(node)
      return ok(childPaths(node, stat) ?? { type: 'childrenStat', children: childNames(node), stat })
    }
    case 'getAllChildrenNumber':
      // "" is the root too, whose own key "/" then counts as below it (DataTree.getAllChildrenNumber).
      if (request.path === '') return ok({ type: 'count', count: countBelow(tree, '/') + 1 })
      return ok({ type: 'count', count: countBelow(tree, request.path) })
    default:
      return unreachable(request)
  }
}

/** The node, or why not. */
function readable(
  tree: DataTree,
  path: string,
  perms: number,
  auth: readonly AuthId[],
  options: TreeOptions,
): Znode | ErrorCode {
  const node = tree.nodes.get(path === '' ? '/' : path)
  if (!node) return ERROR_CODES.NONODE
  return options.skipAcl || isAllowed(node.acl, perms, auth, options.schemes) ? node : ERROR_CODES.NOAUTH
}

function readMember(tree: DataTree, op: MultiReadOp, auth: readonly AuthId[], options: TreeOptions): MultiResult {
  const node = readable(tree, op.path, PERMS.READ, auth, options)
  if (typeof node === 'number') return { type: 'error', err: node }
  if (op.type === 'getData') return { type: 'getData', data: dataOf(node), stat: statOf(node) }
  return { type: 'getChildren', children: childNames(node) }
}

function aclBody(node: Znode, auth: readonly AuthId[], options: TreeOptions): ReplyBody {
  const acl = node.acl ?? OPEN_ACL
  const isAdmin = options.skipAcl || isAllowed(node.acl, PERMS.ADMIN, auth, options.schemes)
  return { type: 'acl', acl: isAdmin ? acl : maskDigests(acl), stat: statOf(node) }
}

/** Null when there are so few that names do as well. */
function childPaths({ children }: Znode, parentStat: Stat | null): ChildPaths | null {
  if (!children || children.size < CHILD_PATHS_FROM) return null
  const paths = children.copy()
  const [first = ''] = paths
  return { type: 'childPaths', paths, nameAt: first.length - baseName(first).length, parentStat }
}

function childNames(node: Znode): string[] {
  const names: string[] = []
  // All of them begin behind the same slash: it is looked for once, not a million times.
  let from = -1
  for (const path of node.children ?? []) {
    if (from < 0) from = path.length - baseName(path).length
    names.push(path.slice(from))
  }
  return names
}

/** A prefix is a string, not a directory: `/lo` finds `/lock-1`. */
function ephemerals(tree: DataTree, sessionId: SessionId, prefix: string | null): string[] {
  const paths = [...(tree.ephemerals.get(sessionId) ?? [])]
  if (prefix === null || prefix.trim() === '' || prefix === '/') return paths
  return paths.filter((path) => path.startsWith(prefix))
}

/** All descendants; for the root ZooKeeper's "nodes − 2", where it counts the root twice. */
function countBelow(tree: DataTree, top: string): number {
  if (top === '/') return tree.nodes.size - 1
  let count = 0
  const paths = [top]
  for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
    for (const child of tree.nodes.get(path)?.children ?? []) {
      count += 1
      paths.push(child)
    }
  }
  return count
}
