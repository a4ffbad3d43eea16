import { expect, test } from 'vitest'
import { asSessionId } from '../../zk/ids.ts'
import type { Entry } from '../../zk/txn.ts'
import { makeZxid } from '../../zk/zxid.ts'
import { hex } from '../testdata/vectors.ts'
import { JuteWriter } from '../writer.ts'
import { encodeEntry, readEntry, rememberEncoding, writeEntry } from './txn.ts'

function setDataEntry(counter: number, dataBytes: number): Entry {
  const data = new Uint8Array(dataBytes).fill(counter)
  const txn = { type: 'setData', path: '/a', data, version: counter } as const
  return { zxid: makeZxid(1, counter), sessionId: asSessionId(1n), cxid: counter, timeMs: 1, txn, digest: null }
}

function encode(entry: Entry): Uint8Array {
  const writer = new JuteWriter()
  writeEntry(writer, entry)
  return writer.take()
}

test.each([10, 100_000])('an entry of %i bytes is encoded once', (dataBytes) => {
  const entry = setDataEntry(1, dataBytes)
  const bytes = encodeEntry(entry)
  encodeEntry(setDataEntry(2, dataBytes))
  expect(encodeEntry(entry)).toBe(bytes)
  expect(hex(bytes)).toBe(hex(encode(entry)))
})

test('bytes that were given out stay as they are, however many entries follow', () => {
  const entries = Array.from({ length: 5000 }, (_, i) => setDataEntry(i, i % 300))
  const given = entries.map(encodeEntry)
  expect(given.map(hex)).toEqual(entries.map((entry) => hex(encode(entry))))
  expect(entries.map((entry) => hex(encodeEntry(entry)))).toEqual(given.map(hex))
})

test('an equal zxid is not enough to share bytes', () => {
  const [one, other] = [setDataEntry(1, 5), setDataEntry(1, 6)]
  expect(encodeEntry(one)).not.toEqual(encodeEntry(other))
  expect(encodeEntry(one)).toEqual(encode(one))
})

test('an entry that was read gives back the bytes that it was read from', () => {
  const entry = setDataEntry(3, 5)
  // A digest of an unknown version is not part of the entry, but of its bytes.
  const bytes = Uint8Array.of(...encode(entry), 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0)
  const read = readEntry(bytes)
  expect(read).toEqual(entry)
  rememberEncoding(read, bytes)
  expect(hex(encodeEntry(read))).toBe(hex(bytes))
})

test('bytes in a large piece of memory are copied, so that a small entry does not keep it alive', () => {
  const entry = setDataEntry(3, 5)
  const encoded = encode(entry)
  for (const [memory, isCopied] of [
    [65_536, false],
    [65_537, true],
  ] as const) {
    const large = new Uint8Array(memory)
    large.set(encoded, 7)
    const read = readEntry(large.subarray(7, 7 + encoded.length))
    rememberEncoding(read, large.subarray(7, 7 + encoded.length))
    expect(encodeEntry(read)).toEqual(encoded)
    expect(encodeEntry(read).buffer === large.buffer).toBe(!isCopied)
  }
})
