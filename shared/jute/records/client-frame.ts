// A client's frames after the first: a header, then a request or an auth packet. Which answer a frame gets
// is for the peer to say; here it only becomes a value. Source: RequestHeader, AuthPacket of zookeeper.jute.

import { OP_CODES, XIDS } from '../../zk/op.ts'
import type { ClientRequest } from '../../zk/request.ts'
import { DecodeError, JuteReader, VALUE_BYTES_MAX } from '../reader.ts'
import type { JuteWriter } from '../writer.ts'
import { writeRequestHeader } from './header.ts'
import { isClientOp, readRequestBody } from './read-request.ts'
import { opOf, writeRequestBody } from './request.ts'

/** "I am …", in a scheme's own form: for digest, `user:password` as UTF-8. */
export interface AuthPacket {
  readonly scheme: string
  readonly auth: Uint8Array
}

interface FrameHead {
  readonly xid: number
  readonly op: number
}

export type ClientFrame =
  | (FrameHead & { readonly type: 'request'; readonly request: ClientRequest })
  | (FrameHead & { readonly type: 'auth'; readonly auth: AuthPacket })
  /** What a SASL mechanism of the client says (GetSASLRequest); the answer is a `saslToken`. */
  | (FrameHead & { readonly type: 'sasl'; readonly token: Uint8Array })
  /** No client may ask this: answer UNIMPLEMENTED with zxid -1, then close. */
  | (FrameHead & { readonly type: 'unknownOp' })

/** For `readClientFrame`: to be used again for every frame that comes in, whose bytes are never written again. */
export function createFrameReader(): JuteReader {
  return new JuteReader(new Uint8Array(0), 0, 0, VALUE_BYTES_MAX, true)
}

/** Reads one frame that fills `bytes`, which need not stay as they are. As `readClientFrame`. */
export function decodeClientFrame(bytes: Uint8Array): ClientFrame {
  return readClientFrame(new JuteReader(bytes))
}

/**
 * Reads one frame of a client that has a session. Throws DecodeError when even the header, an auth packet or
 * a SASL token cannot be read: then the connection is closed without an answer. A request's body that cannot be read
 * gives the request `undecodable`.
 */
export function readClientFrame(reader: JuteReader): ClientFrame {
  const xid = reader.int()
  const op = reader.int()
  if (op === OP_CODES.auth) return { type: 'auth', xid, op, auth: readAuthPacket(reader) }
  if (op === OP_CODES.sasl) return { type: 'sasl', xid, op, token: readSaslToken(reader) }
  const request = isClientOp(op) ? readRequestBody(op, reader) : null
  return request === null ? { type: 'unknownOp', xid, op } : { type: 'request', xid, op, request }
}

/** The client's side: header and body, without the frame's length. */
export function writeRequest(writer: JuteWriter, xid: number, request: ClientRequest): void {
  writeRequestHeader(writer, xid, opOf(request))
  writeRequestBody(writer, request)
}

/** The client's side of a GetSASLRequest, without the frame's length. */
export function writeSaslRequest(writer: JuteWriter, xid: number, token: Uint8Array): void {
  writeRequestHeader(writer, xid, OP_CODES.sasl)
  writer.buffer(token)
}

/** The client's side of an auth packet, without the frame's length. Its xid is always the same. */
export function writeAuthPacket(writer: JuteWriter, packet: AuthPacket): void {
  writeRequestHeader(writer, XIDS.auth, OP_CODES.auth)
  writer.int(0) // a type that nobody reads
  writer.ustring(packet.scheme)
  writer.buffer(packet.auth)
}

function readAuthPacket(reader: JuteReader): AuthPacket {
  reader.int()
  return { scheme: reader.string(), auth: reader.buffer() ?? new Uint8Array(0) }
}

function readSaslToken(reader: JuteReader): Uint8Array {
  const token = reader.buffer()
  if (token === null) throw new DecodeError('a SASL token is null')
  return token
}
