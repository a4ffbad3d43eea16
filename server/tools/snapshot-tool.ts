// One snapshot file: printed, counted, verified, rebuilt. Source of the purpose: Apache's SnapshotFormatter.

import fs from 'node:fs'
import { basename, dirname } from 'node:path'
import { DecodeError } from '#shared/jute/reader.ts'
import { CONTAINER_OWNER, type DataTree, plainZnode, type Znode } from '#shared/tree/data-tree.ts'
import { dataOf } from '#shared/tree/node-data.ts'
import { formatSessionId } from '#shared/zk/ids.ts'
import { formatZxid, type Zxid } from '#shared/zk/zxid.ts'
import { compressionOf } from '../storage/compression.ts'
import { numberedName } from '../storage/file-names.ts'
import { encodeSnapshotFile } from '../storage/snapshot-encode.ts'
import { loadIntact, loadSnapshot } from '../storage/snapshot-file.ts'
import { createCompressor } from '../storage/snapshot-stream.ts'
import { checkLog } from '../storage/sums-check.ts'
import type { Print } from './log-tool.ts'
import type { ToolOptions } from './tool-arguments.ts'
import { aclText, base64, dataText, quote } from './txn-text.ts'

const LARGEST_SHOWN = 10

export interface SnapshotSummary {
  readonly path: string
  /** Of its name; null when it has none. */
  readonly zxid: Zxid | null
  readonly znodes: number
  readonly sessions: number
  readonly ephemerals: number
  readonly containers: number
  readonly ttls: number
  readonly dataBytes: number
  readonly fileBytes: number
  readonly largest: readonly { readonly path: string; readonly bytes: number }[]
  readonly digest: { readonly zxid: string; readonly value: string } | null
  readonly damage: readonly string[]
  readonly sums: string
}

export async function inspectSnapshot(
  path: string,
  options: ToolOptions,
  print: Print | null,
): Promise<SnapshotSummary> {
  const damage: string[] = []
  let tree: DataTree | null = null
  let digest: SnapshotSummary['digest'] = null
  try {
    const loaded = await loadSnapshot(path)
    tree = loaded.tree
    if (loaded.digest) digest = { zxid: formatZxid(loaded.digest.zxid), value: `0x${loaded.digest.value.toString(16)}` }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    damage.push(error.message)
    tree = await loadIntact(path)
    damage.push(`${tree.nodes.size} znodes and ${tree.sessions.size} sessions can be read all the same`)
  }
  const verdict = await checkLog(dirname(path), basename(path))
  if (verdict.type === 'contradicted') damage.push(`by its side file, ${verdict.problem}`)
  if (print) printTree(tree, options, print)
  return summarize(path, tree, digest, damage, verdict.type === 'verified' ? 'verified' : verdict.type)
}

function summarize(
  path: string,
  tree: DataTree,
  digest: SnapshotSummary['digest'],
  damage: readonly string[],
  sums: string,
): SnapshotSummary {
  let dataBytes = 0
  let largest: { path: string; bytes: number }[] = []
  for (const [node, { dataLength }] of tree.nodes) {
    dataBytes += dataLength
    if (dataLength <= (largest[LARGEST_SHOWN - 1]?.bytes ?? 0)) continue
    largest = [...largest, { path: node, bytes: dataLength }].sort((a, b) => b.bytes - a.bytes).slice(0, LARGEST_SHOWN)
  }
  let ephemerals = 0
  for (const paths of tree.ephemerals.values()) ephemerals += paths.size
  return {
    path,
    zxid: numberedName(dirname(path), basename(path), 'snapshot')?.zxid ?? null,
    znodes: tree.nodes.size,
    sessions: tree.sessions.size,
    ephemerals,
    containers: tree.containers.size,
    ttls: tree.ttls.size,
    dataBytes,
    fileBytes: fs.statSync(path).size,
    largest,
    digest,
    damage,
    sums,
  }
}

function printTree(tree: DataTree, { json, data }: ToolOptions, print: Print): void {
  for (const [session, timeoutMs] of tree.sessions) {
    const id = formatSessionId(session)
    print(json ? JSON.stringify({ session: id, timeoutMs }) : `session ${id} timeout=${timeoutMs}`)
  }
  for (const [path, node] of tree.nodes)
    print(json ? JSON.stringify(nodeObject(path, node, data)) : nodeLine(path, node, data))
}

function nodeObject(path: string, node: Znode, data: boolean) {
  const { data: bytes, ephemeralOwner, czxid, mzxid, pzxid, ...rest } = plainZnode(node)
  return {
    path,
    ...rest,
    czxid: formatZxid(czxid),
    mzxid: formatZxid(mzxid),
    pzxid: formatZxid(pzxid),
    ephemeralOwner: formatSessionId(ephemeralOwner),
    dataLength: bytes?.length ?? null,
    ...(data ? { data: base64(bytes) } : {}),
  }
}

function nodeLine(path: string, node: Znode, data: boolean): string {
  const zxids = `czxid=${formatZxid(node.czxid)} mzxid=${formatZxid(node.mzxid)} pzxid=${formatZxid(node.pzxid)}`
  const versions = `version=${node.version} cversion=${node.cversion} aversion=${node.aversion}`
  const owner = node.ephemeralOwner === CONTAINER_OWNER ? 'container' : formatSessionId(node.ephemeralOwner)
  const times = `ctime=${node.ctime} mtime=${node.mtime}`
  return `${quote(path)} ${zxids} ${versions} ${times} owner=${owner} acl=${aclText(node.acl)} ${dataText(dataOf(node), data)}`
}

export function snapshotLines(summary: SnapshotSummary, json: boolean): string[] {
  const { path, zxid, damage, largest, digest, sums, ...counts } = summary
  const label = zxid === null ? null : formatZxid(zxid)
  if (json) return [JSON.stringify({ snapshot: path, zxid: label, ...counts, largest, digest, sums, damage })]
  return [
    `${path}: ${counts.znodes} znodes with ${counts.dataBytes} bytes of data, ${counts.sessions} sessions, in ${counts.fileBytes} bytes`,
    `  zxid ${label ?? 'unknown'}, ${counts.ephemerals} ephemerals, ${counts.containers} containers, ${counts.ttls} with a TTL`,
    `  digest ${digest ? `${digest.value} at ${digest.zxid}` : 'none'}; side file: ${sums}`,
    ...largest.slice(0, 3).map((one) => `  large: ${quote(one.path)} ${one.bytes} bytes`),
    ...damage.map((one) => `  DAMAGE ${one}`),
  ]
}

/**
 * Writes the znodes that can be read as a new snapshot, compressed as the name of `out` says.
 * @returns what was written, as a sentence
 * @throws Error with code EEXIST when `out` is there already
 */
export async function rebuildSnapshot(path: string, out: string): Promise<string> {
  const tree = await loadIntact(path)
  const zxid = numberedName(dirname(path), basename(path), 'snapshot')?.zxid
  if (zxid === undefined) throw new Error(`${path}: its name has to say its zxid, like snapshot.100000003`)
  tree.lastProcessedZxid = zxid
  const compressor = createCompressor(compressionOf(out))
  const pieces = [await compressor.push([...encodeSnapshotFile(tree, false)]), await compressor.end()]
  fs.writeFileSync(out, Buffer.concat(pieces), { flag: 'wx', mode: 0o600, flush: true })
  return `${out}: ${tree.nodes.size} znodes and ${tree.sessions.size} sessions at ${formatZxid(zxid)}`
}
