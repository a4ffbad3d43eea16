// Who belongs to the ensemble: the `server.N=…` lines, their text form and the majority rule.
// Source: QuorumMaj, election.md §1.

import { err, ok, type Result } from '../base/result.ts'
import { asSid, type Sid } from './ids.ts'
import { formatZxid, type Zxid } from './zxid.ts'

export interface ServerSpec {
  readonly sid: Sid
  readonly host: string
  readonly quorumPort: number
  readonly electionPort: number
  readonly role: 'participant' | 'observer'
  /** Only from the dynamic form `…;[host:]port`. */
  readonly client: { readonly host: string; readonly port: number } | null
}

export interface QuorumConfig {
  readonly servers: ReadonlyMap<Sid, ServerSpec>
  /** 0 while reconfiguration is disabled. */
  readonly version: Zxid
}

export function isVoter(config: QuorumConfig, sid: Sid): boolean {
  return config.servers.get(sid)?.role === 'participant'
}

export function voters(config: QuorumConfig): Sid[] {
  return [...config.servers.values()].filter((s) => s.role === 'participant').map((s) => s.sid)
}

export function voterCount(config: Pick<QuorumConfig, 'servers'>): number {
  let count = 0
  for (const server of config.servers.values()) if (server.role === 'participant') count += 1
  return count
}

/** More than half of the voters; whoever is not a voter does not count. */
export function hasQuorum(config: QuorumConfig, sids: Iterable<Sid>): boolean {
  let present = 0
  for (const sid of sids) if (isVoter(config, sid)) present += 1
  return present * 2 > voterCount(config)
}

function formatHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** `server.1=127.0.0.1:2888:3888:participant`, the client part only where there is one. */
export function formatServer(server: ServerSpec): string {
  const client = server.client ? `;${formatHost(server.client.host)}:${server.client.port}` : ''
  return `server.${server.sid}=${formatHost(server.host)}:${server.quorumPort}:${server.electionPort}:${server.role}${client}`
}

/** The text in notifications, in NEWLEADER and in /zookeeper/config; ends `version=<hex>` without a newline. */
export function formatQuorumConfig(config: QuorumConfig): string {
  const lines = [...config.servers.values()].map(formatServer)
  return [...lines, `version=${formatZxid(config.version).slice(2)}`].join('\n')
}

const SERVER_VALUE =
  /^(?<host>\[[^\]]+\]|[^:;|]+):(?<quorum>\d+):(?<election>\d+)(?::(?<role>participant|observer))?(?:;(?:(?<chost>\[[^\]]+\]|[^:;|]+):)?(?<cport>\d+))?$/i

function bare(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host
}

function isPort(port: number): boolean {
  return port >= 1 && port <= 65535
}

/** Reads the value of `server.N=`; the error is a sentence for the person who wrote it. */
export function parseServer(sid: number, value: string): Result<ServerSpec, string> {
  const groups = SERVER_VALUE.exec(value.trim())?.groups
  if (!groups?.host)
    return err(
      `server.${sid}=${value}: write it as host:quorumPort:electionPort[:participant|observer][;[host:]clientPort]`,
    )
  const quorumPort = Number(groups.quorum)
  const electionPort = Number(groups.election)
  const clientPort = groups.cport === undefined ? null : Number(groups.cport)
  if (![quorumPort, electionPort, clientPort ?? 1].every(isPort))
    return err(`server.${sid}=${value}: a port is a number from 1 to 65535`)
  if (quorumPort === electionPort) return err(`server.${sid}=${value}: quorum and election port are the same`)
  const role = groups.role?.toLowerCase() === 'observer' ? 'observer' : 'participant'
  const client = clientPort === null ? null : { host: bare(groups.chost ?? '0.0.0.0'), port: clientPort }
  return ok({ sid: asSid(sid), host: bare(groups.host), quorumPort, electionPort, role, client })
}
