// The configuration that a reconfig request asks for, and the errors of a request that asks for none. Whether
// it may be had now (rights, versions, a quorum of it in sync) is the tree's and the core's to say.
// Source: PrepRequestProcessor.pRequest2Txn, measured with ZooKeeper 3.8.0.

import {
  CONFIG_TEXT_MAX,
  inOrder,
  type MemberProblem,
  parseMember,
  parseMembers,
  parseProperties,
  parseSid,
} from './config-text.ts'
import { ERROR_CODES, type ErrorCode } from './errors.ts'
import type { Sid } from './ids.ts'
import { type QuorumConfig, type ServerSpec, voterCount } from './quorum-config.ts'
import type { ReconfigRequest } from './request.ts'
import type { Zxid } from './zxid.ts'

export interface ReconfigRules {
  /** The new version: the zxid of the reconfig. */
  readonly version: Zxid
  /** ZooKeeper's `standaloneEnabled`: a configuration needs two participants, not one. */
  readonly standaloneEnabled: boolean
}

/** `current` changed as asked, or the error that ZooKeeper answers. A change that changes nothing is one, too. */
export function reconfigure(
  current: QuorumConfig,
  request: Pick<ReconfigRequest, 'joiningServers' | 'leavingServers' | 'newMembers'>,
  rules: ReconfigRules,
): QuorumConfig | ErrorCode {
  const servers =
    request.newMembers === null
      ? change(current, request.joiningServers, request.leavingServers)
      : replace(request.newMembers, rules.standaloneEnabled)
  if (typeof servers === 'number') return servers
  const config = { servers, version: rules.version }
  return voterCount(config) < (rules.standaloneEnabled ? 2 : 1) ? ERROR_CODES.BADARGUMENTS : config
}

type Members = ReadonlyMap<Sid, ServerSpec>

/** What cannot be read as a number, Java's parser fails on, and ZooKeeper answers as an undecodable request. */
function codeOf(problem: MemberProblem): ErrorCode {
  return problem.kind === 'number' ? ERROR_CODES.MARSHALLINGERROR : ERROR_CODES.BADARGUMENTS
}

function split(list: string | null): string[] {
  return (list ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** Leaving first, then joining; who joins under an id that is there replaces it. */
function change(current: QuorumConfig, joining: string | null, leaving: string | null): Members | ErrorCode {
  if ((joining?.length ?? 0) + (leaving?.length ?? 0) > CONFIG_TEXT_MAX) return ERROR_CODES.BADARGUMENTS
  const next = new Map(current.servers)
  for (const part of split(leaving)) {
    const sid = parseSid(part)
    if (sid === null) return ERROR_CODES.MARSHALLINGERROR
    next.delete(sid as Sid)
  }
  for (const part of split(joining)) {
    const sides = part
      .split('=')
      .map((side) => side.trim())
      .filter((side) => side !== '')
    const [name, value] = sides
    if (sides.length !== 2 || name === undefined || value === undefined) return ERROR_CODES.BADARGUMENTS
    const spec = parseMember(name.slice(name.lastIndexOf('.') + 1), value)
    if (!spec.ok) return codeOf(spec.error)
    if (spec.value.client === null) return ERROR_CODES.BADARGUMENTS // each joiner needs its three ports
    next.set(spec.value.sid, spec.value)
  }
  return inOrder(next.values())
}

/** A whole new list: lines, or parts between commas. A `version` in it is of no account. */
function replace(newMembers: string, standaloneEnabled: boolean): Members | ErrorCode {
  if (newMembers.length > CONFIG_TEXT_MAX) return ERROR_CODES.BADARGUMENTS
  const members = parseMembers(parseProperties(newMembers.replaceAll(',', '\n')))
  if (!members.ok) return codeOf(members.error)
  const { servers } = members.value
  const voters = voterCount({ servers })
  const lonely = standaloneEnabled ? voters <= 1 && servers.size > voters : voters === 0
  return lonely ? ERROR_CODES.MARSHALLINGERROR : servers // ZooKeeper fails on observers without a quorum
}
