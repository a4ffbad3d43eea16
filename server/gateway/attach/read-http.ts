// Asks a server's AdminServer and its metrics, bounded in time and bytes and without redirects (O-5), and reads what they
// say. Session ids and zxids are numbers beyond 2^53 there, so every number is read as a text. §5.3 and §5.4 of
// operator-dashboard.md have the fields.

import { z } from 'zod'
import { asSessionId, formatSessionId } from '#shared/zk/ids.ts'
import { type PathWatchers, quoteNumbers } from '../member-watches.ts'
import { ANSWER_BYTES_MAX, ANSWER_MS_MAX, CONNECTIONS_READ_MAX } from './attach-limits.ts'
import {
  type ClientConnection,
  countOf,
  type Figures,
  figuresOf,
  type ServerFacts,
  shortVersion,
} from './read-words.ts'

export interface HttpTarget {
  readonly host: string
  readonly port: number
}

/** The text of an answer with status 200; null for everything else, whatever the reason (O-3). */
export async function askHttp({ host, port }: HttpTarget, path: string): Promise<string | null> {
  const name = host.includes(':') ? `[${host}]` : host
  try {
    const response = await fetch(`http://${name}:${port}${path}`, {
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
      redirect: 'error',
    })
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true })
      if (text.length > ANSWER_BYTES_MAX) return null
    }
    return response.status === 200 ? text : null
  } catch {
    return null
  }
}

/** Null when it is no answer of an AdminServer, or an error. */
function readCommand<T>(text: string | null, schema: z.ZodType<T>): T | null {
  if (text === null) return null
  try {
    const json: unknown = JSON.parse(quoteNumbers(text))
    const checked = z.object({ command: z.string(), error: z.null() }).loose().safeParse(json)
    const read = schema.safeParse(json)
    return checked.success && read.success ? read.data : null
  } catch {
    return null
  }
}

const digits = z.string().regex(/^-?\d{1,20}$/)
const configuration = z.object({ client_port: digits, server_id: digits.optional() }).loose()

export interface AdminConfiguration {
  readonly clientPort: number
  readonly sid: number | null
}

/** Whose AdminServer it is: several servers may share a host. */
export function readConfiguration(text: string | null): AdminConfiguration | null {
  const read = readCommand(text, configuration)
  const clientPort = countOf(read?.client_port)
  if (!read || clientPort === null) return null
  return { clientPort, sid: countOf(read.server_id) || null }
}

const stats = z
  .object({
    version: z.string(),
    node_count: digits.optional(),
    server_stats: z
      .object({
        server_state: z.string(),
        last_processed_zxid: digits.optional(),
        num_alive_client_connections: digits.optional(),
        outstanding_requests: digits.optional(),
        packets_received: digits.optional(),
      })
      .loose(),
  })
  .loose()

/** `server_stats`: what `srvr` says, too. */
export function readServerStats(text: string | null): ServerFacts | null {
  const read = readCommand(text, stats)
  if (!read) return null
  const { server_state, last_processed_zxid, num_alive_client_connections, outstanding_requests, packets_received } =
    read.server_stats
  const zxid = last_processed_zxid
  return {
    version: shortVersion(read.version),
    mode: server_state,
    zxid: zxid === undefined ? null : `0x${BigInt.asUintN(64, BigInt(zxid)).toString(16)}`,
    connections: countOf(num_alive_client_connections),
    outstanding: countOf(outstanding_requests),
    znodes: countOf(read.node_count),
    requests: countOf(packets_received),
  }
}

const connection = z
  .object({ remote_socket_address: z.string().max(300), session_id: z.string(), session_timeout: digits })
  .loose()
const connections = z
  .object({ connections: z.array(connection.or(z.unknown())), secure_connections: z.array(z.unknown()).optional() })
  .loose()

/** `connections`: those that have a session. Apache gives the id as `0x…` text, and has given it as a number. */
export function readConnections(text: string | null): readonly ClientConnection[] | null {
  const read = readCommand(text, connections)
  if (!read) return null
  const found: ClientConnection[] = []
  for (const one of [...read.connections, ...(read.secure_connections ?? [])]) {
    const row = connection.safeParse(one)
    const session = row.success ? sessionText(row.data.session_id) : null
    if (!row.success || session === null || found.length >= CONNECTIONS_READ_MAX) continue
    const address = row.data.remote_socket_address.replace(/^\//, '')
    found.push({ address, session, timeoutMs: countOf(row.data.session_timeout) ?? 0 })
  }
  return found
}

/** Java's longs are signed. 0 is no session. */
function sessionText(text: string): string | null {
  if (!/^(?:0x[0-9a-f]{1,16}|-?\d{1,20})$/.test(text)) return null
  const id = BigInt.asUintN(64, BigInt(text))
  return id === 0n ? null : formatSessionId(asSessionId(id))
}

/** `monitor`: the metrics of `mntr`. */
export function readMonitor(text: string | null): Figures | null {
  const read = readCommand(text, z.record(z.string(), z.unknown()))
  if (!read) return null
  const plain = Object.entries(read).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[name, value]] : [],
  )
  return figuresOf(new Map(plain))
}

const watches = z.object({ path_to_session_ids: z.record(z.string(), z.array(z.string())) }).loose()

export function readWatchesByPath(text: string | null): readonly PathWatchers[] | null {
  const read = readCommand(text, watches)
  if (!read) return null
  return Object.entries(read.path_to_session_ids).map(([path, ids]) => ({
    path,
    sessions: ids.map(sessionText).filter((id) => id !== null),
  }))
}

/** The text format of Prometheus; null when none of the names is there. */
export function readMetrics(text: string | null): Figures | null {
  const values = new Map<string, string>()
  for (const line of text?.split('\n') ?? []) {
    const found = /^([a-z_]{1,100}) (\d+(?:\.\d+)?(?:E\d+)?)$/.exec(line.trimEnd())
    if (found?.[1] !== undefined) values.set(found[1], String(Number(found[2])))
  }
  return values.has('znode_count') ? figuresOf(values) : null
}
