// Every kind of record that ZooKeeper's ports and logs know, by table: what recorded bytes mean, that we write
// them again, and what becomes of bytes that are cut short, torn into pieces, followed by junk, or lie about
// their lengths. Snapshots and log files are tested where they are read: server/storage.

import { describe, expect, test } from 'vitest'
import { OP_CODES } from '../zk/op.ts'
import { ByteQueue } from './byte-queue.ts'
import { Framer } from './framer.ts'
import { CLIENT_RECORDS, UNDECODABLE } from './testdata/client-records.ts'
import { ENTRY_RECORDS } from './testdata/entry-records.ts'
import { counting } from './testdata/measure.ts'
import { QUORUM_RECORDS } from './testdata/quorum-records.ts'
import { type Outcome, type RecordKind, type Sample, show } from './testdata/record-kind.ts'
import { CLIENT_VECTORS, hex, QUORUM_VECTORS, vector } from './testdata/vectors.ts'
import { JuteWriter } from './writer.ts'

const KINDS: readonly RecordKind[] = [...CLIENT_RECORDS, ...QUORUM_RECORDS, ...ENTRY_RECORDS]
const ALL = KINDS.flatMap((kind) => kind.samples.map((sample) => ({ kind, sample })))

function meaningOf(kind: RecordKind, sample: Sample): unknown {
  const outcome = kind.read(sample.bytes)
  if (outcome.type !== 'value') throw new Error(`${kind.name}, ${sample.id}: ${outcome.type}`)
  return outcome.value
}

function encode(kind: RecordKind, value: unknown): Uint8Array {
  const writer = new JuteWriter(16)
  kind.write(writer, value)
  return writer.take()
}

const whole = (value: unknown, length: number): Outcome => ({ type: 'value', value, length })

/** Runs `check` on every sample of a kind; it says what is wrong, or nothing. One assertion, because there are many cases. */
function expectOfAll(kind: RecordKind, check: (sample: Sample, value: unknown) => string[]): void {
  expect(kind.samples.length).toBeGreaterThan(0)
  expect(
    kind.samples.flatMap((sample) => check(sample, meaningOf(kind, sample)).map((w) => `${sample.id}: ${w}`)),
  ).toEqual([])
}

function differs(got: unknown, expected: unknown, where: string): string[] {
  return show(got) === show(expected) ? [] : [`${where}: ${show(got)} instead of ${show(expected)}`]
}

test('recorded bytes mean what decoded.txt says', async () => {
  const recorded = ALL.filter(({ sample }) => !('value' in sample))
  const lines = recorded.map(({ kind, sample }) => `${sample.id}: ${kind.name}\n  ${show(meaningOf(kind, sample))}\n`)
  await expect(lines.join('')).toMatchFileSnapshot('testdata/decoded.txt')
})

test('halves of surrogate pairs, as Apache writes them, are one character', () => {
  expect(show(ENTRY_RECORDS[0]?.read(vector('entry.cesu8')))).toContain('id: "😀:x"')
})

describe.each(KINDS)('$name', (kind) => {
  test('what was laid by hand means what it was laid for', () => {
    for (const sample of kind.samples) {
      if ('value' in sample) expect(kind.read(sample.bytes)).toEqual(whole(sample.value, sample.bytes.length))
    }
  })

  test('is written byte for byte, or in our own form', () => {
    for (const sample of kind.samples) {
      const ours = encode(kind, meaningOf(kind, sample))
      if (sample.readOnly === undefined) {
        expect(hex(ours), sample.id).toBe(hex(sample.bytes))
        continue
      }
      expect(hex(ours), sample.readOnly).not.toBe(hex(sample.bytes))
      const again = kind.read(ours)
      expect(again.type === 'value' && hex(encode(kind, again.value))).toBe(hex(ours))
    }
  })

  test('cut short at every byte, is refused or not there yet', () => {
    expectOfAll(kind, ({ bytes }, value) =>
      Array.from(bytes).flatMap((_, end) => {
        const shorter = kind.shorter(value, end, bytes)
        const expected =
          shorter !== undefined ? whole(shorter, end) : { type: kind.endsWith === 'itself' ? 'incomplete' : 'refused' }
        return differs(kind.read(bytes.slice(0, end)), expected, `cut at ${end}`)
      }),
    )
  })

  test('fed one byte at a time, comes through as a whole', () => {
    const seen = kind.endsWith === 'itself' ? readStream(kind) : readFrames(kind)
    expect(seen).toEqual(kind.samples.map((sample) => show(meaningOf(kind, sample))))
  })

  test('with junk behind it, means the same', () => {
    expectOfAll(kind, (sample, value) =>
      [1, 4, 8, 40].flatMap((junk) => {
        const bytes = new Uint8Array(sample.bytes.length + junk).fill(0xa5)
        bytes.set(sample.bytes)
        const outcome = kind.read(bytes)
        if (kind.junkMatters(value)) return outcome.type === 'incomplete' ? ['incomplete'] : []
        const length = kind.endsWith === 'itself' ? sample.bytes.length : bytes.length
        return differs(outcome, whole(value, length), `${junk} bytes behind`)
      }),
    )
  })

  test('with a negative or huge int anywhere, costs no more than its bytes are worth', () => {
    expectOfAll(kind, (sample) => {
      const bytes = sample.bytes.slice()
      const view = new DataView(bytes.buffer)
      const wrong: string[] = []
      counting(globalThis, (cost) => {
        for (let at = 0; at + 4 <= bytes.length; at += 1) {
          for (const lie of LIES) {
            view.setInt32(at, lie)
            cost.allocated = 0
            cost.reads = 0
            kind.read(bytes)
            bytes.set(sample.bytes)
            if (cost.allocated > 4 * bytes.length + SLAB_BYTES)
              wrong.push(`${lie} at ${at} allocates ${cost.allocated}`)
            if (cost.reads > 4 * bytes.length + 64) wrong.push(`${lie} at ${at} reads ${cost.reads} values`)
          }
        }
      })
      return wrong
    })
  })
})

const LIES = [-(2 ** 31), -2, -1, 0xfffff, 2 ** 31 - 1]
/** The cache of entries takes memory for many at once. */
const SLAB_BYTES = 65_536

function readStream(kind: RecordKind): string[] {
  const queue = new ByteQueue()
  const seen: string[] = []
  for (const { bytes } of kind.samples) {
    for (const byte of bytes) {
      queue.push(Uint8Array.of(byte))
      const outcome = kind.read(queue.view())
      if (outcome.type === 'incomplete') continue
      if (outcome.type === 'refused') return [...seen, 'refused']
      seen.push(show(outcome.value))
      queue.consume(outcome.length)
    }
  }
  expect(queue.length).toBe(0)
  return seen
}

function readFrames(kind: RecordKind): string[] {
  const framer = new Framer()
  const seen: string[] = []
  for (const { bytes } of kind.samples) {
    const writer = new JuteWriter()
    writer.buffer(bytes)
    for (const byte of writer.take()) {
      framer.push(Uint8Array.of(byte))
      const frame = framer.next()
      if (frame.type !== 'frame') continue
      const outcome = kind.read(frame.bytes)
      seen.push(outcome.type === 'value' ? show(outcome.value) : outcome.type)
    }
  }
  return seen
}

const PACKETS = QUORUM_RECORDS.filter((kind) => kind.name.startsWith('QuorumPacket'))

test.each(PACKETS)('$name: data that is cut short is refused, where it has no shorter form', (kind) => {
  expectOfAll(kind, (sample) => {
    const view = new DataView(sample.bytes.slice().buffer)
    const type = view.getInt32(0)
    const wrong: string[] = []
    for (let length = 0; length < view.getInt32(12); length += 1) {
      const bytes = sample.bytes.slice(0, 16 + length + 4)
      new DataView(bytes.buffer).setInt32(12, length)
      bytes.fill(0xff, 16 + length)
      const outcome = kind.read(bytes)
      if (outcome.type === 'incomplete') wrong.push(`incomplete with ${length} bytes of data`)
      if (outcome.type === 'value' && !mayBeShort(type, length)) wrong.push(`a value of ${length} bytes of data`)
    }
    return wrong
  })
})

/** Which packets have a meaning with only `length` bytes of data. Source: zab.md §2. */
function mayBeShort(type: number, length: number): boolean {
  switch (type) {
    case 1: // REQUEST: its body is for the leader to answer, once it is known whose it is
      return length >= 16
    case 5: // PING: touches come one by one
      return length % 12 === 0
    case 10: // NEWLEADER: any text may be a configuration
    case 11: // FOLLOWERINFO and
    case 16: // OBSERVERINFO: LearnerInfo has older forms
      return true
    case 2: // PROPOSAL,
    case 8: // INFORM and
    case 19: // INFORMANDACTIVATE: a txn without digest, or in an older form
      return length >= 32
    default:
      return false
  }
}

test('the table has every recorded frame and packet, and every operation, answer and txn', () => {
  const seen = new Set(ALL.map(({ sample }) => sample.id))
  const ids = [...CLIENT_VECTORS, ...QUORUM_VECTORS].map((v) => v.id)
  const undecodable = UNDECODABLE.map(({ id }) => id) // client-frame.test.ts has them
  expect(ids.filter((id) => !seen.has(id) && !undecodable.includes(id))).toEqual([])

  const decoded = ALL.map(({ kind, sample }) => meaningOf(kind, sample))
  const ops = decoded.flatMap((value) => collect(value, 'op'))
  const notFromClients = ['check', 'deleteContainer', 'createSession', 'error']
  expect(Object.entries(OP_CODES).flatMap(([name, op]) => (ops.includes(op) ? [] : [name]))).toEqual(notFromClients)
  expect(new Set(decoded.flatMap((value) => collect(value, 'type')))).toEqual(new Set(TYPES))
})

/** Everything that is told apart by `type`. */
const TYPES = [
  // operations, txns and results
  ...['check', 'checkWatches', 'closeSession', 'create', 'create2', 'createContainer', 'createSession', 'createTTL'],
  ...['delete', 'deleteContainer', 'error', 'exists', 'getACL', 'getAllChildrenNumber', 'getChildren', 'getChildren2'],
  ...['getData', 'getEphemerals', 'multi', 'multiRead', 'ping', 'reconfig', 'removeWatches', 'setACL', 'setData'],
  ...['setWatches', 'setWatches2', 'sync', 'addWatch', 'whoAmI'],
  // frames
  ...['auth', 'request', 'sasl', 'unknownOp', 'undecodable'],
  // bodies of replies
  ...['none', 'path', 'pathStat', 'stat', 'data', 'acl', 'children', 'childrenStat', 'ephemerals', 'count'],
  ...['errorCode', 'saslToken'],
  // watch events
  ...['nodeCreated', 'nodeDeleted', 'nodeDataChanged', 'nodeChildrenChanged'],
  // packets
  ...['REQUEST', 'PROPOSAL', 'ACK', 'COMMIT', 'PING', 'REVALIDATE', 'SYNC', 'INFORM', 'COMMITANDACTIVATE'],
  ...['NEWLEADER', 'FOLLOWERINFO', 'UPTODATE', 'DIFF', 'TRUNC', 'SNAP', 'OBSERVERINFO', 'LEADERINFO', 'ACKEPOCH'],
  ...['INFORMANDACTIVATE'],
]

/** All values of a property called `name`, however deep. */
function collect(value: unknown, name: string): unknown[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return []
  return Object.entries(value).flatMap(([key, part]) => (key === name ? [part] : collect(part, name)))
}
