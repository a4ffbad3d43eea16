// Request bodies, as clients send them and as servers forward them inside REQUEST packets: what follows the
// opcode. Source: the *Request records of zookeeper.jute, client-protocol.md §5–6.

import { unreachable } from '../../base/assert.ts'
import { OP_CODES } from '../../zk/op.ts'
import type {
  CheckRequest,
  ClientRequest,
  CreateRequest,
  CreateTtlRequest,
  DeleteRequest,
  MultiOp,
  MultiReadOp,
  SetWatchesRequest,
} from '../../zk/request.ts'
import type { JuteWriter } from '../writer.ts'
import { writeString } from '../writer.ts'
import { writeAclList } from './acl.ts'
import { writeMultiEnd, writeMultiHeader } from './multi.ts'

/** The opcode that stands before the body of `request`. */
export function opOf(request: ClientRequest): number {
  return request.type === 'undecodable' ? request.op : OP_CODES[request.type]
}

/** Writes what follows the opcode. Of an undecodable request nothing is left: it stays undecodable. */
export function writeRequestBody(writer: JuteWriter, request: ClientRequest): void {
  switch (request.type) {
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL':
      writeCreate(writer, request)
      break
    case 'delete':
      writeVersioned(writer, request)
      break
    case 'setData':
      writer.ustring(request.path)
      writer.buffer(request.data)
      writer.int(request.version)
      break
    case 'setACL':
      writer.ustring(request.path)
      writeAclList(writer, request.acl)
      writer.int(request.version)
      break
    case 'multi':
    case 'multiRead':
      for (const op of request.ops) writeMember(writer, op)
      writeMultiEnd(writer)
      break
    case 'reconfig':
      writer.ustring(request.joiningServers)
      writer.ustring(request.leavingServers)
      writer.ustring(request.newMembers)
      writer.zxid(request.curConfigId)
      break
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getChildren2':
      writer.ustring(request.path)
      writer.bool(request.watch)
      break
    case 'getACL':
    case 'getAllChildrenNumber':
    case 'sync':
      writer.ustring(request.path)
      break
    case 'getEphemerals':
      writer.ustring(request.prefix)
      break
    case 'checkWatches':
    case 'removeWatches':
      writer.ustring(request.path)
      writer.int(request.watcherType)
      break
    case 'addWatch':
      writer.ustring(request.path)
      writer.int(request.mode)
      break
    case 'setWatches':
    case 'setWatches2':
      writeSetWatches(writer, request)
      break
    case 'createSession':
      writer.int(request.timeoutMs)
      break
    case 'deleteContainer':
      writer.text(request.path)
      break
    case 'closeSession':
    case 'whoAmI':
    case 'ping':
    case 'undecodable':
      break
    default:
      unreachable(request)
  }
}

function writeCreate(writer: JuteWriter, request: CreateRequest | CreateTtlRequest): void {
  writer.ustring(request.path)
  writer.buffer(request.data)
  writeAclList(writer, request.acl)
  writer.int(request.flags)
  if (request.type === 'createTTL') writer.longNumber(request.ttlMs)
}

function writeVersioned(writer: JuteWriter, request: DeleteRequest | CheckRequest): void {
  writer.ustring(request.path)
  writer.int(request.version)
}

function writeMember(writer: JuteWriter, op: MultiOp | MultiReadOp): void {
  writeMultiHeader(writer, OP_CODES[op.type], -1)
  switch (op.type) {
    case 'check':
      writeVersioned(writer, op)
      break
    case 'getData':
    case 'getChildren':
      writer.ustring(op.path)
      writer.bool(false) // the watch flag: in a multiRead it never sets a watch
      break
    default:
      writeRequestBody(writer, op)
  }
}

function writeSetWatches(writer: JuteWriter, request: SetWatchesRequest): void {
  writer.zxid(request.relativeZxid)
  writer.vector(request.data, writeString)
  writer.vector(request.exist, writeString)
  writer.vector(request.child, writeString)
  if (request.type === 'setWatches') return
  writer.vector(request.persistent, writeString)
  writer.vector(request.persistentRecursive, writeString)
}
