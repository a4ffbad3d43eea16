// Entries: TxnHeader, the txn's record, and the tree digest where there is one. The same bytes stand in the
// log and in PROPOSAL and INFORM packets; entry-cache.ts keeps them. Source: the *Txn records of zookeeper.jute, SerializeUtils, storage.md §2–3.

import { unreachable } from '../../base/assert.ts'
import { OP_CODES } from '../../zk/op.ts'
import type { CreateTxn, DeleteTxn, Entry, SetDataTxn, SubTxn, Txn } from '../../zk/txn.ts'
import { DecodeError, JuteReader } from '../reader.ts'
import { JuteWriter, writeString } from '../writer.ts'
import { readAclList, writeAclList } from './acl.ts'
import { findEntryBytes, keepEntryBytes, keepEntryWindow } from './entry-cache.ts'

/** The only digest version there is; another one reads as "no digest". */
const DIGEST_VERSION = 2
const DIGEST_BYTES = 12

export function writeEntry(writer: JuteWriter, entry: Entry): void {
  writer.sessionId(entry.sessionId)
  writer.int(entry.cxid)
  writer.zxid(entry.zxid)
  writer.longNumber(entry.timeMs)
  writer.int(OP_CODES[entry.txn.type])
  writeTxn(writer, entry.txn)
  if (entry.digest !== null) {
    writer.int(DIGEST_VERSION)
    writer.long(entry.digest)
  }
}

/** Used again for every entry: those of one file or chunk share its memory, and so this reader's view of it. */
const entryReader = new JuteReader(new Uint8Array(0))

/** Reads one entry that fills `bytes`. Throws DecodeError. */
export function readEntry(bytes: Uint8Array): Entry {
  return readEntryFrom(entryReader.window(bytes))
}

/** Reads one entry that fills what `reader` has left. Throws DecodeError. */
export function readEntryFrom(reader: JuteReader): Entry {
  const sessionId = reader.sessionId()
  const cxid = reader.int()
  const zxid = reader.zxid()
  const timeMs = reader.longNumber()
  const txn = readTxn(reader, reader.int())
  return { zxid, sessionId, cxid, timeMs, txn, digest: readDigest(reader) }
}

function readDigest(reader: JuteReader): bigint | null {
  if (reader.remaining === 0) return null
  const version = reader.int()
  const digest = reader.ulong()
  return version === DIGEST_VERSION ? digest : null
}

const scratch = new JuteWriter(4096)

/** The bytes of `writeEntry`. Log and learners are given the same array, so it is not to be changed. */
export function encodeEntry(entry: Entry): Uint8Array {
  const known = findEntryBytes(entry)
  if (known !== undefined) return known
  scratch.clear()
  writeEntry(scratch, entry)
  return keepEntryBytes(entry, scratch.view())
}

/** Says that `entry` was read from `bytes`, which are never written again: they need not be encoded again. */
export function rememberEncoding(entry: Entry, bytes: Uint8Array): void {
  keepEntryWindow(entry, bytes)
}

function writeTxn(writer: JuteWriter, txn: Txn | SubTxn): void {
  switch (txn.type) {
    case 'create':
    case 'create2':
      writer.ustring(txn.path)
      writer.buffer(txn.data)
      writeAclList(writer, txn.acl)
      writer.bool(txn.ephemeral)
      writer.int(txn.parentCVersion)
      break
    case 'createTTL':
    case 'createContainer':
      writer.ustring(txn.path)
      writer.buffer(txn.data)
      writeAclList(writer, txn.acl)
      writer.int(txn.parentCVersion)
      if (txn.type === 'createTTL') writer.longNumber(txn.ttlMs)
      break
    case 'delete':
    case 'deleteContainer':
      writer.ustring(txn.path)
      break
    case 'setData':
    case 'reconfig':
      writer.ustring(txn.path)
      writer.buffer(txn.data)
      writer.int(txn.version)
      break
    case 'setACL':
      writer.ustring(txn.path)
      writeAclList(writer, txn.acl)
      writer.int(txn.version)
      break
    case 'check':
      writer.ustring(txn.path)
      writer.int(txn.version)
      break
    case 'error':
      writer.int(txn.err)
      break
    case 'multi':
      writer.vector(txn.txns, writeSubTxn)
      break
    case 'createSession':
      writer.int(txn.timeoutMs)
      break
    case 'closeSession':
      // Without paths (logs older than 3.6) there is no record at all.
      if (txn.paths !== null) writer.vector(txn.paths, writeString)
      break
    default:
      unreachable(txn)
  }
}

function writeSubTxn(writer: JuteWriter, txn: SubTxn): void {
  writer.int(OP_CODES[txn.type])
  const place = writer.beginLength()
  writeTxn(writer, txn)
  writer.endLength(place)
}

function readTxn(reader: JuteReader, type: number): Txn {
  switch (type) {
    case OP_CODES.setACL:
      return { type: 'setACL', path: readPath(reader), acl: readAclList(reader), version: reader.int() }
    case OP_CODES.multi:
      return { type: 'multi', txns: reader.list(8, readSubTxn) }
    case OP_CODES.createSession:
      return { type: 'createSession', timeoutMs: reader.int() }
    case OP_CODES.closeSession:
      return { type: 'closeSession', paths: readClosedPaths(reader) }
    case OP_CODES.reconfig:
      return readSetData(reader, 'reconfig')
    default: {
      const txn = readPlainTxn(reader, type)
      if (txn.type === 'check') throw new DecodeError('a check stands outside a multi (ZOOKEEPER-2623)')
      return txn
    }
  }
}

/** The types that may stand alone and inside a multi. */
function readPlainTxn(reader: JuteReader, type: number): SubTxn {
  switch (type) {
    case OP_CODES.create:
      return readCreate(reader, 'create')
    case OP_CODES.create2:
      return readCreate(reader, 'create2')
    case OP_CODES.createTTL: {
      const head = readCreateHead(reader)
      return { type: 'createTTL', ...head, parentCVersion: reader.int(), ttlMs: reader.longNumber() }
    }
    case OP_CODES.createContainer:
      return { type: 'createContainer', ...readCreateHead(reader), parentCVersion: reader.int() }
    case OP_CODES.delete:
      return readDelete(reader, 'delete')
    case OP_CODES.deleteContainer:
      return readDelete(reader, 'deleteContainer')
    case OP_CODES.setData:
      return readSetData(reader, 'setData')
    case OP_CODES.check:
      return { type: 'check', path: readPath(reader), version: reader.int() }
    case OP_CODES.error:
      return { type: 'error', err: reader.int() }
    default:
      throw new DecodeError(`a txn of unknown type ${type}`)
  }
}

function readSubTxn(reader: JuteReader): SubTxn {
  const type = reader.int()
  const bytes = reader.bufferView()
  if (bytes === null) throw new DecodeError('a txn inside a multi has no record')
  return readPlainTxn(new JuteReader(bytes), type)
}

function readCreateHead(reader: JuteReader) {
  return { path: readPath(reader), data: reader.buffer(), acl: readAclList(reader) }
}

function readCreate(reader: JuteReader, type: CreateTxn['type']): CreateTxn {
  // Not from readCreateHead: this is the hot one, and spreading an object costs as much as the rest.
  const path = readPath(reader)
  const data = reader.buffer()
  const acl = readAclList(reader)
  const ephemeral = reader.bool()
  // CreateTxnV0 ends here.
  const parentCVersion = reader.remaining === 0 ? -1 : reader.int()
  return { type, path, data, acl, ephemeral, parentCVersion }
}

function readDelete(reader: JuteReader, type: DeleteTxn['type']): DeleteTxn {
  return { type, path: readPath(reader) }
}

function readSetData(reader: JuteReader, type: SetDataTxn['type']): SetDataTxn {
  return { type, path: readPath(reader), data: reader.buffer(), version: reader.int() }
}

/** Null where there is no record: the end follows, or (closeSessionTxn.enabled=false) just a digest. */
function readClosedPaths(reader: JuteReader): string[] | null {
  if (reader.remaining === 0) return null
  if (reader.remaining === DIGEST_BYTES && reader.peekInt() === DIGEST_VERSION) return null
  return reader.list(4, readPath)
}

/** A leader logs only paths that it has checked; with another one the tree could not be written down. */
function readPath(reader: JuteReader): string {
  const path = reader.string()
  if (!path.startsWith('/')) throw new DecodeError(`a txn has the path ${JSON.stringify(path.slice(0, 40))}`)
  return path
}
