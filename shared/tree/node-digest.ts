// The digest of one znode and of a whole tree (version 2): a sum of CRCs, so that a change costs only the
// nodes it touches. ACLs and children are not covered. Source: DigestCalculator, storage.md §3.

import { crc32 } from '../base/checksum.ts'
import { utf8Encode } from '../base/text.ts'
import { NO_SESSION } from '../zk/ids.ts'
import type { DataTree } from './data-tree.ts'
import type { PendingNode } from './pending.ts'

const STAT_BYTES = 60
const PATH_SCRATCH_BYTES = 1024
const TWO_32 = 2 ** 32

const statBytes = new Uint8Array(STAT_BYTES)
const statView = new DataView(statBytes.buffer)
const pathBytes = new Uint8Array(PATH_SCRATCH_BYTES)

function putLong(at: number, value: number): void {
  const high = Math.floor(value / TWO_32)
  statView.setInt32(at, high)
  statView.setUint32(at + 4, value - high * TWO_32)
}

function encodePath(path: string): Uint8Array {
  if (path === '/') return pathBytes.subarray(0, 0)
  if (path.length > PATH_SCRATCH_BYTES) return utf8Encode(path)
  for (let i = 0; i < path.length; i += 1) {
    const unit = path.charCodeAt(i)
    if (unit > 0x7f) return utf8Encode(path)
    pathBytes[i] = unit
  }
  return pathBytes.subarray(0, path.length)
}

/** What a digest covers, besides the path. */
export type DigestedNode = Omit<PendingNode, 'zxid' | 'exists' | 'acl' | 'children' | 'digest'>

/** From 0 to 2^32 − 1; 0 for everything below /zookeeper, which no digest counts. The root is `/`. */
export function nodeDigest(path: string, node: DigestedNode): number {
  if (path.startsWith('/zookeeper/')) return 0
  putLong(0, node.czxid)
  putLong(8, node.mzxid)
  putLong(16, node.pzxid)
  putLong(24, node.ctime)
  putLong(32, node.mtime)
  statView.setInt32(40, node.version)
  statView.setInt32(44, node.cversion)
  statView.setInt32(48, node.aversion)
  if (node.ephemeralOwner === NO_SESSION) statBytes.fill(0, 52)
  else statView.setBigUint64(52, node.ephemeralOwner)
  let crc = crc32(encodePath(path))
  const { dataBytes, dataAt, dataLength } = node
  if (dataBytes !== null) crc = crc32(dataBytes, crc, dataAt, dataAt + dataLength)
  return crc32(statBytes, crc)
}

/** Computed from every node, changing none: to check the digests that apply maintains. */
export function treeDigest(tree: DataTree): bigint {
  let sum = 0n
  for (const [path, node] of tree.nodes) sum += BigInt(nodeDigest(path, node))
  return BigInt.asUintN(64, sum)
}

/** Computes every node's digest anew, and keeps it in the node; returns their sum. */
export function digestAll(tree: DataTree): bigint {
  let sum = 0n
  for (const [path, node] of tree.nodes) {
    node.digest = nodeDigest(path, node) | 0
    sum += BigInt(node.digest >>> 0)
  }
  return BigInt.asUintN(64, sum)
}

/** `digest` moved on by what changes of nodes came to. */
export function addToDigest(digest: bigint, delta: number): bigint {
  return delta === 0 ? digest : BigInt.asUintN(64, digest + BigInt(delta))
}
