// The texts of the four-letter words about server, connections and sessions, letter by letter as ZooKeeper
// writes them: monitoring agents parse them. Source: operations.md §1.1 and §1.2.

import { join } from 'node:path'
import { formatSessionId } from '#shared/zk/ids.ts'
import { formatQuorumConfig } from '#shared/zk/quorum-config.ts'
import { formatZxid } from '#shared/zk/zxid.ts'
import type { ClientConnection } from '../clients/client-connection.ts'
import { nodeCount } from '../metrics/collect.ts'
import { modeOf, type ServerFacts } from '../server-facts.ts'
import { averageText } from '../traffic.ts'
import { VERSION_TEXT } from '../version.ts'
import { directorySize, environment } from './environment.ts'

export function srvrText(facts: ServerFacts): string {
  return `${headLines(facts)}${serverLines(facts)}`
}

export function statText(facts: ServerFacts, asker: ClientConnection): string {
  const clients = [...facts.connections()].map((c) => `${connectionHead(c, asker)})\n`)
  return `${headLines(facts)}Clients:\n${clients.join('')}\n${serverLines(facts)}`
}

function headLines({ notes }: ServerFacts): string {
  const mode = notes.readOnly ? 'READ-ONLY mode; serving only read-only clients\n' : ''
  return `Zookeeper version: ${VERSION_TEXT}\n${mode}`
}

function serverLines(facts: ServerFacts): string {
  const { traffic, peer } = facts
  const lines = [
    `Latency min/avg/max: ${Math.floor(traffic.latency.minMs)}/${averageText(traffic.latency)}/${Math.floor(traffic.latency.maxMs)}`,
    `Received: ${traffic.received}`,
    `Sent: ${traffic.sent}`,
    `Connections: ${facts.connectionCount()}`,
    `Outstanding: ${traffic.outstanding}`,
    `Zxid: ${formatZxid(peer.zxid)}`,
    `Mode: ${modeOf(facts)}`,
    `Node count: ${nodeCount(peer.tree)}`,
  ]
  if (modeOf(facts) === 'leader')
    lines.push(
      `Proposal sizes last/min/max: ${traffic.lastProposalBytes}/${traffic.minProposalBytes}/${traffic.maxProposalBytes}`,
    )
  return `${lines.join('\n')}\n`
}

/** ` /127.0.0.1:40802[1](queued=0,recved=5,sent=5`, without the closing bracket. */
function connectionHead(connection: ClientConnection, asker: ClientConnection): string {
  const { address, port, received, output } = connection
  const interest = connection === asker ? 0 : 1
  return ` /${bracketed(address)}:${port}[${interest}](queued=${output.outstanding},recved=${received},sent=${output.sent}`
}

export function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}

export function consText(facts: ServerFacts, asker: ClientConnection): string {
  const lines = [...facts.connections()].map((c) => `${connectionHead(c, asker)}${sessionPart(c)})\n`)
  return `${lines.join('')}\n`
}

function sessionPart(connection: ClientConnection): string {
  if (!connection.hasSession) return ''
  const { latency, lastReplyZxid, lastReplyMs, lastLatencyMs } = connection.output
  const averageMs = latency.count === 0 ? 0 : Math.floor(latency.sumMs / latency.count)
  const parts = [
    `sid=${formatSessionId(connection.sessionId)}`,
    `lop=${connection.lastOp}`,
    `est=${connection.establishedWallMs}`,
    `to=${connection.timeoutMs}`,
    ...(connection.lastCxid >= 0 ? [`lcxid=0x${connection.lastCxid.toString(16)}`] : []),
    `lzxid=${formatZxid(lastReplyZxid)}`,
    `lresp=${Math.floor(lastReplyMs)}`,
    `llat=${Math.floor(lastLatencyMs)}`,
    `minlat=${Math.floor(latency.minMs)}`,
    `avglat=${averageMs}`,
    `maxlat=${Math.floor(latency.maxMs)}`,
  ]
  return `,${parts.join(',')}`
}

export async function confText(facts: ServerFacts): Promise<string> {
  const { config } = facts
  const snapDir = join(config.dataDir, 'version-2')
  const logDir = join(config.dataLogDir, 'version-2')
  const lines = [
    `clientPort=${facts.peer.zab.active.servers.get(config.sid)?.client?.port ?? config.clientPort}`,
    `secureClientPort=${config.tls.secureClientPort ?? -1}`,
    `dataDir=${snapDir}`,
    `dataDirSize=${await directorySize(snapDir)}`,
    `dataLogDir=${logDir}`,
    `dataLogSize=${await directorySize(logDir)}`,
    `tickTime=${config.tickTimeMs}`,
    `maxClientCnxns=${config.maxClientCnxns}`,
    `minSessionTimeout=${config.minSessionTimeoutMs}`,
    `maxSessionTimeout=${config.maxSessionTimeoutMs}`,
    `clientPortListenBacklog=${config.clientPortListenBacklog ?? -1}`,
    `serverId=${config.standalone ? 0 : config.sid}`,
  ]
  if (config.standalone) return `${lines.join('\n')}\n`
  const { active } = facts.peer.zab
  const self = active.servers.get(config.sid)
  lines.push(
    `initLimit=${config.initLimit}`,
    `syncLimit=${config.syncLimit}`,
    'electionAlg=3',
    `electionPort=${self?.electionPort ?? -1}`,
    `quorumPort=${self?.quorumPort ?? -1}`,
    `peerType=${self?.role === 'observer' ? 1 : 0}`,
    'membership: ',
    formatQuorumConfig(active),
  )
  return lines.join('\n')
}

export async function dirsText({ config }: ServerFacts): Promise<string> {
  const data = await directorySize(join(config.dataDir, 'version-2'))
  const logs = await directorySize(join(config.dataLogDir, 'version-2'))
  return `datadir_size: ${data}\nlogdir_size: ${logs}\n`
}

export function enviText(): string {
  return `Environment:\n${environment()
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')}`
}

/** The digests of the tree, every 128 transactions. */
export function hashText({ coreMetrics }: ServerFacts): string {
  return coreMetrics.digests.map(({ zxid, digest }) => `${zxid.toString(16)}: ${BigInt.asIntN(64, digest)}\n`).join('')
}

export function dumpText(facts: ServerFacts): string {
  return `${sessionsText(facts)}${ephemeralsText(facts)}${connectionsText(facts)}`
}

function sessionsText(facts: ServerFacts): string {
  const tracker = facts.peer.leadership?.tracker
  if (!tracker) {
    const { sessions } = facts.peer.tree
    const lines = [...sessions].map(([id, timeoutMs]) => `${formatSessionId(id)}\t${timeoutMs}ms\n`)
    return `SessionTracker dump:\nGlobal Sessions(${sessions.size}):\n${lines.join('')}`
  }
  const buckets = [...tracker.buckets].sort(([a], [b]) => a - b)
  const blocks = buckets.map(([at, ids]) => {
    const expires = expiryText(Date.now() + at - facts.nowMs())
    return `${ids.size} expire at ${expires}:\n${[...ids].map((id) => `\t${formatSessionId(id)}\n`).join('')}`
  })
  return `SessionTracker dump:\nSession Sets (${buckets.length})/(${tracker.sessions.size}):\n${blocks.join('')}`
}

/** `Sun Nov 22 11:38:03 UTC 2026`, as Java's Date. */
function expiryText(wallMs: number): string {
  const [weekday, day, month, year, time] = new Date(wallMs).toUTCString().replace(',', '').split(' ')
  return `${weekday} ${month} ${day} ${time} UTC ${year}`
}

function ephemeralsText({ peer }: ServerFacts): string {
  const blocks = [...peer.tree.ephemerals].map(
    ([owner, paths]) => `${formatSessionId(owner)}:\n${[...paths].map((path) => `\t${path}\n`).join('')}`,
  )
  return `ephemeral nodes dump:\nSessions with Ephemerals (${blocks.length}):\n${blocks.join('')}`
}

/** All in one set: connections do not expire by themselves here, their sessions do. */
function connectionsText(facts: ServerFacts): string {
  const lines = [...facts.connections()].map(
    (c) => `\tip: /${bracketed(c.address)}:${c.port} sessionId: ${formatSessionId(c.sessionId)}\n`,
  )
  const head = `${lines.length} expire at ${expiryText(Date.now() + facts.config.maxSessionTimeoutMs)}:\n`
  return `Connections dump:\nConnections Sets (1)/(${lines.length}):\n${head}${lines.join('')}`
}
