// Reads the answers to four-letter words, of 3.5 to 3.9 and ours. Everything is optional: what is not there or not
// readable stays null. Formats: operator-dashboard.md §5.2.

import { asSessionId, formatSessionId } from '#shared/zk/ids.ts'
import { CONNECTIONS_READ_MAX } from './attach-limits.ts'

/** Null: not told. */
export interface ServerFacts {
  readonly version: string | null
  /** leader, follower, observer, standalone, read-only. */
  readonly mode: string | null
  /** `0x…` */
  readonly zxid: string | null
  readonly connections: number | null
  readonly outstanding: number | null
  readonly znodes: number | null
  readonly requests: number | null
}

export interface Figures {
  readonly mode: string | null
  readonly sessions: number | null
  readonly watches: number | null
  readonly znodes: number | null
  readonly connections: number | null
  readonly outstanding: number | null
  readonly requests: number | null
}

export interface ClientConnection {
  /** `host:port`. */
  readonly address: string
  readonly session: string
  readonly timeoutMs: number
}

/** Why a word gave nothing. */
export type WordProblem = 'not-allowed' | 'not-serving' | 'no-answer'

export function refusalOf(answer: string): WordProblem | null {
  if (/is not executed because it is not in the whitelist/.test(answer)) return 'not-allowed'
  if (/not currently serving requests/.test(answer)) return 'not-serving'
  return answer.trim() === '' ? 'no-answer' : null
}

/** `srvr` and `stat`; null when it is neither. */
export function readSrvr(answer: string): ServerFacts | null {
  const mode = /^Mode: ([a-z-]+)$/m.exec(answer)?.[1] ?? null
  if (mode === null) return null
  const zxid = /^Zxid: (0x[0-9a-f]{1,16})$/m.exec(answer)?.[1]
  return {
    version: shortVersion(/^Zookeeper version: (.{1,200})$/m.exec(answer)?.[1]),
    mode,
    zxid: zxid === undefined ? null : `0x${BigInt(zxid).toString(16)}`,
    connections: countOf(/^Connections: (\d+)$/m.exec(answer)?.[1]),
    outstanding: countOf(/^Outstanding: (\d+)$/m.exec(answer)?.[1]),
    znodes: countOf(/^Node count: (\d+)$/m.exec(answer)?.[1]),
    requests: countOf(/^Received: (\d+)$/m.exec(answer)?.[1]),
  }
}

/** `mntr`: lines of `zk_name<TAB>value`. */
export function readMntr(answer: string): Figures | null {
  const values = new Map<string, string>()
  for (const line of answer.split('\n')) {
    const found = /^zk_(\w{1,100})\t(.{1,200})$/.exec(line.trimEnd())
    if (found?.[1] !== undefined && found[2] !== undefined) values.set(found[1], found[2])
  }
  return values.size === 0 ? null : figuresOf(values)
}

/** Metrics by the names that `mntr`, `monitor` and Prometheus share. */
export function figuresOf(values: ReadonlyMap<string, string>): Figures {
  const count = (name: string): number | null => countOf(values.get(name))
  return {
    mode: values.get('server_state') ?? null,
    sessions: count('global_sessions'),
    watches: count('watch_count'),
    znodes: count('znode_count'),
    connections: count('num_alive_connections'),
    outstanding: count('outstanding_requests'),
    requests: count('packets_received'),
  }
}

const CONNECTION = /^ \/(\S{1,300}):(\d{1,5})\[[^\]]{0,20}\]\(([^)]*)\)$/

/** `cons`: those that have a session; a connection without one is no client yet, or somebody's four-letter word. */
export function readCons(answer: string): readonly ClientConnection[] {
  const found: ClientConnection[] = []
  for (const line of answer.split('\n')) {
    const [, host, port, facts] = CONNECTION.exec(line.trimEnd()) ?? []
    const session = /(?:^|,)sid=0x([0-9a-f]{1,16})(?:,|$)/.exec(facts ?? '')?.[1]
    const timeoutMs = countOf(/(?:^|,)to=(\d{1,9})(?:,|$)/.exec(facts ?? '')?.[1])
    if (host === undefined || session === undefined || timeoutMs === null || found.length >= CONNECTIONS_READ_MAX)
      continue
    const id = asSessionId(BigInt(`0x${session}`))
    found.push({ address: `${host}:${port}`, session: formatSessionId(id), timeoutMs })
  }
  return found
}

/** `wchs`: how many watches. */
export function readWchs(answer: string): number | null {
  return countOf(/^Total watches:(\d+)$/m.exec(answer)?.[1])
}

/** `wchp`: a path, then the sessions that watch it, each behind a tab. */
export function readWchp(answer: string): ReadonlyMap<string, readonly string[]> {
  const byPath = new Map<string, string[]>()
  let sessions: string[] | null = null
  for (const line of answer.split('\n')) {
    const session = /^\t0x([0-9a-f]{1,16})$/.exec(line)?.[1]
    if (session !== undefined) sessions?.push(formatSessionId(asSessionId(BigInt(`0x${session}`))))
    else if (line.startsWith('/')) {
      sessions = []
      byPath.set(line, sessions)
    }
  }
  return byPath
}

/** `conf`: the id of a server of an ensemble; a standalone server says 0, which is none. */
export function readConf(answer: string): { readonly sid: number | null; readonly clientPort: number | null } {
  const sid = countOf(/^serverId=(\d{1,3})$/m.exec(answer)?.[1])
  return {
    sid: sid === 0 ? null : sid,
    clientPort: countOf(/^clientPort=(\d{1,5})$/m.exec(answer)?.[1]),
  }
}

/** Counts above 2^53 would not be exact, and are none. */
export function countOf(text: string | undefined): number | null {
  if (text === undefined || !/^\d{1,16}(?:\.0+)?$/.test(text)) return null
  const count = Number(text)
  return Number.isSafeInteger(count) ? count : null
}

/** Without the commit and the date of its build. */
export function shortVersion(text: string | undefined): string | null {
  return text === undefined ? null : (/^[\w.+]+(?:-(?:SNAPSHOT|alpha|beta|rc)[\w.]*)?/i.exec(text.trim())?.[0] ?? null)
}
