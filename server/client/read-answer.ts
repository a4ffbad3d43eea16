// Answers as this client hands them out: as shared/jute reads them, but data as a Buffer. Small ones share memory that
// Node sets aside for them, which costs less than a piece of memory each.

import type { JuteReader } from '#shared/jute/reader.ts'
import { readReplyBody } from '#shared/jute/records/reply.ts'
import { readStat } from '#shared/jute/records/stat.ts'
import { OP_CODES } from '#shared/zk/op.ts'
import type { ReplyBody } from '#shared/zk/reply.ts'

/** Reads what follows a ReplyHeader without an error, where `op` was asked. Throws DecodeError. */
export function readAnswer(reader: JuteReader, op: number): ReplyBody {
  if (op !== OP_CODES.getData) return readReplyBody(reader, op)
  const data = reader.bufferView()
  return { type: 'data', data: data && Buffer.from(data), stat: readStat(reader) }
}

/** The same bytes, not a copy. */
export function asBuffer(bytes: Uint8Array | null): Buffer | null {
  if (bytes === null || Buffer.isBuffer(bytes)) return bytes
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
