// A whole tree as one server shows it to a client, and where two of them differ.

import { ERROR_CODES } from '#shared/zk/errors.ts'
import type { Stat } from '#shared/zk/stat.ts'
import { formatZxid } from '#shared/zk/zxid.ts'
import { ZkSocket } from '../wire/zk-socket.ts'

/** Requests in flight while a tree is read. */
const WINDOW = 200
const DIFFERENCES_SHOWN = 5
/** Its mtime is when a server loaded its configuration (client-protocol.md §7). */
const CONFIG_NODE = '/zookeeper/config'

/** One line of everything that a client can see of a node, by path. */
export type Tree = ReadonlyMap<string, string>

/** Reads the tree behind `port`, after a sync: data, Stat and ACL of each node. */
export async function readTree(port: number): Promise<Tree> {
  const socket = await ZkSocket.connect(port)
  try {
    await socket.ask({ type: 'sync', path: '/' })
    const tree = new Map<string, string>()
    let level = ['/']
    while (level.length > 0) {
      const below: string[] = []
      for (let at = 0; at < level.length; at += WINDOW) {
        const found = await Promise.all(level.slice(at, at + WINDOW).map((path) => readNode(socket, path)))
        for (const node of found) {
          if (node === null) continue
          tree.set(node.path, node.line)
          for (const child of node.children) below.push(node.path === '/' ? `/${child}` : `${node.path}/${child}`)
        }
      }
      level = below
    }
    return tree
  } finally {
    socket.close()
  }
}

async function readNode(socket: ZkSocket, path: string) {
  const [data, acl, children] = await Promise.all([
    socket.ask({ type: 'getData', path, watch: false }),
    socket.ask({ type: 'getACL', path }),
    socket.ask({ type: 'getChildren', path, watch: false }),
  ])
  if (data.err === ERROR_CODES.NONODE) return null
  if (data.err === ERROR_CODES.NOAUTH) return { path, children: [], line: 'not for us to read' }
  if (data.body.type !== 'data' || acl.body.type !== 'acl' || children.body.type !== 'children')
    throw new Error(`${path} cannot be read: errors ${data.err}, ${acl.err}, ${children.err}`)
  const bytes = data.body.data === null ? 'null' : Buffer.from(data.body.data).toString('latin1')
  const access = acl.body.acl.map(({ perms, scheme, id }) => `${scheme}:${id}:${perms}`).join(' ')
  return { path, children: children.body.children, line: `${bytes} | ${statText(path, data.body.stat)} | ${access}` }
}

function statText(path: string, stat: Stat): string {
  const mtime = path === CONFIG_NODE ? '-' : stat.mtime
  const zxids = [stat.czxid, stat.mzxid, stat.pzxid].map(formatZxid).join(' ')
  const versions = [stat.version, stat.cversion, stat.aversion].join(' ')
  return `${zxids} ${versions} ${stat.ctime} ${mtime} ${stat.ephemeralOwner} ${stat.numChildren}`
}

/** What differs, in a few lines; empty when the trees are equal. */
export function compareTrees(nameA: string, a: Tree, nameB: string, b: Tree): string[] {
  const differences: string[] = []
  for (const [path, line] of a) {
    const other = b.get(path)
    if (other === undefined) differences.push(`${path} is on ${nameA}, not on ${nameB}`)
    else if (other !== line) differences.push(`${path}: ${nameA} has ${line}; ${nameB} has ${other}`)
  }
  for (const path of b.keys()) if (!a.has(path)) differences.push(`${path} is on ${nameB}, not on ${nameA}`)
  const more = differences.length - DIFFERENCES_SHOWN
  return more > 0 ? [...differences.slice(0, DIFFERENCES_SHOWN), `and ${more} more`] : differences
}
