// Whatever a file or a SNAP stream holds, its reader answers with what is whole, or refuses with a sentence: no
// crash, no hang, no memory for lengths that only claim to be. FUZZ_RUNS and FUZZ_SEED as in shared/jute/fuzz.test.ts.

import fs from 'node:fs'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { DecodeError } from '#shared/jute/reader.ts'
import { readEntry } from '#shared/jute/records/txn.ts'
import { entriesOfLog } from '#shared/jute/testdata/entry-records.ts'
import { counting } from '#shared/jute/testdata/measure.ts'
import { vector } from '#shared/jute/testdata/vectors.ts'
import { applyEntry } from '#shared/tree/apply.ts'
import { createTree } from '#shared/tree/create-tree.ts'
import type { DataTree } from '#shared/tree/data-tree.ts'
import { essence } from '#shared/tree/testing.ts'
import type { Entry } from '#shared/zk/txn.ts'
import { makeZxid } from '#shared/zk/zxid.ts'
import { SnapshotStreamDecoder } from './snapshot-decode.ts'
import { encodeTree } from './snapshot-encode.ts'
import { loadSnapshot } from './snapshot-file.ts'
import { StorageError } from './storage-error.ts'
import { recordedSnapshot } from './testing/recorded.ts'
import { openRig, temporaryDir } from './testing/rig.ts'
import { LOG_HEADER_BYTES, RECORD_FRAME_BYTES, readFrame, writeLogHeader, writeRecord } from './txn-log-format.ts'

const RUNS = Number(process.env.FUZZ_RUNS ?? 200)
const TIMEOUT_MS = 20_000 + 50 * RUNS

function runs(share: number) {
  const { FUZZ_SEED } = process.env
  return { numRuns: Math.ceil(RUNS * share), ...(FUZZ_SEED ? { seed: Number(FUZZ_SEED) } : {}) }
}

const dir = temporaryDir()
afterAll(() => fs.rmSync(dir, { recursive: true }))

const edit = fc.record({
  at: fc.nat(3000),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 3 }),
    fc.constantFrom(...[-(2 ** 31), -2, -1, 0, 1, 2 ** 20, 2 ** 24 - 1, 2 ** 31 - 1].map(bigEndian)),
  ),
})
const edits = fc.record({ edits: fc.array(edit, { maxLength: 4 }), end: fc.option(fc.nat(3000), { freq: 3 }) })
type Damage = typeof edits extends fc.Arbitrary<infer T> ? T : never

function bigEndian(value: number): Uint8Array {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function damage(whole: Uint8Array, { edits, end }: Damage): Buffer {
  const copy = Buffer.from(end === null ? whole : whole.subarray(0, end % whole.length))
  for (const { at, bytes } of edits)
    copy.set(bytes.subarray(0, copy.length - (at % (copy.length + 1))), at % (copy.length + 1))
  return copy
}

/** The tree of a SNAP stream in chunks of `size`, or what became of it. */
function readStream(bytes: Uint8Array, size: number): DataTree | 'incomplete' | 'refused' {
  const decoder = new SnapshotStreamDecoder(makeZxid(1, 0x11))
  try {
    for (let at = 0; at < bytes.length; at += size) {
      const read = decoder.push(Uint8Array.prototype.slice.call(bytes, at, at + size))
      if (read) return read.tree
    }
    return 'incomplete'
  } catch (error) {
    if (error instanceof DecodeError) return 'refused'
    throw error
  }
}

const recordedStream = recordedSnapshot('snap.stream')

test('the recorded SNAP stream is read, in one piece or byte by byte, and its tree written again', () => {
  const tree = readStream(recordedStream, recordedStream.length)
  if (typeof tree === 'string') throw new Error(tree)
  expect(tree.nodes.size).toBeGreaterThan(10)
  expect(readStream(recordedStream, 1)).toEqual(tree)
  const again = readStream(Buffer.concat([...encodeTree(tree), bigEndian(10), Buffer.from('BenWasHere')]), 7)
  expect(typeof again === 'string' ? again : essence(again)).toEqual(essence(tree))
  for (let end = 0; end < recordedStream.length; end += 1) {
    const cut = readStream(recordedStream.subarray(0, end), 97)
    expect(cut === 'incomplete' || cut === 'refused', `cut at ${end}`).toBe(true)
  }
})

test(
  'a damaged SNAP stream is a tree, incomplete, or refused: the same in any chunks, at no great cost',
  () => {
    fc.assert(
      fc.property(edits, fc.integer({ min: 1, max: 200 }), (how, size) => {
        const bytes = damage(recordedStream, how)
        const { outcome, cost } = counting(globalThis, (cost) => ({ outcome: readStream(bytes, bytes.length), cost }))
        expect(cost.allocated).toBeLessThanOrEqual(8 * bytes.length + 65_536)
        const torn = readStream(bytes, size)
        if (typeof outcome === 'string' || typeof torn === 'string') expect(torn).toBe(outcome)
        else expect(essence(torn)).toEqual(essence(outcome))
      }),
      runs(1),
    )
  },
  TIMEOUT_MS,
)

test('a list of ACLs that never ends, in small chunks, is read once and not again with each', () => {
  const head = Buffer.concat([bigEndian(0), bigEndian(1), Buffer.alloc(8, 0), bigEndian(2 ** 31 - 1)])
  const item = Buffer.concat([bigEndian(31), bigEndian(0), bigEndian(0)])
  const bytes = Buffer.concat([head, ...Array.from({ length: 5000 }, () => item)])
  counting(globalThis, (cost) => {
    expect(readStream(bytes, 5)).toBe('incomplete')
    expect(cost.reads).toBeLessThan(bytes.length)
    expect(cost.allocated).toBeLessThan(20 * bytes.length)
  })
})

test(
  'a damaged snapshot file loads, or is refused as damaged',
  async () => {
    const whole = recordedSnapshot('snapshot.after')
    await fc.assert(
      fc.asyncProperty(edits, async (how) => {
        const bytes = damage(whole, how)
        fs.writeFileSync(`${dir}/snapshot`, bytes)
        const outcome = await loadSnapshot(`${dir}/snapshot`).then(
          (loaded) => loaded.digest?.value ?? 'without digest',
          (error: unknown) => error,
        )
        // The seals let nothing else through; cut behind the first seal it is a snapshot as 3.5 writes them.
        if (outcome === 16179163709n || outcome === 'without digest')
          expect(bytes.equals(whole.subarray(0, bytes.length))).toBe(true)
        else expect(outcome).toBeInstanceOf(DecodeError)
      }),
      runs(0.5),
    )
  },
  TIMEOUT_MS,
)

test('what cannot be a record is told without taking memory for it', () => {
  const log = Buffer.from(vector('storage.log'))
  fc.assert(
    fc.property(edits, fc.nat(4000), (how, place) => {
      const bytes = damage(log, how)
      const { frame, cost } = counting(globalThis, (cost) => ({
        frame: readFrame(bytes, place % (bytes.length + 1), bytes.length),
        cost,
      }))
      if (typeof frame !== 'string') expect(frame.length).toBeLessThanOrEqual(bytes.length - RECORD_FRAME_BYTES)
      expect(cost.allocated).toBe(0)
    }),
    runs(1),
  )
})

test(
  'a data directory with a damaged log opens with a prefix of its history, or says why not',
  async () => {
    const logs = [vector('storage.log'), vector('storage.log.more')]
    let opened = 0
    let refused = 0
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...logs), edits, async (log, how) => {
        fs.rmSync(`${dir}/data`, { recursive: true, force: true })
        fs.mkdirSync(`${dir}/data/version-2`, { recursive: true })
        fs.writeFileSync(`${dir}/data/version-2/snapshot.0`, recordedSnapshot('snapshot.empty'))
        fs.writeFileSync(`${dir}/data/version-2/log.1`, damage(log, how))
        try {
          const rig = await openRig(`${dir}/data`)
          const { recent, lastZxid } = rig.recovered
          expect(recent.map(({ zxid }) => zxid)).toEqual(Array.from({ length: lastZxid }, (_, i) => i + 1))
          await rig.storage.close()
          opened += 1
        } catch (error) {
          if (!(error instanceof StorageError)) throw error
          refused += 1
        }
      }),
      runs(0.3),
    )
    expect(opened + refused).toBeGreaterThan(0)
  },
  TIMEOUT_MS,
)

test(
  'a record with a right checksum and any content is applied, or is no entry: it never stops a start by itself',
  () => {
    const entries = [...entriesOfLog('storage.log'), ...entriesOfLog('storage.log.more')].map(({ bytes }) => bytes)
    let applied = 0
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(entries.length - 1), edits), { minLength: 1, maxLength: 12 }), (steps) => {
        const tree = createTree()
        for (const bytes of entries.slice(0, 12)) applyEntry(tree, readEntry(bytes))
        for (const [which, how] of steps) {
          const entry = entryOrNull(damage(entries[which] ?? new Uint8Array(40), how))
          if (entry === null) continue
          applyEntry(tree, entry)
          applied += 1
        }
        // Whatever it is now, it can be snapshotted and loaded.
        tree.lastProcessedZxid = makeZxid(2 ** 20, 0)
        const stream = Buffer.concat([...encodeTree(tree), bigEndian(10), Buffer.from('BenWasHere')])
        expect(typeof readStream(stream, stream.length)).toBe('object')
      }),
      runs(1),
    )
    expect(applied).toBeGreaterThan(0)
  },
  TIMEOUT_MS,
)

function entryOrNull(bytes: Uint8Array): Entry | null {
  try {
    return readEntry(bytes)
  } catch (error) {
    if (error instanceof DecodeError) return null
    throw error
  }
}

test('a log of 3.8.0 with multis of all kinds, TTL nodes and a reaped container replays to its digests', async () => {
  fs.mkdirSync(`${dir}/more/version-2`, { recursive: true })
  fs.writeFileSync(`${dir}/more/version-2/snapshot.0`, recordedSnapshot('snapshot.empty'))
  fs.writeFileSync(`${dir}/more/version-2/log.1`, vector('storage.log.more'))
  const said: string[] = []
  const rig = await openRig(`${dir}/more`, { log: (_, message) => said.push(message) })
  expect(said.filter((message) => message.includes('digest'))).toEqual([])
  expect(rig.recovered.lastZxid).toBe(0x11)
  expect(rig.recovered.tree.digest).toBe(0x3849d2d7bn)
  await rig.storage.close()
})

test(
  'data that pretends to be records over and over does not keep a start busy',
  async () => {
    const fake = Buffer.alloc(16 * 2 ** 20, 0x42)
    // At every 16th byte: a length that ends on 0x42, and a checksum that does not match.
    for (let at = 0; at + 2 ** 20 + 16 < fake.length; at += 16) {
      fake.writeUInt32BE(0, at)
      fake.writeInt32BE(2 ** 20, at + 8)
    }
    fs.mkdirSync(`${dir}/fake/version-2`, { recursive: true })
    fs.writeFileSync(`${dir}/fake/version-2/snapshot.0`, recordedSnapshot('snapshot.empty'))
    const header = Buffer.alloc(LOG_HEADER_BYTES)
    writeLogHeader(header, 0)
    const record = Buffer.alloc(32 + RECORD_FRAME_BYTES + 4)
    writeRecord(record, 0, Buffer.alloc(36, 1))
    record.writeUInt32BE(7, 4) // no checksum of these bytes
    fs.writeFileSync(`${dir}/fake/version-2/log.1`, Buffer.concat([header, record, fake]))
    const started = performance.now()
    await expect(openRig(`${dir}/fake`)).rejects.toThrow(/looks like records over and over/)
    expect(performance.now() - started).toBeLessThan(20_000)
  },
  TIMEOUT_MS,
)
