// Who votes at which place of a history. It changes with a reconfig txn: that txn itself needs a quorum of the
// old and of the new voters, everything behind it one of the new ones.

import { tryUtf8Decode } from '../../base/text.ts'
import { asSid, type Sid } from '../../zk/ids.ts'
import { parseServer, type QuorumConfig, voters } from '../../zk/quorum-config.ts'
import type { Entry } from '../../zk/txn.ts'

export interface Membership {
  readonly voters: readonly Sid[]
  /** Who voted before the last reconfig; `null` when there was none. */
  readonly before: Membership | null
}

export function membershipOf(config: QuorumConfig): Membership {
  return { voters: voters(config), before: null }
}

/** After `entry`, when before it `before` voted. */
export function membershipAfter(before: Membership, entry: Entry): Membership {
  const { txn } = entry
  if (txn.type !== 'reconfig' || txn.data === null) return before
  const sids: Sid[] = []
  for (const line of (tryUtf8Decode(txn.data) ?? '').split('\n')) {
    const found = /^server\.(?<sid>\d+)=(?<value>.*)$/.exec(line.trim())?.groups
    if (!found?.sid || found.value === undefined) continue
    const server = parseServer(Number(found.sid), found.value)
    if (server.ok && server.value.role === 'participant') sids.push(asSid(Number(found.sid)))
  }
  return sids.length === 0 ? before : { voters: sids, before }
}

/**
 * A quorum as a server may see it: by what is chosen, by what it has logged or by what it has applied. Without a
 * reconfig these are one; with one under way a server goes by the older until it hears that the newer is committed.
 */
export function isSomeQuorum(memberships: Iterable<Membership>, has: (sid: Sid) => boolean): boolean {
  let last: Membership | null = null
  for (const membership of memberships) {
    if (membership === last) continue
    if (isQuorum(membership, has) || (membership.before && isQuorum(membership.before, has))) return true
    last = membership
  }
  return false
}

/** More than half of them; others do not count. */
export function isQuorum(membership: Membership, has: (sid: Sid) => boolean): boolean {
  let present = 0
  for (const sid of membership.voters) if (has(sid)) present += 1
  return present * 2 > membership.voters.length
}
