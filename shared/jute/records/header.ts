// What stands before a request and before an answer. Source: RequestHeader and ReplyHeader of zookeeper.jute.

import type { ErrorCode } from '../../zk/errors.ts'
import type { Zxid } from '../../zk/zxid.ts'
import type { JuteReader } from '../reader.ts'
import type { JuteWriter } from '../writer.ts'

export interface RequestHeader {
  /** Given by the client and echoed; some are special, see XIDS. */
  readonly xid: number
  readonly op: number
}

export interface ReplyHeader {
  readonly xid: number
  /** What the server had applied when it answered. */
  readonly zxid: Zxid
  /** Other than 0: no body follows. */
  readonly err: ErrorCode
}

export function readRequestHeader(reader: JuteReader): RequestHeader {
  return { xid: reader.int(), op: reader.int() }
}

export function writeRequestHeader(writer: JuteWriter, xid: number, op: number): void {
  writer.int(xid)
  writer.int(op)
}

export function readReplyHeader(reader: JuteReader): ReplyHeader {
  return { xid: reader.int(), zxid: reader.zxid(), err: reader.int() }
}

export function writeReplyHeader(writer: JuteWriter, xid: number, zxid: Zxid, err: ErrorCode): void {
  writer.int(xid)
  writer.zxid(zxid)
  writer.int(err)
}
