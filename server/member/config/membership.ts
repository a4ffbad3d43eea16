// Who belongs to the ensemble, as a member's files say at its start: server lines in zoo.cfg itself or in the file
// that dynamicConfigFile names, and zoo.cfg.dynamic.next, the configuration that was being agreed on. What they
// turn into later is reconfig/. Source: QuorumPeerConfig.parseProperties, parseDynamicConfig, setupClientPort.

import type { Result } from '#shared/base/result.ts'
import { type MemberProblem, parseMembers, parseQuorumConfig } from '#shared/zk/config-text.ts'
import { asSid, type Sid } from '#shared/zk/ids.ts'
import { isVoter, parseServer, type QuorumConfig, type ServerSpec, voterCount } from '#shared/zk/quorum-config.ts'
import { ZERO_ZXID, type Zxid } from '#shared/zk/zxid.ts'
import type { Values } from './config-values.ts'
import { nextConfigPath, versionOfFileName } from './dynamic-text.ts'
import { HONOURED, type KeyRules, only, refused } from './key-rule.ts'
import { parseProperties } from './properties.ts'

const NO_HIERARCHY = 'groups and weights are not supported; a quorum is a majority of the participants'

export const MEMBERSHIP_KEYS: KeyRules = {
  reconfigEnabled: HONOURED,
  standaloneEnabled: HONOURED,
  dynamicConfigFile: HONOURED,
  peerType: HONOURED,
  'multiAddress.enabled': only('false', 'a member has one address'),
  'multiAddress.reachabilityCheckEnabled': only('true false', 'a member has one address'),
  'multiAddress.reachabilityCheckTimeoutMs': only('1000', 'a member has one address; remove the line'),
  oraclePath: refused('quorums decided by an oracle are not supported'),
}

export const MEMBERSHIP_FAMILIES: readonly (readonly [RegExp, KeyRules[string]])[] = [
  [/^server\.\d+$/, HONOURED],
  [/^(group|weight)\./, refused(NO_HIERARCHY)],
]

/** How a member reads files beside its zoo.cfg. */
export interface ConfigFiles {
  /** The zoo.cfg itself; absolute. */
  readonly path: string
  /** The text, null when there is no such file, or why it cannot be read. */
  readonly read: (path: string) => Result<string | null, string>
}

export interface MembershipConfig {
  /** Whether the members may change while the ensemble runs. */
  readonly reconfigEnabled: boolean
  /** False: one participant is an ensemble, too, and may grow. */
  readonly standaloneEnabled: boolean
  /** Where configurations are kept: beside this zoo.cfg. Null: there is no file, and so no reconfiguration. */
  readonly configPath: string | null
  /** Members are listed in zoo.cfg itself, of which a copy is kept before it is changed. */
  readonly inStaticFile: boolean
  /** The newest configuration that was seen, when it is not the one in force. */
  readonly next: QuorumConfig | null
}

/** What `server.N` lines say; `version` is in the name of the dynamic file, as ZooKeeper has it. */
export function readServers(
  entries: ReadonlyMap<string, string>,
  files: ConfigFiles | null,
  problems: string[],
): QuorumConfig {
  const dynamicPath = entries.get('dynamicConfigFile')?.trim()
  if (!dynamicPath) return { servers: staticServers(entries, problems), version: ZERO_ZXID }
  for (const key of entries.keys())
    if (key.startsWith('server.')) problems.push(`${key}: belongs into the file that dynamicConfigFile names`)
  const text = files?.read(dynamicPath)
  if (!text?.ok || text.value === null) {
    problems.push(`dynamicConfigFile: cannot read ${dynamicPath}${text && !text.ok ? `: ${text.error}` : ''}`)
    return { servers: new Map(), version: ZERO_ZXID }
  }
  const properties = parseProperties(text.value)
  if (properties.has('version')) problems.push(`${dynamicPath}: remove its version line; the file's name says it`)
  for (const key of properties.keys()) if (/^(group|weight)/.test(key)) problems.push(`${key}: ${NO_HIERARCHY}`)
  const members = parseMembers(properties)
  if (!members.ok) problems.push(`${dynamicPath}: ${problemText(members.error)}`)
  const servers = members.ok ? members.value.servers : new Map<Sid, ServerSpec>()
  return { servers, version: versionOfFileName(dynamicPath) ?? ZERO_ZXID }
}

function problemText(problem: MemberProblem): string {
  return problem.reason
}

function staticServers(entries: ReadonlyMap<string, string>, problems: string[]): Map<Sid, ServerSpec> {
  const servers = new Map<Sid, ServerSpec>()
  for (const [key, value] of entries) {
    const number = /^server\.(\d+)$/.exec(key)?.[1]
    if (number === undefined) continue
    const sid = Number(number)
    if (sid < 1 || sid > 255) problems.push(`${key}: a server id is a number from 1 to 255`)
    const parsed = parseServer(sid, value)
    if (parsed.ok) servers.set(parsed.value.sid, parsed.value)
    else problems.push(parsed.error)
  }
  return servers
}

export function readMembership(
  read: Values,
  entries: ReadonlyMap<string, string>,
  quorum: QuorumConfig,
  files: ConfigFiles | null,
  problems: string[],
): MembershipConfig {
  const standaloneEnabled = read.boolean('standaloneEnabled', true)
  const reconfigEnabled = read.boolean('reconfigEnabled', false)
  checkEnsemble(quorum, standaloneEnabled, problems)
  return {
    reconfigEnabled,
    standaloneEnabled,
    configPath: files?.path ?? null,
    inStaticFile: !entries.has('dynamicConfigFile'),
    next: reconfigEnabled && files ? readNext(files, quorum.version, problems) : null,
  }
}

function readNext(files: ConfigFiles, version: Zxid, problems: string[]): QuorumConfig | null {
  const path = nextConfigPath(files.path)
  const text = files.read(path)
  if (!text.ok) problems.push(`${path}: ${text.error}`)
  if (!text.ok || text.value === null) return null
  const next = parseQuorumConfig(text.value)
  if (!next.ok) {
    problems.push(`${path}: ${next.error}; it holds the configuration that was being agreed on: restore it`)
    return null
  }
  return next.value.version > version ? next.value : null
}

function checkEnsemble({ servers }: QuorumConfig, standaloneEnabled: boolean, problems: string[]): void {
  const participants = voterCount({ servers })
  if (servers.size === 0 && !standaloneEnabled)
    problems.push('standaloneEnabled=false needs server.N lines, this server among them')
  if (servers.size > 0 && participants === 0) problems.push('at least one server line must be a participant')
  if (participants === 1 && servers.size > 1 && standaloneEnabled)
    problems.push('one participant with observers needs standaloneEnabled=false')
}

/** The server's line decides, as in ZooKeeper; null when the two agree. */
export function peerTypeWarning(read: Values, quorum: QuorumConfig, sid: Sid, problems: string[]): string | null {
  const peerType = read.text('peerType')
  if (peerType === null) return null
  if (peerType !== 'observer' && peerType !== 'participant') {
    problems.push(`peerType=${peerType}: only participant or observer`)
    return null
  }
  if (quorum.servers.size === 0 || (peerType === 'participant') === isVoter(quorum, sid)) return null
  return `peerType=${peerType} contradicts the line server.${sid}, which decides; remove peerType`
}

export const ALONE = asSid(1)

/** Of a server without server lines. Its ports are never opened. */
export function aloneServer(): Map<Sid, ServerSpec> {
  const spec = { sid: ALONE, host: '127.0.0.1', quorumPort: 2888, electionPort: 3888 }
  return new Map([[ALONE, { ...spec, role: 'participant', client: null }]])
}

export interface ClientAddress {
  /** -1: none, there is a secureClientPort. */
  readonly clientPort: number
  /** `null`: all addresses. */
  readonly clientPortAddress: string | null
}

/** clientPort and clientPortAddress, or what the own server line says behind its semicolon; both if they agree. */
export function readClientAddress(
  read: Values,
  entries: ReadonlyMap<string, string>,
  own: ServerSpec | undefined,
  problems: string[],
): ClientAddress {
  const client = own?.client ?? null
  const host = anyAsNull(entries.get('clientPortAddress')?.trim() || null)
  if (!client) {
    const isSecure = read.has('secureClientPort')
    const clientPort = isSecure ? read.integer('clientPort', -1, 0, 65535) : read.required('clientPort', 0, 65535)
    return { clientPort, clientPortAddress: host }
  }
  const port = read.integer('clientPort', client.port, 0, 65535)
  if (port !== client.port || (host !== null && host !== anyAsNull(client.host)))
    problems.push(
      `clientPort is ${host ?? '*'}:${port}, but the line server.${own?.sid} says ${client.host}:${client.port}; ` +
        'remove clientPort and clientPortAddress',
    )
  return clientAddressOf(client)
}

export function clientAddressOf(client: NonNullable<ServerSpec['client']>): ClientAddress {
  return { clientPort: client.port, clientPortAddress: anyAsNull(client.host) }
}

function anyAsNull(host: string | null): string | null {
  return host === '0.0.0.0' || host === '::' ? null : host
}
