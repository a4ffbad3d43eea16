// Requests encoded once, before the clock runs: what is sent is a copy with an xid written into it. Also where things
// lie in frames and answers, and what the data of our znodes holds.

import { writeRequest } from '#shared/jute/records/client-frame.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import type { ClientRequest } from '#shared/zk/request.ts'

/** Where the xid lies in a frame with its length. */
export const XID_AT = 4
/** Of the closeSession that ends a run: no request gets that far. */
export const CLOSE_XID = 2 ** 31 - 1
/** Where the path begins in a frame with its length, for every request that begins with one. */
export const PATH_AT = 16
/** Of an answer without its length: xid, zxid, err. */
export const REPLY_HEADER_BYTES = 16
/** The last field of setData: the version. */
const VERSION_BYTES = 4
/** In a Stat. */
export const STAT_BYTES = 68
export const STAT_VERSION_AT = 32
export const STAT_DATA_LENGTH_AT = 52
export const STAT_NUM_CHILDREN_AT = 56
/** Every znode's data begins with its key's number and its version, as 32-bit integers. */
export const STAMP_BYTES = 8

export function frameOf(request: ClientRequest, xid = 0): Buffer {
  const writer = new JuteWriter()
  const place = writer.beginLength()
  writeRequest(writer, xid, request)
  writer.endLength(place)
  return Buffer.from(writer.take())
}

/** `bytes` of data for the key with this number, at this version. */
export function stampedData(bytes: number, key: number, version: number): Uint8Array {
  const data = new Uint8Array(bytes)
  for (let i = STAMP_BYTES; i < bytes; i += 1) data[i] = 97 + (i % 26) // letters, so that nothing is all zeros
  const view = new DataView(data.buffer)
  view.setInt32(0, key)
  view.setInt32(4, version)
  return data
}

/** Where the version of the stamp lies in the frame of a setData with `bytes` of data. */
export function stampVersionAt(frame: Uint8Array, bytes: number): number {
  return frame.length - VERSION_BYTES - bytes + 4
}
