// From the caller's words for a create to the request: the mode decides operation, flags and ttl.
// Source: CreateMode, client-protocol.md §5 and §8.

import { utf8Encode } from '#shared/base/text.ts'
import { type Acl, OPEN_ACL } from '#shared/zk/acl.ts'
import { CREATE_FLAGS } from '#shared/zk/op.ts'
import { pathProblem } from '#shared/zk/path.ts'
import type { CreateRequest, CreateTtlRequest } from '#shared/zk/request.ts'
import { badArguments } from './errors.ts'

/**
 * `persistent`, `ephemeral`, `persistentSequential`, `ephemeralSequential`, `container`, `persistentWithTtl`,
 * `persistentSequentialWithTtl`.
 */
export type CreateMode = keyof typeof CREATE_FLAGS

/** Text is stored as UTF-8. `null` and empty are different to ZooKeeper. */
export type NodeData = Uint8Array | string | null

export interface CreateOptions {
  /** Default `persistent`. */
  readonly mode?: CreateMode
  /** For the modes with TTL: an empty node is removed when nobody has set it for so long. */
  readonly ttlMs?: number
  /** Default: everyone may do everything. */
  readonly acl?: readonly Acl[]
}

/** Five bytes on disk. Source: EphemeralType.TTL. */
const TTL_MAX_MS = 2 ** 40 - 1

export function toBytes(data: NodeData): Uint8Array | null {
  return typeof data === 'string' ? utf8Encode(data) : data
}

/** Throws BadArgumentsError for a path that no server accepts. */
export function checkPath(path: string): string {
  const problem = pathProblem(path)
  if (problem) throw badArguments(problem, path)
  return path
}

/** @param toServer puts the chroot before a path */
export function createRequest(
  path: string,
  data: NodeData,
  { mode = 'persistent', ttlMs, acl = OPEN_ACL }: CreateOptions,
  toServer: (path: string) => string,
): CreateRequest | CreateTtlRequest {
  // A sequential create may leave the whole name to the server: `/queue/`.
  checkPath(isSequential(mode) ? `${path}0` : path)
  const base = { path: toServer(path), data: toBytes(data), acl, flags: CREATE_FLAGS[mode] }
  if (hasTtl(mode)) {
    if (ttlMs === undefined || !Number.isInteger(ttlMs) || ttlMs < 1 || ttlMs > TTL_MAX_MS) {
      throw badArguments(`a create with TTL needs a ttlMs from 1 to ${TTL_MAX_MS}`, path)
    }
    return { type: 'createTTL', ...base, ttlMs }
  }
  if (ttlMs !== undefined) throw badArguments('only the modes with TTL take a ttlMs', path)
  return { type: mode === 'container' ? 'createContainer' : 'create2', ...base }
}

function isSequential(mode: CreateMode): boolean {
  return mode === 'persistentSequential' || mode === 'ephemeralSequential' || mode === 'persistentSequentialWithTtl'
}

function hasTtl(mode: CreateMode): boolean {
  return mode === 'persistentWithTtl' || mode === 'persistentSequentialWithTtl'
}
