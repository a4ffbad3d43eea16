import { describe, expect, test } from 'vitest'
import { asSessionId } from '../../zk/ids.ts'
import type { Entry, Txn } from '../../zk/txn.ts'
import { makeZxid } from '../../zk/zxid.ts'
import { DecodeError } from '../reader.ts'
import { JuteWriter } from '../writer.ts'
import { readEntry, writeEntry } from './txn.ts'

function encode(entry: Entry): Uint8Array {
  const writer = new JuteWriter(16)
  writeEntry(writer, entry)
  return writer.take()
}

function entryOf(txn: Txn, digest: bigint | null = null): Entry {
  return { zxid: makeZxid(1, 2), sessionId: asSessionId(0xff00000000000001n), cxid: 3, timeMs: 4, txn, digest }
}

describe('entries that are refused', () => {
  test('a check outside a multi and an unknown type are refused', () => {
    const bytes = encode(entryOf({ type: 'delete', path: '/a' }))
    for (const type of [13, 99, 3]) {
      bytes[31] = type
      expect(() => readEntry(bytes)).toThrow(DecodeError)
    }
  })

  test.each(['', 'a', '\0'])('a path %j, which no leader logs, is refused', (path) => {
    expect(() => readEntry(encode(entryOf({ type: 'delete', path })))).toThrow(DecodeError)
    const txns = [{ type: 'delete', path } as const]
    expect(() => readEntry(encode(entryOf({ type: 'multi', txns })))).toThrow(DecodeError)
    expect(() => readEntry(encode(entryOf({ type: 'closeSession', paths: ['/a', path] })))).toThrow(DecodeError)
  })
})
