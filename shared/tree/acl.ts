// Who may do what: normalising the ACL lists that clients send, and checking a node's list against the
// identities of a connection. Source: PrepRequestProcessor.fixupACL, ZooKeeperServer.checkACL,
// client-protocol.md §10. How somebody proves an identity is the host's business.

import { err, ok, type Result } from '../base/result.ts'
import { type Acl, type AuthId, PERMS } from '../zk/acl.ts'
import { ERROR_CODES, type ErrorCode } from '../zk/errors.ts'
import { isDistinguishedName } from './distinguished-name.ts'
import { ipMatches, isIpRange } from './ip-address.ts'

/** Which schemes an ACL may name on this server, beside `world`, `auth` and `ip`. */
export interface AclSchemes {
  readonly digest: boolean
  readonly sasl: boolean
  readonly x509: boolean
  /** In an ACL this SASL id stands for everybody who has one; null: none does. ZooKeeper's `letAnySaslUserDoX`. */
  readonly anySaslUser: string | null
}

/** As a server has them whose configuration says nothing. */
export const DEFAULT_ACL_SCHEMES: AclSchemes = { digest: true, sasl: false, x509: false, anySaslUser: null }

interface Scheme {
  readonly isValid: (id: string) => boolean
  readonly matches: (id: string, aclId: string) => boolean
  /** Whether the ACL scheme `auth` stands for identities of this scheme. */
  readonly isAuthenticated: boolean
}

/** `world` and `auth` are not here: the rules below treat them themselves. `super` cannot stand in an ACL. */
const SCHEMES = new Map<string, Scheme>([
  [
    'digest',
    {
      // Two parts; Java does not count empty ones behind them.
      isValid: (id) => /^[^:]*:[^:]+:*$/.test(id),
      matches: (id, aclId) => id === aclId,
      isAuthenticated: true,
    },
  ],
  ['ip', { isValid: isIpRange, matches: ipMatches, isAuthenticated: false }],
  [
    'sasl',
    {
      // The form of a Kerberos principal: user, user@REALM, user/host@REALM.
      isValid: (id) => !id.includes('@') || /^[^/@]*(\/[^/@]*)?@[^/@]*$/.test(id),
      matches: (id, aclId) => id === 'super' || id === aclId,
      isAuthenticated: true,
    },
  ],
  ['x509', { isValid: isDistinguishedName, matches: (id, aclId) => id === aclId, isAuthenticated: true }],
])

const INVALID = err(ERROR_CODES.INVALIDACL)

/** Longest ACL list that one node may carry, after expansion. */
export const ACL_ENTRIES_MAX = 1000

/**
 * What is logged for a list that a client sent: no duplicates, then `auth` replaced by the client's own identities (which
 * may be there already: ZooKeeper lets that be).
 * INVALIDACL for an empty list, an unknown scheme, an id that its scheme refuses, or too many entries.
 */
export function fixupAcl(
  acl: readonly Acl[] | null,
  auth: readonly AuthId[],
  schemes: AclSchemes = DEFAULT_ACL_SCHEMES,
): Result<readonly Acl[], ErrorCode> {
  if (acl === null || acl.length === 0) return INVALID
  if (acl.length === 1 && isWorld(acl[0])) return ok(acl)
  const distinct = new Map<string, Acl>()
  for (const entry of acl) distinct.set(`${entry.perms} ${entry.scheme}:${entry.id}`, entry)
  const fixed: Acl[] = []
  for (const entry of distinct.values()) {
    const expanded = expand(entry, auth, schemes)
    if (expanded.length === 0 || fixed.length + expanded.length > ACL_ENTRIES_MAX) return INVALID
    fixed.push(...expanded)
  }
  return ok(fixed)
}

function isWorld(entry: AuthId | undefined): boolean {
  return entry !== undefined && entry.scheme === 'world' && entry.id === 'anyone'
}

/** world:anyone ALL and nothing else: a node keeps `null` instead, as it does on disk. */
export function isOpenAcl(acl: readonly Acl[]): boolean {
  return acl.length === 1 && acl[0]?.perms === PERMS.ALL && isWorld(acl[0])
}

/** Empty for an entry that is not valid. */
function expand(entry: Acl, auth: readonly AuthId[], schemes: AclSchemes): readonly Acl[] {
  if (isWorld(entry)) return [entry]
  if (entry.scheme === 'auth') {
    const own = auth.filter((id) => SCHEMES.get(id.scheme)?.isAuthenticated)
    return own.map(({ scheme, id }) => ({ perms: entry.perms, scheme, id }))
  }
  if (!isOffered(entry.scheme, schemes)) return []
  return SCHEMES.get(entry.scheme)?.isValid(entry.id) ? [entry] : []
}

function isOffered(scheme: string, schemes: AclSchemes): boolean {
  return scheme === 'digest' || scheme === 'sasl' || scheme === 'x509' ? schemes[scheme] : true
}

/** Whether somebody with these identities has at least one of the `perms` bits. A null list allows everything. */
export function isAllowed(
  acl: readonly Acl[] | null,
  perms: number,
  auth: readonly AuthId[],
  schemes: AclSchemes = DEFAULT_ACL_SCHEMES,
): boolean {
  if (acl === null || acl.length === 0) return true
  for (const id of auth) if (id.scheme === 'super') return true
  for (const entry of acl) {
    if ((entry.perms & perms) === 0) continue
    if (isWorld(entry)) return true
    const scheme = SCHEMES.get(entry.scheme)
    if (!scheme) continue
    const isAnySaslUser = entry.scheme === 'sasl' && entry.id === schemes.anySaslUser
    for (const id of auth)
      if (id.scheme === entry.scheme && (isAnySaslUser || scheme.matches(id.id, entry.id))) return true
  }
  return false
}

/** The list as somebody without ADMIN sees it: `bob:x` instead of `bob:<hash>`. */
export function maskDigests(acl: readonly Acl[]): readonly Acl[] {
  return acl.map((entry) => (entry.scheme === 'digest' ? { ...entry, id: entry.id.replace(/:.*/s, ':x') } : entry))
}
