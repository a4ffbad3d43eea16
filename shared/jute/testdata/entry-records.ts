// Entries, as they stand in logs and in packets: TxnHeader, txn, TxnDigest. Every entry of the recorded logs,
// then older and rarer forms, laid by hand. For tests only.

import { assert } from '../../base/assert.ts'
import { adler32 } from '../../base/checksum.ts'
import type { Entry } from '../../zk/txn.ts'
import { makeZxid } from '../../zk/zxid.ts'
import { JuteReader } from '../reader.ts'
import { readEntry, writeEntry } from '../records/txn.ts'
import { all, buf, byte, type Field, int, lay, long, OPEN, str, vec } from './lay.ts'
import { framedKind, type RecordKind, type Sample } from './record-kind.ts'
import { vector } from './vectors.ts'

const DIGEST_BYTES = 12
const HEADER_BYTES = 32

/** The entries of a recorded log, whose frames and checksums are checked on the way. */
export function entriesOfLog(id: string): Sample[] {
  const reader = new JuteReader(vector(id))
  assert(reader.int() === 0x5a4b4c47 && reader.int() === 2 && reader.long() === 0n, 'a log starts with its header')
  const entries: Sample[] = []
  for (;;) {
    const checksum = reader.longNumber()
    const length = reader.int()
    if (length === 0) return entries
    const bytes = reader.raw(length)
    assert(adler32(bytes) === checksum && reader.byte() === 0x42, 'a record is whole')
    entries.push({ id: `${id} ${entries.length + 1}`, bytes })
  }
}

function header(type: number): Field {
  return all(long(0xff00000000000001n), int(3), long(makeZxid(1, 2)), long(4), int(type))
}

const HEAD = { zxid: makeZxid(1, 2), sessionId: 0xff00000000000001n, cxid: 3, timeMs: 4 }
const DIGEST = all(int(2), long(-1))
const DIGEST_VALUE = 2n ** 64n - 1n
const OPEN_ACL = [{ perms: 31, scheme: 'world', id: 'anyone' }]

function byHand(id: string, type: number, record: Field, txn: unknown): Sample[] {
  return [
    {
      id: `${id}, by hand`,
      bytes: lay(header(type), record),
      value: { ...HEAD, txn, digest: null },
    },
    {
      id: `${id} with digest, by hand`,
      bytes: lay(header(type), record, DIGEST),
      value: { ...HEAD, txn, digest: DIGEST_VALUE },
    },
  ]
}

const handLaid: readonly Sample[] = [
  ...byHand('setACL', 7, all(str('/a'), OPEN, int(1)), { type: 'setACL', path: '/a', acl: OPEN_ACL, version: 1 }),
  ...byHand('reconfig', 16, all(str('/zookeeper/config'), buf(null), int(-1)), {
    ...{ type: 'reconfig', path: '/zookeeper/config', data: null, version: -1 },
  }),
  ...byHand('deleteContainer', 20, str('/c'), { type: 'deleteContainer', path: '/c' }),
  ...byHand('createTTL', 21, all(str('/t'), buf([]), int(-1), int(-1), long(2 ** 40 - 1)), {
    ...{ type: 'createTTL', path: '/t', data: new Uint8Array(0), acl: null, parentCVersion: -1, ttlMs: 2 ** 40 - 1 },
  }),
  ...byHand('create2', 15, all(str('/s'), buf([7]), OPEN, byte(1), int(5)), {
    ...{ type: 'create2', path: '/s', data: Uint8Array.of(7), acl: OPEN_ACL, ephemeral: true, parentCVersion: 5 },
  }),
  ...byHand('closeSession that owned nothing', -11, vec(), { type: 'closeSession', paths: [] }),
  ...byHand('closeSession of before 3.6', -11, [], { type: 'closeSession', paths: null }),
  ...byHand('an empty multi', 14, vec(), { type: 'multi', txns: [] }),
  ...byHand(
    'a multi of everything',
    14,
    vec(
      all(int(1), buf(all(str('/a'), buf(null), OPEN, byte(0), int(2)))),
      all(int(15), buf(all(str('/b'), buf([1]), OPEN, byte(1), int(3)))),
      all(int(19), buf(all(str('/c'), buf([]), OPEN, int(4)))),
      all(int(21), buf(all(str('/d'), buf([]), OPEN, int(5), long(6)))),
      all(int(2), buf(str('/é'))),
      all(int(20), buf(str('/c'))),
      all(int(5), buf(all(str('/a'), buf([9]), int(1)))),
      all(int(13), buf(all(str('/a'), int(1)))),
      all(int(-1), buf(int(-101))),
    ),
    {
      type: 'multi',
      txns: [
        { type: 'create', path: '/a', data: null, acl: OPEN_ACL, ephemeral: false, parentCVersion: 2 },
        { type: 'create2', path: '/b', data: Uint8Array.of(1), acl: OPEN_ACL, ephemeral: true, parentCVersion: 3 },
        { type: 'createContainer', path: '/c', data: new Uint8Array(0), acl: OPEN_ACL, parentCVersion: 4 },
        { type: 'createTTL', path: '/d', data: new Uint8Array(0), acl: OPEN_ACL, parentCVersion: 5, ttlMs: 6 },
        { type: 'delete', path: '/é' },
        { type: 'deleteContainer', path: '/c' },
        { type: 'setData', path: '/a', data: Uint8Array.of(9), version: 1 },
        { type: 'check', path: '/a', version: 1 },
        { type: 'error', err: -101 },
      ],
    },
  ),
  {
    id: 'a create of before 3.3 (CreateTxnV0), by hand',
    bytes: lay(header(1), str('/a'), buf(null), OPEN, byte(1)),
    value: {
      ...HEAD,
      txn: { type: 'create', path: '/a', data: null, acl: OPEN_ACL, ephemeral: true, parentCVersion: -1 },
      digest: null,
    },
    readOnly: 'the parent cversion is written',
  },
  {
    id: 'a digest of another version, by hand',
    bytes: lay(header(2), str('/a'), int(1), long(5)),
    value: { ...HEAD, txn: { type: 'delete', path: '/a' }, digest: null },
    readOnly: 'a digest that cannot be compared is dropped',
  },
]

/** What a ZooKeeper that had no digests yet, or shorter records, means by the first `end` bytes of `entry`. */
function olderForm(entry: Entry, end: number, whole: Uint8Array): Entry | undefined {
  const hasDigest = entry.digest !== null || (entry.txn.type === 'delete' && whole.length > HEADER_BYTES + 6)
  const digestAt = whole.length - (hasDigest ? DIGEST_BYTES : 0)
  const older = { ...entry, digest: null }
  if (end === digestAt) return older
  const { txn } = entry
  if (txn.type === 'closeSession' && end === HEADER_BYTES) return { ...older, txn: { ...txn, paths: null } }
  const isCreate = (txn.type === 'create' || txn.type === 'create2') && txn.parentCVersion !== -1
  return isCreate && end === digestAt - 4 ? { ...older, txn: { ...txn, parentCVersion: -1 } } : undefined
}

const entry = framedKind<Entry>({
  name: 'TxnHeader with a txn and a TxnDigest',
  samples: [
    ...entriesOfLog('storage.log'),
    ...entriesOfLog('storage.log.more'),
    {
      id: 'entry.cesu8',
      bytes: vector('entry.cesu8'),
      readOnly: 'a character above U+FFFF is written as UTF-8, not as two halves',
    },
    ...handLaid,
  ],
  read: readEntry,
  write: writeEntry,
  shorter: olderForm,
  // Without a digest, or without a record, what follows is taken for it.
  junkMatters: ({ digest, txn }) => digest === null || (txn.type === 'closeSession' && txn.paths === null),
})

export const ENTRY_RECORDS: readonly RecordKind[] = [entry]
