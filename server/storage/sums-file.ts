// The side files of ST-1: `sums.<name>` beside a log or a snapshot says, with a CRC-32 of all bytes from the start, how
// far that file was durable and what was in it. Apache's servers neither read nor purge them. Layout and bytes only;
// writing beside a growing log is log-sums.ts, judging is sums-check.ts.

import fsp from 'node:fs/promises'
import zlib from 'node:zlib'
import { type Disk, replaceFile } from './disk.ts'
import { errorCode } from './storage-error.ts'

export const SUMS_PREFIX = 'sums.'

const MAGIC = 0x5a53554d // "ZSUM"
const VERSION = 1
export const SUMS_HEADER_BYTES = 8
export const CHECKPOINT_BYTES = 24
/** Whether the file ends there. */
const ENDED = 1
const CHUNK_BYTES = 256 * 1024

/** All bytes before `end` were durable, and `crc` is theirs. `ended`: there are no more. */
export interface Checkpoint {
  readonly end: number
  readonly crc: number
  readonly ended: boolean
}

export function sumsName(name: string): string {
  return `${SUMS_PREFIX}${name}`
}

/** The CRC-32 of `bytes` behind whatever gave `running`. */
export function runningCrc(bytes: Uint8Array, running: number): number {
  return zlib.crc32(bytes, running)
}

export function sumsHeader(): Buffer {
  const bytes = Buffer.alloc(SUMS_HEADER_BYTES)
  bytes.writeUInt32BE(MAGIC, 0)
  bytes.writeUInt32BE(VERSION, 4)
  return bytes
}

export function encodeCheckpoint({ end, crc, ended }: Checkpoint): Buffer {
  const bytes = Buffer.alloc(CHECKPOINT_BYTES)
  bytes.writeBigUInt64BE(BigInt(end), 0)
  bytes.writeUInt32BE(crc, 8)
  bytes.writeUInt32BE(ended ? ENDED : 0, 12)
  bytes.writeUInt32BE(MAGIC, 16)
  bytes.writeUInt32BE(zlib.crc32(bytes.subarray(0, 20)), 20)
  return bytes
}

/**
 * The checkpoints of a side file, ascending; those that are damaged themselves or torn are left out. Null when there is no
 * side file, or none that we can read.
 */
export async function readSums(path: string): Promise<readonly Checkpoint[] | null> {
  let bytes: Buffer
  try {
    bytes = await fsp.readFile(path)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw error
  }
  if (bytes.length < SUMS_HEADER_BYTES || !bytes.subarray(0, SUMS_HEADER_BYTES).equals(sumsHeader())) return null
  const checkpoints: Checkpoint[] = []
  for (let at = SUMS_HEADER_BYTES; at + CHECKPOINT_BYTES <= bytes.length; at += CHECKPOINT_BYTES) {
    const record = bytes.subarray(at, at + CHECKPOINT_BYTES)
    if (record.readUInt32BE(20) !== zlib.crc32(record.subarray(0, 20)) || record.readUInt32BE(16) !== MAGIC) continue
    const end = Number(record.readBigUInt64BE(0))
    const last = checkpoints.at(-1)
    const ended = record.readUInt32BE(12) === ENDED
    if (last && (end < last.end || (end === last.end && !ended))) continue
    checkpoints.push({ end, crc: record.readUInt32BE(8), ended })
  }
  return checkpoints
}

/** Makes one checkpoint the whole side file of `name`; durable when it resolves. */
export async function writeSums(disk: Disk, dir: string, name: string, checkpoint: Checkpoint): Promise<void> {
  await replaceFile(disk, dir, sumsName(name), Buffer.concat([sumsHeader(), encodeCheckpoint(checkpoint)]))
}

/** The size of a file, and the CRC-32 of its bytes up to each of `ends`, as far as it goes. */
export async function crcsOf(
  path: string,
  ends: readonly number[],
): Promise<{ size: number; crcs: readonly number[] }> {
  const handle = await fsp.open(path, 'r')
  try {
    const { size } = await handle.stat()
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
    const crcs: number[] = []
    let crc = 0
    let at = 0
    for (const end of ends) {
      if (end > size) break
      while (at < end) {
        const { bytesRead } = await handle.read(buffer, 0, Math.min(CHUNK_BYTES, end - at), at)
        if (bytesRead === 0) return { size: at, crcs }
        crc = zlib.crc32(buffer.subarray(0, bytesRead), crc)
        at += bytesRead
      }
      crcs.push(crc)
    }
    return { size, crcs }
  } finally {
    await handle.close()
  }
}
