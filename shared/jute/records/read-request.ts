// The other half of request.ts: bytes to requests. One table from opcode to reader; what is not in it is
// an unknown operation. Source: the *Request records of zookeeper.jute, client-protocol.md §5–6.

import { OP_CODES } from '../../zk/op.ts'
import type {
  ClientRequest,
  CreateRequest,
  CreateTtlRequest,
  MultiOp,
  MultiReadOp,
  SetWatchesRequest,
} from '../../zk/request.ts'
import { DecodeError, type JuteReader, readString } from '../reader.ts'
import { readAclList } from './acl.ts'
import { readMultiMembers } from './multi.ts'

type ReadBody = (reader: JuteReader) => ClientRequest

const READERS: ReadonlyMap<number, ReadBody> = new Map<number, ReadBody>([
  [OP_CODES.create, (r) => readCreate(r, 'create')],
  [OP_CODES.create2, (r) => readCreate(r, 'create2')],
  [OP_CODES.createContainer, (r) => readCreate(r, 'createContainer')],
  [OP_CODES.createTTL, readCreateTtl],
  [OP_CODES.delete, (r) => ({ type: 'delete', path: r.string(), version: r.int() })],
  [OP_CODES.setData, (r) => ({ type: 'setData', path: r.string(), data: r.buffer(), version: r.int() })],
  [OP_CODES.setACL, (r) => ({ type: 'setACL', path: r.string(), acl: readAclList(r), version: r.int() })],
  [OP_CODES.multi, (r) => ({ type: 'multi', ops: readMultiMembers(r, readMultiOp) })],
  [OP_CODES.reconfig, readReconfig],
  [OP_CODES.closeSession, () => ({ type: 'closeSession' })],
  [OP_CODES.createSession, (r) => ({ type: 'createSession', timeoutMs: r.int() })],
  [OP_CODES.deleteContainer, (r) => ({ type: 'deleteContainer', path: r.text(r.remaining) })],
  [OP_CODES.exists, (r) => ({ type: 'exists', path: r.string(), watch: r.bool() })],
  [OP_CODES.getData, (r) => ({ type: 'getData', path: r.string(), watch: r.bool() })],
  [OP_CODES.getChildren, (r) => ({ type: 'getChildren', path: r.string(), watch: r.bool() })],
  [OP_CODES.getChildren2, (r) => ({ type: 'getChildren2', path: r.string(), watch: r.bool() })],
  [OP_CODES.getACL, (r) => ({ type: 'getACL', path: r.string() })],
  [OP_CODES.multiRead, (r) => ({ type: 'multiRead', ops: readMultiMembers(r, readMultiReadOp) })],
  [OP_CODES.getEphemerals, (r) => ({ type: 'getEphemerals', prefix: r.ustring() })],
  [OP_CODES.getAllChildrenNumber, (r) => ({ type: 'getAllChildrenNumber', path: r.string() })],
  [OP_CODES.whoAmI, () => ({ type: 'whoAmI' })],
  [OP_CODES.checkWatches, (r) => ({ type: 'checkWatches', path: r.string(), watcherType: r.int() })],
  [OP_CODES.removeWatches, (r) => ({ type: 'removeWatches', path: r.string(), watcherType: r.int() })],
  [OP_CODES.addWatch, (r) => ({ type: 'addWatch', path: r.string(), mode: r.int() })],
  [OP_CODES.setWatches, (r) => readSetWatches(r, 'setWatches')],
  [OP_CODES.setWatches2, (r) => readSetWatches(r, 'setWatches2')],
  [OP_CODES.ping, () => ({ type: 'ping' })],
  [OP_CODES.sync, (r) => ({ type: 'sync', path: r.ustring() })],
])

/** Only servers say these to each other; in a client's frame they are unknown operations. */
const INTERNAL: ReadonlySet<number> = new Set([OP_CODES.createSession, OP_CODES.deleteContainer])

/** True when a client may send `op` (auth packets apart, which are no requests). */
export function isClientOp(op: number): boolean {
  return READERS.has(op) && !INTERNAL.has(op)
}

/**
 * Reads what follows the opcode. A body that cannot be decoded gives `undecodable`, whether `op` reads or
 * writes; an unknown `op` gives null. Never throws. A check outside a multi counts as unknown, as from 3.8.5 on.
 */
export function readRequestBody(op: number, reader: JuteReader): ClientRequest | null {
  const readBody = READERS.get(op)
  if (!readBody) return null
  try {
    return readBody(reader)
  } catch (error) {
    if (error instanceof DecodeError) return { type: 'undecodable', op }
    throw error
  }
}

function readCreate(reader: JuteReader, type: CreateRequest['type']): CreateRequest {
  const path = reader.string()
  const data = reader.buffer()
  const acl = readAclList(reader)
  return { type, path, data, acl, flags: reader.int() }
}

function readCreateTtl(reader: JuteReader): CreateTtlRequest {
  const { path, data, acl, flags } = readCreate(reader, 'create')
  return { type: 'createTTL', path, data, acl, flags, ttlMs: reader.longNumber() }
}

function readReconfig(reader: JuteReader): ClientRequest {
  const joiningServers = reader.ustring()
  const leavingServers = reader.ustring()
  const newMembers = reader.ustring()
  return { type: 'reconfig', joiningServers, leavingServers, newMembers, curConfigId: reader.zxid() }
}

function readSetWatches(reader: JuteReader, type: SetWatchesRequest['type']): SetWatchesRequest {
  const relativeZxid = reader.zxid()
  const data = readPaths(reader)
  const exist = readPaths(reader)
  const child = readPaths(reader)
  const more = type === 'setWatches2'
  const persistent = more ? readPaths(reader) : []
  const persistentRecursive = more ? readPaths(reader) : []
  return { type, relativeZxid, data, exist, child, persistent, persistentRecursive }
}

/** A null list makes the request undecodable, as it does for Apache. */
function readPaths(reader: JuteReader): string[] {
  const paths = reader.vector(4, readString)
  if (paths === null) throw new DecodeError('a list of paths is null')
  return paths
}

/** Null for what a multi cannot hold: such a multi fails as a whole. */
function readMultiOp(reader: JuteReader, op: number): MultiOp | null {
  switch (op) {
    case OP_CODES.create:
      return readCreate(reader, 'create')
    case OP_CODES.create2:
      return readCreate(reader, 'create2')
    case OP_CODES.createContainer:
      return readCreate(reader, 'createContainer')
    case OP_CODES.createTTL:
      return readCreateTtl(reader)
    case OP_CODES.delete:
      return { type: 'delete', path: reader.string(), version: reader.int() }
    case OP_CODES.setData:
      return { type: 'setData', path: reader.string(), data: reader.buffer(), version: reader.int() }
    case OP_CODES.check:
      return { type: 'check', path: reader.string(), version: reader.int() }
    default:
      return null
  }
}

function readMultiReadOp(reader: JuteReader, op: number): MultiReadOp | null {
  if (op !== OP_CODES.getData && op !== OP_CODES.getChildren) return null
  const path = reader.string()
  reader.bool() // the watch flag: a multiRead never sets a watch
  return { type: op === OP_CODES.getData ? 'getData' : 'getChildren', path }
}
