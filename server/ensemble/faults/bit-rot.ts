// Changes one bit of a member's newest log or snapshot on the disk, behind the member's back, as a disk does that has gone
// bad. What the member makes of it, at its next start, is its own business.

import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { EnsembleError } from '../ensemble-error.ts'

const CHUNK_BYTES = 64 * 1024
/** From the end of the newest record's bytes; inside its txn, whatever that is. */
const BEFORE_END_BYTES = 6

/** `dir`: the member's. Resolves with the file's name. Throws EnsembleError WRONG_STATE when there is nothing to change. */
export async function rot(dir: string, which: 'log' | 'snapshot'): Promise<string> {
  const files = join(dir, 'version-2')
  const name = newest(await readdir(files).catch(() => []), which)
  if (name === null) throw new EnsembleError('WRONG_STATE', `${dir} holds no ${which} yet.`)
  const file = await open(join(files, name), 'r+')
  try {
    const end = await endOfContent(file)
    // A log's newest record is at its end, before the zeros; a snapshot is one piece.
    const at = which === 'log' ? end - BEFORE_END_BYTES : Math.floor(end / 2)
    if (at <= 0) throw new EnsembleError('WRONG_STATE', `${name} of ${dir} is empty.`)
    await flip(file, at)
  } finally {
    await file.close()
  }
  return name
}

/** Names have a zxid in hex, and a suffix where they are compressed. */
function newest(names: readonly string[], which: string): string | null {
  const found = names.filter((name) => new RegExp(`^${which}\\.[0-9a-f]+(\\.[a-z]+)?$`).test(name))
  const zxid = (name: string) => BigInt(`0x${name.split('.')[1]}`)
  return found.reduce<string | null>((best, name) => (best === null || zxid(name) > zxid(best) ? name : best), null)
}

/** Behind the last byte that is not zero. */
async function endOfContent(file: FileHandle): Promise<number> {
  const chunk = Buffer.alloc(CHUNK_BYTES)
  for (let end = (await file.stat()).size; end > 0; end -= Math.min(end, CHUNK_BYTES)) {
    const start = Math.max(0, end - CHUNK_BYTES)
    const { bytesRead } = await file.read(chunk, 0, end - start, start)
    for (let at = bytesRead - 1; at >= 0; at -= 1) if (chunk[at] !== 0) return start + at + 1
  }
  return 0
}

async function flip(file: FileHandle, at: number): Promise<void> {
  const byte = Buffer.alloc(1)
  await file.read(byte, 0, 1, at)
  byte[0] = (byte[0] ?? 0) ^ 1
  await file.write(byte, 0, 1, at)
  await file.sync()
}
