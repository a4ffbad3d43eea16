import { describe, expect, test } from 'vitest'
import { adler32 } from '../../base/checksum.ts'
import { asSessionId } from '../../zk/ids.ts'
import type { Entry, Txn } from '../../zk/txn.ts'
import { makeZxid } from '../../zk/zxid.ts'
import { DecodeError, JuteReader } from '../reader.ts'
import { hex, vector } from '../testdata/vectors.ts'
import { JuteWriter } from '../writer.ts'
import { readEntry, writeEntry } from './txn.ts'

/** The entries of the recorded log file, whose checksums are checked on the way. */
function recordedEntries(): Uint8Array[] {
  const reader = new JuteReader(vector('storage.log'))
  reader.raw(16)
  const entries: Uint8Array[] = []
  for (;;) {
    const checksum = reader.remaining >= 12 ? reader.longNumber() : 0
    const length = checksum === 0 ? 0 : reader.int()
    if (length === 0) return entries
    const bytes = reader.raw(length)
    expect(adler32(bytes)).toBe(checksum)
    expect(reader.byte()).toBe(0x42)
    entries.push(bytes)
  }
}

function encode(entry: Entry): Uint8Array {
  const writer = new JuteWriter(16)
  writeEntry(writer, entry)
  return writer.take()
}

function entryOf(txn: Txn, digest: bigint | null = null): Entry {
  return { zxid: makeZxid(1, 2), sessionId: asSessionId(0xff00000000000001n), cxid: 3, timeMs: 4, txn, digest }
}

describe('recorded entries', () => {
  test('each of the 29 decodes and encodes to the same bytes', () => {
    const entries = recordedEntries()
    expect(entries).toHaveLength(29)
    entries.forEach((bytes, index) => {
      const entry = readEntry(bytes)
      expect(entry.zxid).toBe(index + 1)
      expect(hex(encode(entry))).toBe(hex(bytes))
    })
  })

  test('cut short at every byte, one is refused, unless an older form ends there', () => {
    for (const bytes of recordedEntries()) {
      const entry = readEntry(bytes)
      const digestAt = bytes.length - (entry.digest === null ? 0 : 12)
      for (let end = 0; end < bytes.length; end += 1) {
        const cut = bytes.subarray(0, end)
        const older = olderForm(entry, end, digestAt)
        if (older === null) expect(() => readEntry(cut)).toThrow(DecodeError)
        else expect(readEntry(cut)).toEqual({ ...older, digest: null })
      }
    }
  })
})

/** What a ZooKeeper that had no digests yet, or shorter records, means by the first `end` bytes of `entry`. */
function olderForm(entry: Entry, end: number, digestAt: number): Entry | null {
  if (end === digestAt) return entry
  const { txn } = entry
  if (txn.type === 'closeSession' && end === 32) return { ...entry, txn: { ...txn, paths: null } }
  const isCreate = txn.type === 'create' || txn.type === 'create2'
  return isCreate && end === digestAt - 4 ? { ...entry, txn: { ...txn, parentCVersion: -1 } } : null
}

describe('forms that are not in the recording', () => {
  const acl = [{ perms: 31, scheme: 'world', id: 'anyone' }]
  test.each<Txn>([
    { type: 'setACL', path: '/a', acl, version: 1 },
    { type: 'reconfig', path: '/zookeeper/config', data: null, version: -1 },
    { type: 'deleteContainer', path: '/c' },
    { type: 'createTTL', path: '/t', data: new Uint8Array(0), acl: null, parentCVersion: -1, ttlMs: 2 ** 40 - 1 },
    { type: 'closeSession', paths: null },
    { type: 'closeSession', paths: [] },
    {
      type: 'multi',
      txns: [
        { type: 'check', path: '/é', version: 0 },
        { type: 'error', err: -101 },
      ],
    },
    { type: 'multi', txns: [] },
  ])('%j survives with and without digest', (txn) => {
    for (const digest of [null, 0n, 2n ** 64n - 1n]) {
      const entry = entryOf(txn, digest)
      expect(readEntry(encode(entry))).toEqual(entry)
    }
  })

  test('a create of before 3.3 has no parentCVersion: one is added when applying', () => {
    const txn: Txn = { type: 'create', path: '/a', data: null, acl: null, ephemeral: true, parentCVersion: 7 }
    const bytes = encode(entryOf(txn))
    expect(readEntry(bytes.subarray(0, bytes.length - 4)).txn).toEqual({ ...txn, parentCVersion: -1 })
  })

  test('a digest of another version reads as none', () => {
    const bytes = encode(entryOf({ type: 'error', err: -4 }, 5n))
    bytes[bytes.length - 9] = 3
    expect(readEntry(bytes).digest).toBeNull()
  })

  test('a check outside a multi and an unknown type are refused', () => {
    const bytes = encode(entryOf({ type: 'delete', path: '/a' }))
    for (const type of [13, 99, 3]) {
      bytes[31] = type
      expect(() => readEntry(bytes)).toThrow(DecodeError)
    }
  })
})
