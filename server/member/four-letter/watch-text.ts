// wchs, wchc and wchp: who watches what. Like ZooKeeper's they cover the data watches only.
// Source: operations.md §1.

import { formatSessionId } from '#shared/zk/ids.ts'
import type { ServerFacts } from '../server-facts.ts'

export function watchSummaryText({ peer }: ServerFacts): string {
  let total = 0
  const watchers = new Set<number>()
  for (const conns of peer.watches.data.values()) {
    total += conns.size
    for (const conn of conns.keys()) watchers.add(conn)
  }
  return `${watchers.size} connections watching ${peer.watches.data.size} paths\nTotal watches:${total}\n`
}

export function watchesBySessionText({ peer }: ServerFacts): string {
  const blocks: string[] = []
  for (const [conn, paths] of peer.watches.paths) {
    const session = peer.conns.get(conn)?.sessionId
    if (session === undefined || paths.data.size === 0) continue
    blocks.push(`${formatSessionId(session)}\n${[...paths.data].map((path) => `\t${path}\n`).join('')}`)
  }
  return `${blocks.join('')}\n`
}

export function watchesByPathText({ peer }: ServerFacts): string {
  const blocks: string[] = []
  for (const [path, conns] of peer.watches.data) {
    const sessions = [...conns.keys()].map((conn) => peer.conns.get(conn)?.sessionId)
    const lines = sessions.filter((id) => id !== undefined).map((id) => `\t${formatSessionId(id)}\n`)
    blocks.push(`${path}\n${lines.join('')}`)
  }
  return `${blocks.join('')}\n`
}
