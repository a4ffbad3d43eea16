// Turns a tree into the bytes of a snapshot, slice by slice, so that the tree may change between two slices
// (a fuzzy snapshot): whoever loads it replays every txn after the label. Where the slices go is for
// snapshot-file.ts and the quorum port. Layout: snapshot-format.ts.

import { adler32 } from '#shared/base/checksum.ts'
import { writeAclList } from '#shared/jute/records/acl.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import { CONFIG_PATH } from '#shared/tree/create-tree.ts'
import type { DataTree } from '#shared/tree/data-tree.ts'
import { dataOf } from '#shared/tree/node-data.ts'
import { walkTree } from '#shared/tree/snapshot.ts'
import type { Znode } from '#shared/tree/znode.ts'
import type { Acl } from '#shared/zk/acl.ts'
import { ZERO_ZXID } from '#shared/zk/zxid.ts'
import { DIGEST_VERSION, END_PATH, OPEN_ACL_ID, SNAPSHOT_MAGIC, SNAPSHOT_VERSION } from './snapshot-format.ts'

/** A slice ends behind the record that reaches this size: well under 5 ms of work. */
const SLICE_BYTES = 64 * 1024
/** While ACLs are collected, an empty slice is given each so many nodes. */
const TURN_NODES = 10_000
/** How many list objects are remembered; beyond, their text is compared. */
const KNOWN_LISTS_MAX = 10_000

/**
 * The middle part: sessions, ACL cache, nodes, end mark. What follows a SNAP packet, and most of a file.
 * Its label is the tree's lastProcessedZxid when the first slice is taken (O-12).
 * @returns slices that are not used again by the encoder; empty ones are just a chance to do something else
 */
export function* encodeTree(tree: DataTree): Generator<Uint8Array, void> {
  const label = tree.lastProcessedZxid
  const nodes = walkTree(tree)
  const writer = new JuteWriter(SLICE_BYTES + 4096)
  // Sessions first, and whole: trap 2926.
  writer.int(tree.sessions.size)
  for (const [sessionId, timeoutMs] of tree.sessions) {
    writer.sessionId(sessionId)
    writer.int(timeoutMs)
  }
  yield writer.take()

  const acls = new AclTable()
  // Apache's first entry too.
  acls.add(tree.nodes.get(CONFIG_PATH)?.acl ?? null)
  let visited = 0
  for (const node of tree.nodes.values()) {
    if (node.czxid <= label) acls.add(node.acl)
    visited += 1
    if (visited % TURN_NODES === 0) yield writer.take()
  }
  acls.write(writer)

  for (const { path, node } of nodes) {
    writeNode(writer, path, node, acls.idOf(node.acl))
    if (writer.length >= SLICE_BYTES) yield writer.take()
  }
  writer.ustring(END_PATH)
  yield writer.take()
}

/**
 * A whole snapshot file: header, encodeTree, and the seals. The digest, if the tree keeps one, is the one at the end of the walk, under
 * the zxid it then has: a reader compares when its replay gets there.
 */
export function* encodeSnapshotFile(tree: DataTree, digest = true): Generator<Uint8Array, void> {
  const writer = new JuteWriter(64)
  let checksum = 1
  writer.int(SNAPSHOT_MAGIC)
  writer.int(SNAPSHOT_VERSION)
  writer.long(-1n)
  const header = writer.take()
  checksum = adler32(header, checksum)
  yield header
  for (const slice of encodeTree(tree)) {
    checksum = adler32(slice, checksum)
    yield slice
  }
  writeSeal(writer, checksum)
  if (digest) {
    const processed = tree.lastProcessedZxid
    writer.zxid(processed)
    writer.int(DIGEST_VERSION)
    // A tree that has seen no txn carries no digest, as Apache's does.
    writer.long(processed === ZERO_ZXID ? 0n : tree.digest)
    writeSeal(writer, adler32(writer.view(), checksum))
  }
  yield writer.take()
}

function writeSeal(writer: JuteWriter, checksum: number): void {
  writer.longNumber(checksum)
  writer.ustring('/')
}

function writeNode(writer: JuteWriter, path: string, node: Znode, aclId: number): void {
  writer.ustring(path)
  writer.buffer(dataOf(node))
  writer.longNumber(aclId)
  writer.zxid(node.czxid)
  writer.zxid(node.mzxid)
  writer.longNumber(node.ctime)
  writer.longNumber(node.mtime)
  writer.int(node.version)
  writer.int(node.cversion)
  writer.int(node.aversion)
  writer.sessionId(node.ephemeralOwner)
  writer.zxid(node.pzxid)
}

/** Numbers the distinct ACLs of a tree, in the order in which they are met. */
class AclTable {
  /** Most lists are shared by many nodes, so the object itself is asked first. */
  readonly #idByList = new Map<readonly Acl[], number>()
  readonly #idByText = new Map<string, number>()
  readonly #lists: (readonly Acl[])[] = []

  add(acl: readonly Acl[] | null): void {
    if (acl === null || this.#idByList.has(acl)) return
    const text = textOf(acl)
    let id = this.#idByText.get(text)
    if (id === undefined) {
      this.#lists.push(acl)
      id = this.#lists.length
      this.#idByText.set(text, id)
    }
    if (this.#idByList.size < KNOWN_LISTS_MAX) this.#idByList.set(acl, id)
  }

  /**
   * A list that was not met has come by a setACL after the label, while we were on our way; replay sets it again
   * before anybody is served. Until then the first listed one stands in: that of /zookeeper/config, READ for anyone.
   */
  idOf(acl: readonly Acl[] | null): number {
    if (acl === null) return OPEN_ACL_ID
    const standIn = this.#lists.length > 0 ? 1 : OPEN_ACL_ID
    return this.#idByList.get(acl) ?? this.#idByText.get(textOf(acl)) ?? standIn
  }

  write(writer: JuteWriter): void {
    writer.int(this.#lists.length)
    for (const [index, acl] of this.#lists.entries()) {
      writer.longNumber(index + 1)
      writeAclList(writer, acl)
    }
  }
}

function textOf(acl: readonly Acl[]): string {
  return JSON.stringify(acl.map(({ perms, scheme, id }) => [perms, scheme, id]))
}
