// Answers: a ReplyHeader, then a body that depends on the operation that was asked. Only the side that asked
// knows which one that was. Source: the *Response records of zookeeper.jute, client-protocol.md §5–6.

import { unreachable } from '../../base/assert.ts'
import type { AuthId } from '../../zk/acl.ts'
import { ERROR_CODES, type ErrorCode } from '../../zk/errors.ts'
import { OP_CODES } from '../../zk/op.ts'
import { type MultiResult, NO_BODY, type ReplyBody } from '../../zk/reply.ts'
import type { Zxid } from '../../zk/zxid.ts'
import { type JuteReader, readString } from '../reader.ts'
import { type JuteWriter, writeString } from '../writer.ts'
import { ACL_BYTES_MIN, AUTH_ID_BYTES_MIN, readAcl, readAuthId, writeAclList, writeAuthId } from './acl.ts'
import { type ReplyHeader, readReplyHeader, writeReplyHeader } from './header.ts'
import { readMultiMembers, writeMultiEnd, writeMultiHeader } from './multi.ts'
import { readStat, writeStat } from './stat.ts'

/** Header and body, without the frame's length. With an error there is no body, but for SASL's empty token. */
export function writeReply(writer: JuteWriter, xid: number, zxid: Zxid, err: ErrorCode, body: ReplyBody): void {
  writeReplyHeader(writer, xid, zxid, err)
  if (err === ERROR_CODES.OK || body.type === 'saslToken') writeReplyBody(writer, body)
}

/** Reads an answer to `op`; `body` is NO_BODY with an error. Throws DecodeError. */
export function readReply(reader: JuteReader, op: number): ReplyHeader & { readonly body: ReplyBody } {
  const { xid, zxid, err } = readReplyHeader(reader)
  return { xid, zxid, err, body: err === ERROR_CODES.OK ? readReplyBody(reader, op) : NO_BODY }
}

function writeReplyBody(writer: JuteWriter, body: ReplyBody): void {
  switch (body.type) {
    case 'none':
      break
    case 'path':
      writer.ustring(body.path)
      break
    case 'pathStat':
      writer.ustring(body.path)
      writeStat(writer, body.stat)
      break
    case 'stat':
      writeStat(writer, body.stat)
      break
    case 'data':
      writer.buffer(body.data)
      writeStat(writer, body.stat)
      break
    case 'acl':
      writeAclList(writer, body.acl)
      writeStat(writer, body.stat)
      break
    case 'children':
      writer.vector(body.children, writeString)
      break
    case 'childrenStat':
      writer.vector(body.children, writeString)
      writeStat(writer, body.stat)
      break
    case 'childPaths':
      writer.tails(body.paths, body.nameAt)
      if (body.parentStat) writeStat(writer, body.parentStat)
      break
    case 'multi':
      for (const result of body.results) writeMultiResult(writer, result)
      writeMultiEnd(writer)
      break
    case 'ephemerals':
      writer.vector(body.paths, writeString)
      break
    case 'count':
      writer.int(body.count)
      break
    case 'errorCode':
      writer.int(body.err)
      break
    case 'whoAmI':
      writer.vector<AuthId>(body.ids, writeAuthId)
      break
    case 'saslToken':
      writer.buffer(body.token)
      break
    default:
      unreachable(body)
  }
}

/** Reads what follows a ReplyHeader without an error, where `op` was asked. Throws DecodeError. */
export function readReplyBody(reader: JuteReader, op: number): ReplyBody {
  switch (op) {
    case OP_CODES.create:
    case OP_CODES.sync:
      return { type: 'path', path: reader.ustring() }
    case OP_CODES.create2:
    case OP_CODES.createContainer:
    case OP_CODES.createTTL:
      return { type: 'pathStat', path: reader.string(), stat: readStat(reader) }
    case OP_CODES.exists:
    case OP_CODES.setData:
    case OP_CODES.setACL:
      return { type: 'stat', stat: readStat(reader) }
    case OP_CODES.getData:
    case OP_CODES.reconfig:
      return { type: 'data', data: reader.buffer(), stat: readStat(reader) }
    case OP_CODES.getACL:
      return { type: 'acl', acl: reader.list(ACL_BYTES_MIN, readAcl), stat: readStat(reader) }
    case OP_CODES.getChildren:
      return { type: 'children', children: reader.list(4, readString) }
    case OP_CODES.getChildren2:
      return { type: 'childrenStat', children: reader.list(4, readString), stat: readStat(reader) }
    case OP_CODES.multi:
    case OP_CODES.multiRead:
      return { type: 'multi', results: readMultiMembers(reader, readMultiResult) }
    case OP_CODES.getEphemerals:
      return { type: 'ephemerals', paths: reader.list(4, readString) }
    case OP_CODES.getAllChildrenNumber:
      return { type: 'count', count: reader.int() }
    case OP_CODES.addWatch:
      return { type: 'errorCode', err: reader.int() }
    case OP_CODES.whoAmI:
      return { type: 'whoAmI', ids: reader.list(AUTH_ID_BYTES_MIN, readAuthId) }
    case OP_CODES.sasl:
      return { type: 'saslToken', token: reader.buffer() }
    default:
      return NO_BODY
  }
}

function writeMultiResult(writer: JuteWriter, result: MultiResult): void {
  if (result.type === 'error') {
    writeMultiHeader(writer, OP_CODES.error, result.err)
    writer.int(result.err)
    return
  }
  writeMultiHeader(writer, OP_CODES[result.type], ERROR_CODES.OK)
  switch (result.type) {
    case 'create':
      writer.ustring(result.path)
      break
    case 'create2':
      writer.ustring(result.path)
      writeStat(writer, result.stat)
      break
    case 'delete':
    case 'check':
      break
    case 'setData':
      writeStat(writer, result.stat)
      break
    case 'getData':
      writer.buffer(result.data)
      writeStat(writer, result.stat)
      break
    case 'getChildren':
      writer.vector(result.children, writeString)
      break
    default:
      unreachable(result)
  }
}

function readMultiResult(reader: JuteReader, type: number): MultiResult | null {
  switch (type) {
    case OP_CODES.create:
      return { type: 'create', path: reader.string() }
    case OP_CODES.create2:
      return { type: 'create2', path: reader.string(), stat: readStat(reader) }
    case OP_CODES.delete:
      return { type: 'delete' }
    case OP_CODES.check:
      return { type: 'check' }
    case OP_CODES.setData:
      return { type: 'setData', stat: readStat(reader) }
    case OP_CODES.getData:
      return { type: 'getData', data: reader.buffer(), stat: readStat(reader) }
    case OP_CODES.getChildren:
      return { type: 'getChildren', children: reader.list(4, readString) }
    case OP_CODES.error:
      return { type: 'error', err: reader.int() }
    default:
      return null
  }
}
