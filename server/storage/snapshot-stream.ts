// The plain bytes of snapshot files, compressed or not: chunk by chunk from the disk, and on their way to it. What
// they mean is snapshot-file.ts. Snappy's framing is that of Java's SnappyOutputStream, as Apache writes it.

import { once } from 'node:events'
import fsp, { type FileHandle } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import zlib from 'node:zlib'
import { DecodeError } from '#shared/jute/reader.ts'
import { compressionOf, type SnapshotCompression } from './compression.ts'
import { compressBlock, decompressBlock, SNAPPY_BLOCK_BYTES, snappyRoom } from './snappy-block.ts'

/** One read while loading: the event loop gets its turn between two. */
const READ_BYTES = 1024 * 1024
/** The stream's magic, its version and the lowest compatible version. */
const SNAPPY_HEADER = Buffer.from('82534e4150505900' + '0000000100000001', 'hex')
/** Its first eight bytes are what Apache looks at. */
const SNAPPY_MAGIC_BYTES = 8
const GZIP_MAGIC = Buffer.from('1f8b', 'hex')
const SNAPPY_CHUNK_MAX = 128 * 2 ** 20

/** The first bytes by which a compressed file is told; empty for a plain one. */
export const STREAM_MAGIC: Record<SnapshotCompression, Buffer> = {
  '': Buffer.alloc(0),
  gz: GZIP_MAGIC,
  snappy: SNAPPY_HEADER.subarray(0, SNAPPY_MAGIC_BYTES),
}

/**
 * The plain content of a snapshot file, chunk by chunk. A chunk is good until the next but one is asked for: a fresh buffer
 * for each left 130 MB of holes behind a snapshot of 230.
 * @throws DecodeError when the compression is damaged or cut off
 */
export async function* readPlain(path: string): AsyncGenerator<Buffer, void> {
  const handle = await fsp.open(path, 'r')
  try {
    switch (compressionOf(path)) {
      case '':
        return yield* readChunks(handle)
      case 'gz':
        return yield* gunzip(handle)
      case 'snappy':
        return yield* unsnappy(handle)
    }
  } finally {
    await handle.close()
  }
}

/** One chunk is read ahead, so that the disk and the thread pool work while the last one is made use of. */
async function* readChunks(handle: FileHandle): AsyncGenerator<Buffer, void> {
  const buffers = [0, 1, 2].map(() => Buffer.allocUnsafeSlow(READ_BYTES))
  const read = (n: number): Promise<Buffer> => {
    const buffer = buffers[n % buffers.length] ?? Buffer.alloc(READ_BYTES)
    const reading = readInto(buffer, handle, n * READ_BYTES).then((length) => buffer.subarray(0, length))
    // Whoever wants the chunk is told; nobody may want it any more.
    reading.catch(() => undefined)
    return reading
  }
  let next = read(0)
  try {
    for (let n = 0; ; n += 1) {
      const chunk = await next
      if (chunk.length === READ_BYTES) next = read(n + 1)
      if (chunk.length > 0) yield chunk
      if (chunk.length < READ_BYTES) return
    }
  } finally {
    // The file may be closed only then.
    await next.catch(() => undefined)
  }
}

async function* gunzip(handle: FileHandle): AsyncGenerator<Buffer, void> {
  const stream = zlib.createGunzip({ chunkSize: READ_BYTES })
  const source = readChunks(handle)
  const feeding = (async () => {
    for await (const chunk of source) {
      await written(stream, chunk)
      if (stream.destroyed) return
    }
    stream.end()
  })()
  let unread: unknown = null
  feeding.catch((error: Error) => {
    unread = error
    stream.destroy(error)
  })
  try {
    for await (const chunk of stream) yield Buffer.from(chunk)
  } catch (cause) {
    if (cause === unread) throw cause
    throw new DecodeError(`its gzip stream is damaged: ${cause instanceof Error ? cause.message : String(cause)}`)
  } finally {
    stream.destroy()
    await feeding.catch(() => undefined)
  }
}

/** Until the chunk is used up, or the stream has ended: on damage, zlib never calls back. */
function written(stream: Writable, chunk: Buffer): Promise<void> {
  return new Promise((done) => {
    stream.once('close', done)
    stream.write(chunk, () => {
      stream.off('close', done)
      done()
    })
  })
}

async function* unsnappy(handle: FileHandle): AsyncGenerator<Buffer, void> {
  const header = await readAt(handle, 0, SNAPPY_HEADER.length)
  if (!header.subarray(0, SNAPPY_MAGIC_BYTES).equals(STREAM_MAGIC.snappy))
    throw new DecodeError('it does not start like a snappy stream')
  let waiting = Buffer.alloc(0)
  let at = SNAPPY_HEADER.length
  for (;;) {
    const read = await readAt(handle, at, READ_BYTES)
    at += read.length
    waiting = Buffer.concat([waiting, read])
    for (
      let length = chunkLength(waiting);
      length !== null && 4 + length <= waiting.length;
      length = chunkLength(waiting)
    ) {
      yield decompressBlock(waiting.subarray(4, 4 + length))
      waiting = waiting.subarray(4 + length)
    }
    if (read.length > 0) continue
    if (waiting.length > 0) throw new DecodeError('its snappy stream is cut off')
    return
  }
}

function chunkLength(bytes: Buffer): number | null {
  if (bytes.length < 4) return null
  const length = bytes.readInt32BE(0)
  if (length <= 0 || length > SNAPPY_CHUNK_MAX) throw new DecodeError(`a snappy chunk of ${length} bytes`)
  return length
}

/** Up to `length` bytes at `position`, in memory of their own. */
async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length)
  return bytes.subarray(0, await readInto(bytes, handle, position))
}

/** Returns how many bytes there were. */
async function readInto(bytes: Buffer, handle: FileHandle, position: number): Promise<number> {
  let done = 0
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, position + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return done
}

/** Turns plain bytes into what a file holds, piece by piece. */
export interface Compressor {
  /** The pieces together; what comes out may lag behind. */
  push(pieces: readonly Uint8Array[]): Promise<Buffer>
  /** The rest; nothing may be pushed any more. */
  end(): Promise<Buffer>
  /** Gives up what it holds; safe at any time. */
  abandon(): void
}

export function createCompressor(compression: SnapshotCompression): Compressor {
  switch (compression) {
    case '':
      return {
        push: async (pieces) => Buffer.concat(pieces),
        end: async () => Buffer.alloc(0),
        abandon: () => undefined,
      }
    case 'gz':
      return createGzip()
    case 'snappy':
      return createSnappy()
  }
}

/** Works in Node's thread pool. */
function createGzip(): Compressor {
  const stream = zlib.createGzip({ level: zlib.constants.Z_DEFAULT_COMPRESSION })
  let out: Buffer[] = []
  stream.on('data', (chunk: Buffer) => out.push(chunk))
  function take(): Buffer {
    const taken = Buffer.concat(out)
    out = []
    return taken
  }
  return {
    push(pieces) {
      return new Promise((resolve, reject) =>
        stream.write(Buffer.concat(pieces), (error) => (error ? reject(error) : resolve(take()))),
      )
    },
    async end() {
      stream.end()
      await once(stream, 'end')
      return take()
    },
    abandon: () => void stream.destroy(),
  }
}

function createSnappy(): Compressor {
  let started = false
  let waiting = Buffer.alloc(0)
  function blocks(plain: Buffer, all: boolean): Buffer {
    const chunks: Buffer[] = started ? [] : [SNAPPY_HEADER]
    started = true
    let at = 0
    while (plain.length - at >= SNAPPY_BLOCK_BYTES || (all && at < plain.length)) {
      const block = plain.subarray(at, at + SNAPPY_BLOCK_BYTES)
      const out = Buffer.allocUnsafe(4 + snappyRoom(block.length))
      const end = compressBlock(block, out, 4)
      out.writeInt32BE(end - 4, 0)
      chunks.push(out.subarray(0, end))
      at += block.length
    }
    waiting = Buffer.from(plain.subarray(at))
    return Buffer.concat(chunks)
  }
  return {
    push: async (pieces) => blocks(Buffer.concat([waiting, ...pieces]), false),
    end: async () => blocks(waiting, true),
    abandon: () => undefined,
  }
}
