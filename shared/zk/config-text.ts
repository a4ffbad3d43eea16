// A configuration as text: in /zookeeper/config, in reconfig txns, notifications and NEWLEADER. The lines of a
// single server are quorum-config.ts. Source: QuorumPeerConfig.parseDynamicConfig, election.md §1.

import { err, ok, type Result } from '../base/result.ts'
import type { Sid } from './ids.ts'
import {
  formatQuorumConfig,
  formatServer,
  parseServer,
  type QuorumConfig,
  type ServerSpec,
  voterCount,
} from './quorum-config.ts'
import { parseZxid, ZERO_ZXID, type Zxid } from './zxid.ts'

/** Far more than an ensemble has; a text with more is refused. */
export const CONFIG_SERVERS_MAX = 1000
/** The longest text that is read at all. */
export const CONFIG_TEXT_MAX = 256 * 1024

/** A line of a Java properties file: comments and blank lines are left out, a later key replaces an earlier one. */
export function parseProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>()
  for (const line of text.split(/\r\n|\r|\n/)) {
    const groups = /^\s*(?<key>[^#!\s=:][^\s=:]*)\s*[=:\s]?\s*(?<value>.*)$/.exec(line)?.groups
    if (groups?.key) properties.set(groups.key, groups.value?.trim() ?? '')
  }
  return properties
}

/** Why a member list cannot be used. `number`: it holds something else where ZooKeeper expects a number. */
export interface MemberProblem {
  readonly kind: 'arguments' | 'number'
  readonly reason: string
}

/** The servers of `server.N=…` lines, in the order of their ids; `version` is read and returned, if it is there. */
export function parseMembers(
  properties: ReadonlyMap<string, string>,
): Result<{ readonly servers: ReadonlyMap<Sid, ServerSpec>; readonly version: string | null }, MemberProblem> {
  const specs: ServerSpec[] = []
  let version: string | null = null
  if (properties.size > CONFIG_SERVERS_MAX) return refuse(`a configuration holds at most ${CONFIG_SERVERS_MAX} servers`)
  for (const [key, value] of properties) {
    if (key === 'version') {
      version = value
      continue
    }
    if (!key.startsWith('server.')) return refuse(`${key}: a configuration holds server.N=… lines only`)
    const spec = parseMember(key.slice('server.'.length), value)
    if (!spec.ok) return spec
    specs.push(spec.value)
  }
  return ok({ servers: inOrder(specs), version })
}

export function parseMember(sidText: string, value: string): Result<ServerSpec, MemberProblem> {
  const sid = parseSid(sidText)
  if (sid === null) return err({ kind: 'number', reason: `"${sidText}" is not a server id` })
  if (sid < 0) return refuse(`server.${sid}: a server id is not negative`)
  const spec = parseServer(sid, value)
  if (spec.ok) return spec
  // Java's parser reads a port of any size and fails later, as if it were no number.
  const large = /:(\d+)/g
  for (const [, port] of value.matchAll(large))
    if (Number(port) > 65_535) return err({ kind: 'number', reason: spec.error })
  return refuse(spec.error)
}

/** A Java long, as far as a server id can be one. */
export function parseSid(text: string): number | null {
  const sid = /^[+-]?\d{1,19}$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(sid) ? sid : null
}

function refuse(reason: string): { readonly ok: false; readonly error: MemberProblem } {
  return err({ kind: 'arguments', reason })
}

export function inOrder(specs: Iterable<ServerSpec>): ReadonlyMap<Sid, ServerSpec> {
  return new Map([...specs].sort((a, b) => a.sid - b.sid).map((spec) => [spec.sid, spec]))
}

/** Reads a whole configuration, with its version (0 when there is none) and at least one participant. */
export function parseQuorumConfig(text: string): Result<QuorumConfig, string> {
  if (text.length > CONFIG_TEXT_MAX) return err(`a configuration of ${text.length} characters`)
  const members = parseMembers(parseProperties(text))
  if (!members.ok) return err(members.error.reason)
  const { servers, version } = members.value
  const read = version === null ? ZERO_ZXID : parseZxid(`0x${version}`)
  if (read === null || read < 0) return err(`version=${version}: not a zxid in hex`)
  const config = { servers, version: read }
  return voterCount(config) > 0 ? ok(config) : err('a configuration without a participant')
}

/** The version alone, without reading the rest; null when there is none. */
export function versionOfText(text: string): Zxid | null {
  const version = /(?:^|\n)version=([0-9a-f]{1,16})\s*$/i.exec(text)?.[1]
  return version === undefined ? null : parseZxid(`0x${version}`)
}

/** Both name the same servers at the same places in the same roles. */
export function sameMembers(a: QuorumConfig, b: QuorumConfig): boolean {
  if (a.servers.size !== b.servers.size) return false
  for (const [sid, server] of a.servers) {
    const other = b.servers.get(sid)
    if (!other || formatServer(other) !== formatServer(server)) return false
  }
  return true
}

/**
 * Comment lines that carry a second configuration in a text; ZooKeeper's servers skip them. `#active ` in NEWLEADER:
 * the leader's active one, known committed, beside its last seen one. `#lastSeen ` in a notification: the reverse.
 */
type Mark = '#active ' | '#lastSeen '

/** `config` as text, behind comment lines with `second`. */
export function formatWithSecond(config: QuorumConfig, mark: Mark, second: QuorumConfig): string {
  const comments = formatQuorumConfig(second)
    .split('\n')
    .map((line) => mark + line)
  return [...comments, formatQuorumConfig(config)].join('\n')
}

/** The configuration in comment lines, null when there is none that can be read. */
export function parseSecond(text: string, mark: Mark): QuorumConfig | null {
  if (text.length > 2 * CONFIG_TEXT_MAX || !text.includes(mark)) return null
  const lines = text.split('\n').filter((line) => line.startsWith(mark))
  const config = parseQuorumConfig(lines.map((line) => line.slice(mark.length)).join('\n'))
  return config.ok ? config.value : null
}
