// `zabscope snapshot`: prints snapshots, checks them, and rebuilds one from what a data directory still holds.
// The originals are only ever read. Bytes are snapshot-file.ts's business, replaying logs is recover.ts's.

import { DecodeError } from '#shared/jute/reader.ts'
import type { DataTree } from '#shared/tree/data-tree.ts'
import { dataOf } from '#shared/tree/node-data.ts'
import { kindOfOwner, ttlMsOf } from '#shared/tree/owner.ts'
import type { Znode } from '#shared/tree/znode.ts'
import { formatSessionId } from '#shared/zk/ids.ts'
import { formatZxid } from '#shared/zk/zxid.ts'
import { type LoadedSnapshot, loadSnapshot, looksComplete } from '../snapshot-file.ts'
import { aclText, dataText, isoTime } from './entry-text.ts'
import { filesOf } from './files-of.ts'
import { rebuildSnapshot } from './rebuild-snapshot.ts'

export interface SnapshotToolOptions {
  /** Snapshot files, or directories that hold some. */
  readonly paths: readonly string[]
  readonly json: boolean
  /** Print no sessions and znodes, only what there is and whether it is whole. */
  readonly verify: boolean
  /** Show the data of znodes, too. */
  readonly data: boolean
  /** Only this znode and what is below it. */
  readonly path: string
  /** Where to write a snapshot of all that a single data directory still holds; an empty or a new directory. */
  readonly rebuild: string | null
}

/** Returns the exit code: 0 all is whole, 1 something is damaged. Throws a StorageError for what cannot be read. */
export async function runSnapshotTool(options: SnapshotToolOptions, print: (line: string) => void): Promise<number> {
  if (options.rebuild !== null) return rebuildSnapshot(options.paths, options.rebuild, print)
  let whole = true
  for (const file of await filesOf(options.paths, 'snapshot')) {
    const loaded = await tryLoad(file)
    if (typeof loaded === 'string') whole = false
    else if (!options.verify) printTree(loaded.tree, options, print)
    print(summaryLine(file, loaded, options.json))
  }
  return whole ? 0 : 1
}

async function tryLoad(file: string): Promise<LoadedSnapshot | string> {
  try {
    if (!(await looksComplete(file))) return 'it does not end as a snapshot does: its server died while writing it'
    return await loadSnapshot(file)
  } catch (error) {
    if (error instanceof DecodeError) return error.message
    throw error
  }
}

function printTree(tree: DataTree, options: SnapshotToolOptions, print: (line: string) => void): void {
  for (const [id, timeoutMs] of tree.sessions) {
    const session = formatSessionId(id)
    print(options.json ? JSON.stringify({ session, timeoutMs }) : `session ${session} timeout ${timeoutMs} ms`)
  }
  const below = options.path === '/' ? '/' : `${options.path}/`
  for (const [path, node] of tree.nodes) {
    if (path !== options.path && !path.startsWith(below)) continue
    print(options.json ? JSON.stringify(nodeObject(path, node, options.data)) : nodeLine(path, node, options.data))
  }
}

function nodeLine(path: string, node: Znode, shown: boolean): string {
  const data = dataOf(node)
  const what = shown ? dataText(data) : data === null ? 'no data' : `${data.length} bytes`
  const changed = `czxid ${formatZxid(node.czxid)} mzxid ${formatZxid(node.mzxid)} pzxid ${formatZxid(node.pzxid)}`
  const versions = `version ${node.version} cversion ${node.cversion} aversion ${node.aversion}`
  return `${JSON.stringify(path)} ${kindText(node)} ${what} ${versions} ${changed} mtime ${isoTime(node.mtime)} acl ${aclText(node.acl)}`
}

function nodeObject(path: string, node: Znode, shown: boolean): Record<string, unknown> {
  const data = dataOf(node)
  return {
    path,
    kind: kindOfOwner(node.ephemeralOwner),
    bytes: data?.length ?? null,
    ...(shown ? { data: data && Buffer.from(data).toString('base64') } : {}),
    version: node.version,
    cversion: node.cversion,
    aversion: node.aversion,
    czxid: formatZxid(node.czxid),
    mzxid: formatZxid(node.mzxid),
    pzxid: formatZxid(node.pzxid),
    ctime: isoTime(node.ctime),
    mtime: isoTime(node.mtime),
    ephemeralOwner: formatSessionId(node.ephemeralOwner),
    acl: node.acl,
  }
}

function kindText({ ephemeralOwner }: Znode): string {
  const kind = kindOfOwner(ephemeralOwner)
  if (kind === 'ephemeral') return `ephemeral of ${formatSessionId(ephemeralOwner)}`
  return kind === 'ttl' ? `ttl ${ttlMsOf(ephemeralOwner)} ms` : kind
}

function summaryLine(file: string, loaded: LoadedSnapshot | string, json: boolean): string {
  if (typeof loaded === 'string')
    return json ? JSON.stringify({ file, problem: loaded }) : `${file}: DAMAGED: ${loaded}`
  const { tree, digest } = loaded
  const counts = { znodes: tree.nodes.size, sessions: tree.sessions.size }
  const sum = digest && { zxid: formatZxid(digest.zxid), digest: digest.value.toString() }
  if (json) return JSON.stringify({ file, ...counts, digest: sum, problem: null })
  const digestText = sum === null ? '' : `, digest ${sum.digest} after ${sum.zxid}`
  return `${file}: ${counts.znodes} znodes, ${counts.sessions} sessions${digestText}; whole`
}
