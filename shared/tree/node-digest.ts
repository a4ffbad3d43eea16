// The digest of one znode and of a whole tree (version 2): a sum of CRCs, so that a change costs only the
// nodes it touches. ACLs and children are not covered. Source: DigestCalculator, storage.md §3.

import { CRC32_START, crc32, crc32Ints, crc32Text } from '../base/checksum.ts'
import { NO_SESSION } from '../zk/ids.ts'
import type { DataTree } from './data-tree.ts'
import type { PendingNode } from './pending.ts'

const TWO_32 = 2 ** 32

/** The numbers of a node, as they are summed: five longs, three ints, a long. Filled anew for each node. */
const numbers = new Int32Array(15)

function putLong(at: number, value: number): void {
  const high = Math.floor(value / TWO_32)
  numbers[at] = high
  numbers[at + 1] = value - high * TWO_32
}

/** What a digest covers, besides the path. */
export type DigestedNode = Omit<PendingNode, 'zxid' | 'exists' | 'acl' | 'children' | 'digest'>

/** From 0 to 2^32 − 1; 0 for everything below /zookeeper, which no digest counts. The root is `/`. */
export function nodeDigest(path: string, node: DigestedNode): number {
  if (path.startsWith('/zookeeper/')) return 0
  let crc = path === '/' ? CRC32_START : crc32Text(path)
  const { dataBytes, dataAt, dataLength, ephemeralOwner } = node
  if (dataBytes !== null) crc = crc32(dataBytes, crc, dataAt, dataAt + dataLength)
  putLong(0, node.czxid)
  putLong(2, node.mzxid)
  putLong(4, node.pzxid)
  putLong(6, node.ctime)
  putLong(8, node.mtime)
  numbers[10] = node.version
  numbers[11] = node.cversion
  numbers[12] = node.aversion
  numbers[13] = ephemeralOwner === NO_SESSION ? 0 : Number(ephemeralOwner >> 32n)
  numbers[14] = ephemeralOwner === NO_SESSION ? 0 : Number(ephemeralOwner & 0xffffffffn)
  return crc32Ints(numbers, crc)
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
