// Whatever a stranger sends, a decoder answers with a value or refuses, asks for no more memory than the bytes
// are worth, looks at each of them a few times at most, and what it accepted means the same when we write it.
// FUZZ_RUNS=100000 runs longer, FUZZ_SEED=… repeats; a failure prints the seed and the shortest bytes found.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatServer, parseServer } from '../zk/quorum-config.ts'
import { Framer } from './framer.ts'
import { CLIENT_RECORDS } from './testdata/client-records.ts'
import { ENTRY_RECORDS } from './testdata/entry-records.ts'
import { type Cost, counting } from './testdata/measure.ts'
import { QUORUM_RECORDS } from './testdata/quorum-records.ts'
import { type RecordKind, show } from './testdata/record-kind.ts'
import { hex } from './testdata/vectors.ts'
import { JuteWriter } from './writer.ts'

const KINDS: readonly RecordKind[] = [...CLIENT_RECORDS, ...QUORUM_RECORDS, ...ENTRY_RECORDS]
const RUNS = Number(process.env.FUZZ_RUNS ?? 400)
const TIMEOUT_MS = 5000 + 5 * RUNS

/** Settings of fast-check, for `share` of the runs. */
function runs(share: number) {
  const { FUZZ_SEED } = process.env
  return { numRuns: Math.ceil(RUNS * share), ...(FUZZ_SEED ? { seed: Number(FUZZ_SEED) } : {}) }
}

/** The cache of entries takes memory for many at once. */
const SLAB_BYTES = 65_536

/** Damage to valid bytes, which gets further than noise. */
const edit = fc.oneof(
  fc.record({ type: fc.constant('byte' as const), at: fc.nat(4000), value: fc.nat(255) }),
  fc.record({
    type: fc.constant('int' as const),
    at: fc.nat(4000),
    value: fc.constantFrom(-(2 ** 31), -2, -1, 0, 1, 2, 5, 13, 14, 255, 0xfffff, 2 ** 31 - 1),
  }),
  fc.record({ type: fc.constant('cut' as const), at: fc.nat(4000), value: fc.nat(64) }),
  fc.record({ type: fc.constant('repeat' as const), at: fc.nat(4000), value: fc.nat(64) }),
)
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never

function damage(bytes: Uint8Array, { type, at, value }: Edit): Uint8Array {
  const place = at % (bytes.length + 1)
  const end = Math.min(bytes.length, place + value)
  const [before, middle, after] = [bytes.slice(0, place), bytes.slice(place, end), bytes.slice(end)]
  switch (type) {
    case 'cut':
      return Uint8Array.of(...before, ...after)
    case 'repeat':
      return Uint8Array.of(...before, ...middle, ...middle, ...after)
    default: {
      const copy = bytes.slice()
      const view = new DataView(copy.buffer)
      if (type === 'byte' && place < copy.length) view.setUint8(place, value)
      if (type === 'int' && place + 4 <= copy.length) view.setInt32(place, value)
      return copy
    }
  }
}

/** Samples with some damage, the front of one with the end of another, and noise. */
function bytesFor(kind: RecordKind): fc.Arbitrary<Uint8Array> {
  const sample = fc.constantFrom(...kind.samples.map(({ bytes }) => bytes))
  const joined = fc
    .tuple(sample, sample, fc.nat(4000))
    .map(([one, other, at]) =>
      Uint8Array.of(...one.slice(0, at % (one.length + 1)), ...other.slice(at % (one.length + 1))),
    )
  return fc.oneof(
    { weight: 5, arbitrary: fc.tuple(fc.oneof(sample, joined), fc.array(edit, { maxLength: 4 })).map(applyEdits) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 120 }) },
  )
}

function applyEdits([bytes, edits]: [Uint8Array, Edit[]]): Uint8Array {
  return edits.reduce(damage, bytes)
}

/** How many values something decoded consists of, bytes of buffers and strings included. */
function size(value: unknown): number {
  if (value instanceof Uint8Array || typeof value === 'string') return 1 + value.length
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce((sum: number, part) => sum + size(part), 1)
}

/** What is not said again: the body of an undecodable request, the xid of an auth packet, an odd version. */
function isKept(text: string): boolean {
  return !/type: "undecodable"|type: "auth"|peerEpoch: [^,]*, version: (?!0|2, config: ")/.test(text)
}

test.each(KINDS)(
  '$name survives noise and damage',
  (kind) => {
    fc.assert(
      fc.property(bytesFor(kind), (bytes) => {
        const { outcome, cost } = counting(globalThis, (cost: Cost) => ({ outcome: kind.read(bytes), cost }))
        expect(cost.allocated).toBeLessThanOrEqual(4 * bytes.length + SLAB_BYTES)
        expect(cost.reads).toBeLessThanOrEqual(4 * bytes.length + 64)
        if (outcome.type !== 'value') return
        expect(outcome.length).toBeLessThanOrEqual(bytes.length)
        expect(size(outcome.value)).toBeLessThanOrEqual(64 + 8 * bytes.length)
        const text = show(outcome.value)
        if (!isKept(text)) return
        const writer = new JuteWriter(16)
        kind.write(writer, outcome.value)
        const again = kind.read(writer.take())
        expect(again.type === 'value' ? show(again.value) : again.type).toBe(text)
      }),
      // The many kinds of replies differ in little.
      runs(kind.name.startsWith('ReplyHeader') ? 0.25 : 1),
    )
  },
  TIMEOUT_MS,
)

test(
  'a framer gives the same frames, or the same refusal, however the stream is torn',
  () => {
    const piece = fc.oneof(
      fc.constantFrom(...CLIENT_RECORDS.flatMap((kind) => kind.samples.map(({ bytes }) => framed(bytes)))),
      fc.uint8Array({ maxLength: 12 }),
    )
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }),
        fc.array(fc.nat(40), { minLength: 1, maxLength: 12 }),
        (pieces, cuts) => {
          const stream = Uint8Array.from(pieces.flatMap((bytes) => [...bytes]))
          const whole = framesOf([stream])
          const chunks: Uint8Array[] = []
          for (let at = 0, i = 0; at < stream.length; i += 1) {
            const end = at + 1 + (cuts[i % cuts.length] ?? 0)
            chunks.push(stream.slice(at, end))
            at = end
          }
          expect(framesOf(chunks)).toEqual(whole)
        },
      ),
      runs(1),
    )
  },
  TIMEOUT_MS,
)

function framed(bytes: Uint8Array): Uint8Array {
  const writer = new JuteWriter()
  writer.buffer(bytes)
  return writer.take()
}

function framesOf(chunks: readonly Uint8Array[]): string[] {
  const framer = new Framer()
  const seen: string[] = []
  for (const chunk of chunks) {
    framer.push(chunk)
    for (let read = framer.next(); read.type !== 'incomplete'; read = framer.next()) {
      if (read.type === 'badLength') return [...seen, `badLength ${read.length}`]
      seen.push(hex(read.bytes))
    }
  }
  return seen
}

test(
  'the text of a server is a specification or a sentence, and what was accepted reads the same again',
  () => {
    const part = fc.constantFrom(
      'h',
      'a.b',
      '[::1]',
      '127.0.0.1',
      ':',
      ':',
      ';',
      '|',
      '2888',
      '65536',
      'observer',
      ' ',
      '[',
    )
    const text = fc.oneof(
      fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
      fc.string(),
    )
    fc.assert(
      fc.property(text, (value) => {
        const parsed = parseServer(1, value)
        if (!parsed.ok) {
          expect(parsed.error).toMatch(/^server\.1=/)
          return
        }
        expect(parseServer(1, formatServer(parsed.value).slice('server.1='.length))).toEqual(parsed)
      }),
      runs(1),
    )
  },
  TIMEOUT_MS,
)
