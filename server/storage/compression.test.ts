// Compressed snapshots: the codecs, files that Apache wrote, and ours.

import fs from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { createPrng, nextInt } from '#shared/base/prng.ts'
import { DecodeError } from '#shared/jute/reader.ts'
import { createTree } from '#shared/tree/create-tree.ts'
import { essence } from '#shared/tree/testing.ts'
import { makeZxid } from '#shared/zk/zxid.ts'
import { compressBlock, decompressBlock, SNAPPY_BLOCK_BYTES, snappyRoom } from './snappy-block.ts'
import { loadSnapshot, looksComplete, sealMatches } from './snapshot-file.ts'
import { createCompressor } from './snapshot-stream.ts'
import { History } from './testing/history.ts'
import { recordedSnapshot } from './testing/recorded.ts'
import { filesOf, openRig, temporaryDir } from './testing/rig.ts'

const made: string[] = []
afterAll(() => {
  for (const dir of made) fs.rmSync(dir, { recursive: true })
})

function newDir(): string {
  const dir = temporaryDir()
  made.push(dir)
  return dir
}

function compress(plain: Buffer): Buffer {
  const out = Buffer.alloc(3 + snappyRoom(plain.length))
  return out.subarray(3, compressBlock(plain, out, 3))
}

test('snappy blocks come back as they were, whatever is in them', () => {
  const prng = createPrng(7)
  const random = (max: number) => nextInt(prng, max)
  for (let run = 0; run < 300; run += 1) {
    // Few different bytes, long and short repeats, and stretches where nothing repeats.
    const plain = Buffer.alloc(random(4) === 0 ? SNAPPY_BLOCK_BYTES - random(3) : random(500))
    const letters = 1 + random(255)
    for (let at = 0; at < plain.length; ) {
      const length = Math.min(plain.length - at, 1 + random(200))
      const from = random(at + 1)
      if (at > 0 && random(2) === 0) for (let i = 0; i < length; i += 1) plain[at + i] = plain[from + i] ?? 0
      else for (let i = 0; i < length; i += 1) plain[at + i] = random(letters)
      at += length
    }
    expect(decompressBlock(compress(plain)).equals(plain), `run ${run}`).toBe(true)
  }
  const zeros = Buffer.alloc(SNAPPY_BLOCK_BYTES)
  expect(compress(zeros).length).toBeLessThan(2000)
})

test('every form of an element is read, also those that we do not write', () => {
  const block = (hex: string) => decompressBlock(Buffer.from(hex.replaceAll(' ', ''), 'hex')).toString('latin1')
  expect(block('03 08 616263')).toBe('abc')
  expect(block('07 08 616263 01 03')).toBe('abcabca') // one byte of offset, overlapping
  expect(block('06 08 616263 0a 0300')).toBe('abcabc')
  expect(block('06 08 616263 0b 03000000')).toBe('abcabc')
  expect(block('03 f0 02 616263')).toBe('abc') // one byte of length
  expect(block('03 f8 020000 616263')).toBe('abc')
})

test('a damaged block is refused, never read beyond', () => {
  for (const hex of [
    '',
    'ff',
    'ffffffff7f',
    '03 08 6162',
    '03 08 61626364',
    '06 08 616263 0a 0400',
    '06 0a 0000',
    '05 08 616263 0a 0300',
  ])
    expect(() => decompressBlock(Buffer.from(hex.replaceAll(' ', ''), 'hex')), hex).toThrow(DecodeError)
  const plain = Buffer.from('one two one two three one two '.repeat(40))
  const whole = compress(plain)
  for (let cut = 0; cut < whole.length; cut += 1)
    expect(() => decompressBlock(whole.subarray(0, cut)), `cut at ${cut}`).toThrow(DecodeError)
})

describe.each(['gz', 'snappy'] as const)('%s', (compression) => {
  const suffix = `.${compression}`

  test('a snapshot that Apache wrote is loaded', async () => {
    const path = `${newDir()}/snapshot.0${suffix}`
    fs.writeFileSync(path, recordedSnapshot(`snapshot.empty.${compression}`))
    expect(await looksComplete(path)).toBe(true)
    expect(await sealMatches(path)).toBe(true)
    const { tree, digest } = await loadSnapshot(path)
    expect(essence(tree)).toEqual(essence(createTree()))
    expect(digest).toEqual({ zxid: 0, value: 0n })
  })

  test('what we write is found again, truncated by, purged and replaced like a plain one', async () => {
    const dir = newDir()
    const history = new History()
    const rig = await openRig(dir, { compression })
    for (let round = 0; round < 4; round += 1) {
      rig.append(history.many(50))
      await rig.settled()
      expect(await rig.storage.takeSnapshot(history.tree)).toBe(true)
    }
    expect(await rig.storage.purge(3, makeZxid(9, 0))).toContain(`snapshot.0${suffix}`)
    rig.storage.truncate(rig.nextOp(), makeZxid(1, 170))
    expect((await rig.storage.reload()).lastZxid).toBe(makeZxid(1, 170))
    expect(filesOf(dir).filter((name) => name.startsWith('snapshot'))).toEqual([
      `snapshot.100000064${suffix}`,
      `snapshot.100000096${suffix}`,
    ])
    const received = new History(createTree(), 3)
    received.many(2000)
    rig.storage.installSnapshot(rig.nextOp(), makeZxid(3, 2000), received.tree)
    await rig.settled()
    await rig.storage.close()
    expect(filesOf(dir)).toEqual([`snapshot.3000007d0${suffix}`])
    // Whatever is configured now.
    const again = await openRig(dir)
    expect(again.recovered.tree.digest).toBe(received.tree.digest)
    await again.storage.close()
  })

  test('damage is noticed at any byte, and a cut too', async () => {
    const history = new History()
    const dir = newDir()
    const rig = await openRig(dir, { compression })
    rig.append(history.many(30))
    await rig.settled()
    await rig.storage.takeSnapshot(history.tree)
    await rig.storage.close()
    const path = `${dir}/version-2/snapshot.10000001e${suffix}`
    const whole = fs.readFileSync(path)
    const { tree } = await loadSnapshot(path)
    expect(tree.digest).toBe(history.tree.digest)
    for (let at = 0; at < whole.length; at += 1) {
      const bad = Buffer.from(whole)
      bad[at] = (bad[at] ?? 0) ^ 0x10
      fs.writeFileSync(path, bad)
      // Some bytes of a header mean nothing, and a copy may come from another place with the same bytes.
      const loaded = await loadSnapshot(path).catch((error: Error) => error)
      if (loaded instanceof Error) expect(loaded, `changed at ${at}`).toBeInstanceOf(DecodeError)
      else expect(loaded.tree.digest, `changed at ${at}`).toBe(history.tree.digest)
    }
    for (let cut = 0; cut < whole.length; cut += 7) {
      fs.writeFileSync(path, whole.subarray(0, cut))
      await expect(loadSnapshot(path), `cut at ${cut}`).rejects.toThrow(DecodeError)
      expect(await sealMatches(path), `cut at ${cut}`).toBe(false)
    }
  })

  test('a compressor gives the same in one piece and in many', async () => {
    const plain = Buffer.from('abc'.repeat(50_000))
    const one = createCompressor(compression)
    const whole = Buffer.concat([await one.push([plain]), await one.end()])
    const many = createCompressor(compression)
    const parts: Buffer[] = []
    for (let at = 0; at < plain.length; at += 7000) parts.push(await many.push([plain.subarray(at, at + 7000)]))
    parts.push(await many.end())
    expect(Buffer.concat(parts).equals(whole)).toBe(true)
    expect(whole.length).toBeLessThan(plain.length / 10)
  })
})
