// The first message on an election connection, and the frames after it. Bytes only; who keeps a connection
// is election-port.ts's business. Source: QuorumCnxManager.InitialMessage, election.md §2.

import { err, ok, type Result } from '#shared/base/result.ts'
import { asSid, type Sid } from '#shared/zk/ids.ts'

const PROTOCOL_V1 = -65536n
const PROTOCOL_V2 = -65535n
const ADDRESS_BYTES_MAX = 2048
export const ELECTION_FRAME_BYTES_MAX = 524_288

export interface Handshake {
  readonly sid: Sid
  /** `host:port` of the sender's election port; null in the oldest form. */
  readonly address: string | null
}

export function encodeHandshake(sid: Sid, address: string): Buffer {
  const bytes = Buffer.from(address, 'utf8')
  const head = Buffer.alloc(20)
  head.writeBigInt64BE(PROTOCOL_V1, 0)
  head.writeBigInt64BE(BigInt(sid), 8)
  head.writeInt32BE(bytes.length, 16)
  return Buffer.concat([head, bytes])
}

export function encodeFrame(payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(4 + payload.length)
  frame.writeInt32BE(payload.length, 0)
  frame.set(payload, 4)
  return frame
}

/** Takes what a connection brings, in pieces of any size. */
export class ElectionReader {
  #bytes: Buffer = Buffer.alloc(0)

  push(chunk: Uint8Array): void {
    this.#bytes = this.#bytes.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#bytes, chunk])
  }

  /** The handshake once it is whole, null before; the error is a sentence. */
  handshake(): Result<Handshake | null, string> {
    const bytes = this.#bytes
    if (bytes.length < 8) return ok(null)
    const first = bytes.readBigInt64BE(0)
    if (first >= 0n) return this.#accept(8, first, null)
    if (first !== PROTOCOL_V1 && first !== PROTOCOL_V2) return err(`speaks an unknown election protocol ${first}`)
    if (bytes.length < 20) return ok(null)
    const length = bytes.readInt32BE(16)
    if (length < 1 || length > ADDRESS_BYTES_MAX) return err(`announces an address of ${length} bytes`)
    if (bytes.length < 20 + length) return ok(null)
    const text = bytes.toString('utf8', 20, 20 + length)
    return this.#accept(20 + length, bytes.readBigInt64BE(8), text.split('|')[0] ?? null)
  }

  /** The next message once it is whole, null before. */
  frame(): Result<Uint8Array | null, string> {
    if (this.#bytes.length < 4) return ok(null)
    const length = this.#bytes.readInt32BE(0)
    if (length < 1 || length > ELECTION_FRAME_BYTES_MAX) return err(`sends a message of ${length} bytes`)
    if (this.#bytes.length < 4 + length) return ok(null)
    const payload = this.#bytes.subarray(4, 4 + length)
    this.#bytes = this.#bytes.subarray(4 + length)
    return ok(payload)
  }

  #accept(used: number, sid: bigint, address: string | null): Result<Handshake, string> {
    if (sid < 0n || sid > BigInt(Number.MAX_SAFE_INTEGER)) return err(`claims the server id ${sid}`)
    this.#bytes = this.#bytes.subarray(used)
    return ok({ sid: asSid(Number(sid)), address })
  }
}
