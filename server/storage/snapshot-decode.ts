// Reads the middle part of a snapshot (sessions, ACL cache, nodes) as it arrives, chunk by chunk, into a tree:
// from a file (snapshot-file.ts checks its seals) or from the leader behind a SNAP packet, signature included.

import { ByteQueue } from '#shared/jute/byte-queue.ts'
import { DecodeError, JuteReader } from '#shared/jute/reader.ts'
import { readAcl } from '#shared/jute/records/acl.ts'
import { createTree } from '#shared/tree/create-tree.ts'
import { type DataTree, emptyZnode, type NodeRecord, plainZnode, recordOf } from '#shared/tree/data-tree.ts'
import { BrokenTree, TreeLoader } from '#shared/tree/snapshot.ts'
import type { Acl } from '#shared/zk/acl.ts'
import { parentPath } from '#shared/zk/path.ts'
import type { Zxid } from '#shared/zk/zxid.ts'
import {
  DATA_BYTES_MAX,
  END_PATH,
  NODE_STAT_BYTES,
  OPEN_ACL_ID,
  PATH_BYTES_MAX,
  SESSION_BYTES,
  STREAM_SIGNATURE,
} from './snapshot-format.ts'

const ACL_CACHE_MAX = 2 ** 24
const SESSIONS_MAX = 2 ** 24
const INT_BYTES = 4
const ACL_ID_BYTES = 8

/** What comes next in the stream. */
type Expect = 'sessionCount' | 'session' | 'aclCount' | 'acl' | 'aclItem' | 'node' | 'done'

/** Push chunks until `tree` is there; `consumed` then says where the middle part ended. Throws DecodeError. */
export class TreeDecoder {
  readonly #queue = new ByteQueue()
  readonly #acls = new Map<number, readonly Acl[] | null>([[OPEN_ACL_ID, null]])
  readonly #loader = new TreeLoader()
  #expect: Expect = 'sessionCount'
  /** Sessions or ACLs still to come. */
  #left = 0
  /** The ACL that is being read, item by item: nothing is looked at twice, however small the chunks are. */
  #aclItems: Acl[] = []
  #aclItemsLeft = 0
  #consumed = 0
  /** The bytes that are being read, as what makes strings. */
  #text: Buffer = Buffer.alloc(0)
  /** The node that is being read; one object for all of them. */
  readonly #record: { -readonly [K in keyof NodeRecord]: NodeRecord[K] } = recordOf(emptyZnode())

  /** True once the end mark has been read. */
  get done(): boolean {
    return this.#expect === 'done'
  }

  /** Bytes used up so far. */
  get consumed(): number {
    return this.#consumed
  }

  /** The bytes that were pushed but lie behind the end mark. */
  rest(): Uint8Array {
    return this.#queue.view().slice()
  }

  /** Takes a chunk, which must not change afterwards; returns true when the end mark has been read. */
  push(chunk: Uint8Array): boolean {
    this.#queue.push(chunk)
    if (this.done) return true
    const window = this.#queue.view()
    this.#text = Buffer.from(window.buffer, window.byteOffset, window.length)
    const reader = new JuteReader(window, 0, window.length, DATA_BYTES_MAX)
    while (!this.done && this.#step(reader, window)) {
      // Each step reads one whole record.
    }
    const used = window.length - reader.remaining
    this.#queue.consume(used)
    this.#consumed += used
    return this.done
  }

  /** Like `finish`, of what could be read, at any time: without the znodes whose parent is missing. */
  finishIntact(): DataTree {
    const { nodes } = this.#loader.tree
    for (const path of nodes.keys())
      if (path !== '/' && (!path.startsWith('/') || !nodes.has(parentPath(path)))) nodes.delete(path)
    return this.finish()
  }

  /** The tree, complete with what is derived from its nodes. To be called once, when done. */
  finish(): DataTree {
    const { nodes } = this.#loader.tree
    if (!nodes.has('/')) throw new DecodeError('a snapshot without a root')
    // /zookeeper/config is missing in snapshots older than 3.5.
    for (const [path, node] of createTree().nodes)
      if (!nodes.has(path)) this.#loader.add(path, recordOf(plainZnode(node)))
    try {
      return this.#loader.finish()
    } catch (cause) {
      throw cause instanceof BrokenTree ? new DecodeError(cause.message) : cause
    }
  }

  /** Reads the next record; false when it is not there yet as a whole. */
  #step(reader: JuteReader, window: Uint8Array): boolean {
    switch (this.#expect) {
      case 'sessionCount':
        if (reader.remaining < INT_BYTES) return false
        this.#count(reader.int(), SESSIONS_MAX, 'sessions')
        this.#expect = this.#left > 0 ? 'session' : 'aclCount'
        return true
      case 'session':
        if (reader.remaining < SESSION_BYTES) return false
        this.#loader.tree.sessions.set(reader.sessionId(), reader.int())
        this.#left -= 1
        if (this.#left === 0) this.#expect = 'aclCount'
        return true
      case 'aclCount':
        if (reader.remaining < INT_BYTES) return false
        this.#count(reader.int(), ACL_CACHE_MAX, 'ACLs')
        this.#expect = this.#left > 0 ? 'acl' : 'node'
        return true
      case 'acl':
        return this.#beginAcl(reader)
      case 'aclItem':
        return this.#readAclItem(reader, window)
      case 'node':
        return this.#readNode(reader, window)
      case 'done':
        return false
    }
  }

  #count(count: number, max: number, what: string): void {
    if (count < 0 || count > max) throw new DecodeError(`a snapshot of ${count} ${what}`)
    this.#left = count
  }

  /** An item of the cache: its id, then the vector's count (-1: null), then the ACLs. */
  #beginAcl(reader: JuteReader): boolean {
    if (reader.remaining < ACL_ID_BYTES + INT_BYTES) return false
    const id = reader.longNumber()
    const count = reader.int()
    if (count < -1) throw new DecodeError(`an ACL of ${count} items`)
    this.#aclItems = []
    this.#aclItemsLeft = Math.max(0, count)
    this.#acls.set(id, count < 0 ? null : this.#aclItems)
    this.#left -= 1
    this.#expect = this.#aclItemsLeft > 0 ? 'aclItem' : this.#afterAcl()
    return true
  }

  #readAclItem(reader: JuteReader, window: Uint8Array): boolean {
    if (!aclIsWhole(window, window.length - reader.remaining)) return false
    this.#aclItems.push(readAcl(reader))
    this.#aclItemsLeft -= 1
    if (this.#aclItemsLeft === 0) this.#expect = this.#afterAcl()
    return true
  }

  #afterAcl(): Expect {
    return this.#left > 0 ? 'acl' : 'node'
  }

  #readNode(reader: JuteReader, window: Uint8Array): boolean {
    const bytes = nodeBytes(window, window.length - reader.remaining)
    if (bytes === null || bytes > reader.remaining) return false
    const path = pathFrom(reader, window, this.#text)
    if (path === END_PATH) {
      this.#expect = 'done'
      return true
    }
    const record = this.#record
    record.dataLength = reader.int()
    record.dataBytes = record.dataLength < 0 ? null : window
    record.dataLength = Math.max(0, record.dataLength)
    record.dataAt = window.length - reader.remaining
    reader.skip(record.dataLength)
    const aclId = reader.longNumber()
    const acl = this.#acls.get(aclId)
    if (acl === undefined) throw new DecodeError(`${path} has ACL ${aclId}, which the snapshot does not list`)
    record.acl = acl
    record.czxid = reader.zxid()
    record.mzxid = reader.zxid()
    record.ctime = reader.longNumber()
    record.mtime = reader.longNumber()
    record.version = reader.int()
    record.cversion = reader.int()
    record.aversion = reader.int()
    record.ephemeralOwner = reader.sessionId()
    record.pzxid = reader.zxid()
    this.#loader.add(path, record)
    return true
  }
}

/** A whole SNAP stream: the tree, then the signature. */
export class SnapshotStreamDecoder {
  readonly #zxid: Zxid
  readonly #decoder = new TreeDecoder()
  readonly #behind = new ByteQueue()
  #done = false

  /** @param zxid of the SNAP packet before the stream: becomes the tree's lastProcessedZxid */
  constructor(zxid: Zxid) {
    this.#zxid = zxid
  }

  /**
   * Takes the next chunk, which must not change afterwards.
   * @returns null while more is needed; at the end the tree, and the bytes behind the stream: the next packets
   * @throws DecodeError when it is no snapshot, or ends without its signature (an interrupted SNAP)
   */
  push(chunk: Uint8Array): { readonly tree: DataTree; readonly rest: Uint8Array } | null {
    if (this.#done) throw new DecodeError('bytes behind a snapshot stream that has ended')
    if (!this.#decoder.done) {
      if (!this.#decoder.push(chunk)) return null
      this.#behind.push(this.#decoder.rest())
    } else {
      this.#behind.push(chunk)
    }
    return this.#readSignature()
  }

  #readSignature(): { readonly tree: DataTree; readonly rest: Uint8Array } | null {
    const length = this.#behind.peekInt()
    if (length === null) return null
    if (length !== STREAM_SIGNATURE.length) throw noSignature()
    if (this.#behind.length < INT_BYTES + length) return null
    const signature = new JuteReader(this.#behind.view()).string()
    if (signature !== STREAM_SIGNATURE) throw noSignature()
    this.#done = true
    const tree = this.#decoder.finish()
    tree.lastProcessedZxid = this.#zxid
    return { tree, rest: this.#behind.view(INT_BYTES + length).slice() }
  }
}

function noSignature(): DecodeError {
  return new DecodeError(`a snapshot stream ends with "${STREAM_SIGNATURE}"`)
}

/**
 * In one piece, straight from the bytes: a million paths put together from pieces left 230 MB behind and were a third of the
 * time of a start.
 */
function pathFrom(reader: JuteReader, window: Uint8Array, text: Buffer): string {
  const start = window.length - reader.remaining + INT_BYTES
  const end = start + (intAt(window, start - INT_BYTES) ?? 0)
  for (let at = start; at < end; at += 1) if ((window[at] ?? 0) >= 0x80) return reader.string()
  reader.skip(INT_BYTES + end - start)
  return text.toString('latin1', start, end)
}

function intAt(window: Uint8Array, at: number): number | null {
  if (at + INT_BYTES > window.length) return null
  let value = 0
  for (let i = at; i < at + INT_BYTES; i += 1) value = (value << 8) | (window[i] ?? 0)
  return value
}

/** How long the node's record at `at` is, or null when that is not known yet. The end mark is a path alone. */
function nodeBytes(window: Uint8Array, at: number): number | null {
  const pathLength = intAt(window, at)
  if (pathLength === null) return null
  if (pathLength < 0 || pathLength > PATH_BYTES_MAX) throw new DecodeError(`a znode's path of ${pathLength} bytes`)
  const dataAt = at + INT_BYTES + pathLength
  if (pathLength === END_PATH.length && window[at + INT_BYTES] === END_PATH.charCodeAt(0)) return dataAt - at
  const dataLength = intAt(window, dataAt)
  if (dataLength === null) return null
  if (dataLength < -1 || dataLength > DATA_BYTES_MAX) throw new DecodeError(`a znode's data of ${dataLength} bytes`)
  return dataAt + INT_BYTES + Math.max(0, dataLength) + NODE_STAT_BYTES - at
}

/** Whether all of the ACL at `at` (perms, scheme, id) has arrived. */
function aclIsWhole(window: Uint8Array, at: number): boolean {
  let next = at + INT_BYTES
  for (let part = 0; part < 2; part += 1) {
    const length = intAt(window, next)
    if (length === null) return false
    if (length < -1 || length > PATH_BYTES_MAX) throw new DecodeError(`an ACL's name of ${length} bytes`)
    next += INT_BYTES + Math.max(0, length)
  }
  return next <= window.length
}
