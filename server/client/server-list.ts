// The connect string and the order in which its servers are tried. Names are resolved by the dial, each
// time anew. Source: ConnectStringParser, StaticHostProvider.

import { err, ok, type Result } from '#shared/base/result.ts'
import { pathProblem } from '#shared/zk/path.ts'

export interface ServerAddress {
  readonly host: string
  readonly port: number
}

export interface ConnectString {
  readonly servers: readonly ServerAddress[]
  /** `` for none, else a legal path other than `/`. */
  readonly chroot: string
}

export const DEFAULT_PORT = 2181
/** More servers than any ensemble with its observers has. */
export const SERVERS_MAX = 1000

/** Reads `host:port,[::1]:port,host/chroot`; the error is a sentence for the person who wrote it. */
export function parseConnectString(text: string): Result<ConnectString, string> {
  const slash = text.indexOf('/')
  const written = slash < 0 ? '' : text.slice(slash)
  const chroot = written === '/' ? '' : written
  const problem = chroot === '' ? null : pathProblem(chroot)
  if (problem) return err(`the chroot ${chroot} of the connect string is no znode path: ${problem}`)

  const servers: ServerAddress[] = []
  for (const part of (slash < 0 ? text : text.slice(0, slash)).split(',')) {
    if (part.trim() === '') continue
    const server = parseAddress(part.trim())
    if (!server) return err(`"${part.trim()}" in the connect string is no server; write host:port or [ipv6]:port`)
    servers.push(server)
  }
  if (servers.length === 0) return err('the connect string names no server; write host:port[,host:port…][/chroot]')
  if (servers.length > SERVERS_MAX) return err(`the connect string names more than ${SERVERS_MAX} servers`)
  return ok({ servers, chroot })
}

function parseAddress(text: string): ServerAddress | null {
  const groups = /^(?:\[(?<v6>[0-9a-fA-F:.%\w]+)\]|(?<host>[^:\s[\]]+))(?::(?<port>\d{1,5}))?$/.exec(text)?.groups
  const host = groups?.v6 ?? groups?.host
  const port = groups?.port === undefined ? DEFAULT_PORT : Number(groups.port)
  return host === undefined || port < 1 || port > 65535 ? null : { host, port }
}

export function formatAddress({ host, port }: ServerAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** Goes round a shuffled list, so that many clients spread over the ensemble. */
export class ServerList {
  readonly #servers: readonly ServerAddress[]
  #at = -1

  /** @param random from 0 up to 1, as Math.random */
  constructor(servers: readonly ServerAddress[], random: () => number = Math.random) {
    const shuffled = [...servers]
    for (let i = shuffled.length - 1; i > 0; i -= 1) {
      const j = Math.floor(random() * (i + 1))
      const [a, b] = [shuffled[i], shuffled[j]]
      if (a && b) [shuffled[i], shuffled[j]] = [b, a]
    }
    this.#servers = shuffled
  }

  get size(): number {
    return this.#servers.length
  }

  get all(): readonly ServerAddress[] {
    return this.#servers
  }

  /** Makes this one of the list the next. */
  prefer(server: ServerAddress): void {
    const at = this.#servers.indexOf(server)
    if (at >= 0) this.#at = at - 1
  }

  next(): ServerAddress {
    this.#at = (this.#at + 1) % this.#servers.length
    const server = this.#servers[this.#at]
    if (!server) throw new RangeError('a server list holds at least one server')
    return server
  }
}

/** Between tries, once each server has been tried: doubles from the first to the second. */
const RETRY_FIRST_MS = 20
const RETRY_MAX_MS = 500

/** After a lost connection: a server's clients do not come to the next one all in the same moment. */
const RECONNECT_SPREAD_MS = 50

/** How long to wait before the next try: hardly at all while there are servers that have not been tried. */
export function retryDelayMs(
  failures: number,
  options: { readonly servers: ServerList; readonly random: () => number },
): number {
  const round = Math.floor(failures / options.servers.size)
  if (failures === 0) return options.random() * RECONNECT_SPREAD_MS
  if (round === 0) return 0
  return Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** (round - 1)) * (0.5 + options.random() / 2)
}
