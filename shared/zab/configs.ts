// Which configuration is in force, and which is the newest that this server has seen. Rules RECONF-*. While they
// differ a quorum of both is needed. What a request may ask for is zk/reconfig.ts; when a leader commits one,
// leader-reconfig.ts. Source: QuorumPeer.processReconfig, setLastSeenQuorumVerifier, SyncedLearnerTracker.

import { tryUtf8Decode } from '../base/text.ts'
import { formatWithSecond, parseQuorumConfig, parseSecond, sameMembers, versionOfText } from '../zk/config-text.ts'
import type { Sid } from '../zk/ids.ts'
import { formatQuorumConfig, hasQuorum, isVoter, type QuorumConfig } from '../zk/quorum-config.ts'
import type { Entry } from '../zk/txn.ts'
import { makeZxid, ZERO_ZXID, type Zxid } from '../zk/zxid.ts'
import type { RecoveredLog, ZabConfig, ZabEffect } from './contract.ts'
import { assignVotes } from './quorum.ts'
import { nextOp, type Zab } from './state.ts'

/** RECONF-2: a configuration is proposed, or at least not known committed. */
export function isReconfiguring(zab: Zab): boolean {
  return zab.lastSeen.version > zab.active.version
}

/** RECONF-2: a quorum of the active configuration and, while a newer one is seen, of that, too. */
export function hasQuorums(zab: Zab, sids: readonly Sid[]): boolean {
  return hasQuorum(zab.active, sids) && (!isReconfiguring(zab) || hasQuorum(zab.lastSeen, sids))
}

/** A voter of the active configuration or of the one that may follow it. */
export function isElector(zab: Zab, sid: Sid): boolean {
  return isVoter(zab.active, sid) || (isReconfiguring(zab) && isVoter(zab.lastSeen, sid))
}

/** Of this ensemble, with or without a vote; a configuration that is being proposed counts, too. */
export function isListed(zab: Zab, sid: Sid): boolean {
  return zab.active.servers.has(sid) || zab.lastSeen.servers.has(sid)
}

export function electors(zab: Zab): Sid[] {
  const sids: Sid[] = []
  for (const server of zab.active.servers.values()) if (server.role === 'participant') sids.push(server.sid)
  if (isReconfiguring(zab))
    for (const server of zab.lastSeen.servers.values())
      if (server.role === 'participant' && !isVoter(zab.active, server.sid)) sids.push(server.sid)
  return sids
}

/**
 * RECONF-8: what this server is in the active configuration when it does not lead. Whoever is not in it at all
 * follows without a vote; without reconfiguration it is taken for an observer.
 */
export function placeOf(zab: Zab): 'FOLLOWING' | 'OBSERVING' {
  const role = zab.active.servers.get(zab.config.sid)?.role
  if (role) return role === 'participant' ? 'FOLLOWING' : 'OBSERVING'
  return zab.config.reconfigEnabled ? 'FOLLOWING' : 'OBSERVING'
}

/** The configuration that a reconfig txn brings, its version checked; null for other txns and for what cannot be read. */
export function configOfEntry(entry: Entry): QuorumConfig | null {
  const { txn } = entry
  if (txn.type !== 'reconfig' || txn.data === null) return null
  const text = tryUtf8Decode(txn.data)
  const config = text === null ? null : parseQuorumConfig(text)
  return config?.ok && config.value.version === entry.zxid ? config.value : null
}

/** RECONF-3: as the disk has it. The file is known committed; of what the log and the tree hold, all but the newest. */
export function recoverConfigs(config: ZabConfig, recovered: RecoveredLog): Pick<Zab, 'active' | 'lastSeen'> {
  const found = { active: config.quorum, lastSeen: config.quorum }
  if (!config.reconfigEnabled) return found
  const logged = recovered.recent.map(configOfEntry)
  for (const next of [...logged, recovered.lastSeen ?? null]) {
    if (!next || next.version <= found.lastSeen.version) continue
    found.active = found.lastSeen
    found.lastSeen = next
  }
  return found
}

/** RECONF-2: from the proposal on it counts. RECONF-4: nobody proposes one before the one before is committed. */
export function onConfigProposed(zab: Zab, entry: Entry, out: ZabEffect[]): void {
  const next = zab.config.reconfigEnabled ? configOfEntry(entry) : null
  if (!next || next.version <= zab.lastSeen.version) return
  if (isReconfiguring(zab)) activate(zab, zab.lastSeen, out)
  see(zab, next, out)
}

/** `next` is the newest now. */
function see(zab: Zab, next: QuorumConfig, out: ZabEffect[]): void {
  if (next === zab.lastSeen) return
  zab.lastSeen = next
  recount(zab)
  out.push({ type: 'configured', active: zab.active, lastSeen: zab.lastSeen })
}

/** RECONF-3: `next` is known committed: it is in force, and on disk before anything that is asked of the disk later. */
export function activate(zab: Zab, next: QuorumConfig, out: ZabEffect[]): void {
  if (next.version <= zab.active.version) return
  zab.active = next
  if (zab.lastSeen.version < next.version) zab.lastSeen = next
  recount(zab)
  out.push({ type: 'saveConfig', op: nextOp(zab), config: next })
  out.push({ type: 'configured', active: zab.active, lastSeen: zab.lastSeen })
}

function recount(zab: Zab): void {
  if (zab.role.state === 'LEADING') assignVotes(zab, zab.role)
}

/** RECONF-5: a delivered entry is committed; a configuration in it is in force. */
export function onConfigDelivered(zab: Zab, entry: Entry, out: ZabEffect[]): void {
  if (!zab.config.reconfigEnabled || entry.zxid <= zab.active.version) return
  // The end of an initial history goes into the tree for a SNAP before a quorum holds it; in force it is only then.
  const { role } = zab
  if (role.state === 'LEADING' && role.stage !== 'BROADCAST' && entry.zxid === zab.lastSeen.version) return
  const next = entry.zxid === zab.lastSeen.version ? zab.lastSeen : configOfEntry(entry)
  if (next) activate(zab, next, out)
}

/** RECONF-10: the first leader of an ensemble stamps the initial configuration, so that it is newer than a joiner's. */
export function stampInitial(zab: Zab, epoch: number, out: ZabEffect[]): void {
  if (!zab.config.reconfigEnabled || zab.lastSeen.version !== ZERO_ZXID) return
  see(zab, { servers: zab.active.servers, version: makeZxid(epoch, 0) }, out)
}

/** RECONF-9: what NEWLEADER says. */
export function newLeaderText(zab: Zab): string {
  if (!zab.config.reconfigEnabled) return formatQuorumConfig(zab.active)
  return formatWithSecond(zab.lastSeen, '#active ', zab.active)
}

/** What a leader says about configurations. */
interface NewLeaderConfig {
  /** Null when it does not say; ZooKeeper's do not. */
  readonly active: QuorumConfig | null
  readonly lastSeen: QuorumConfig
}

/** What a NEWLEADER says about configurations, or null when it says nothing that counts here. */
export function readNewLeader(zab: Zab, text: string | null): NewLeaderConfig | null {
  if (!zab.config.reconfigEnabled || text === null) return null
  const lastSeen = parseQuorumConfig(text)
  return lastSeen.ok ? { active: parseSecond(text, '#active '), lastSeen: lastSeen.value } : null
}

/**
 * RECONF-9: at NEWLEADER the leader's last seen configuration becomes ours, whatever we had seen before: what it
 * does not hold was never committed. `kept` is the end of what stays of our log, `pending` what will follow it.
 * Every configuration but the last is committed and goes to disk first, so that the disk never holds a newest
 * one without the one before it.
 */
export function takeLeaderConfigs(
  zab: Zab,
  said: NewLeaderConfig | null,
  kept: Zxid,
  pending: readonly Entry[],
  out: ZabEffect[],
): void {
  if (!zab.config.reconfigEnabled) return
  const chain: QuorumConfig[] = []
  if (zab.lastSeen.version <= kept) chain.push(zab.lastSeen)
  for (const entry of pending) {
    const config = configOfEntry(entry)
    if (config) chain.push(config)
  }
  if (said && said.lastSeen.version > (chain.at(-1)?.version ?? ZERO_ZXID)) chain.push(said.lastSeen)
  const newest = chain.pop()
  if (said?.active) activate(zab, said.active, out)
  for (const config of chain) activate(zab, config, out)
  see(zab, newest && newest.version > zab.active.version ? newest : zab.active, out)
}

/**
 * RECONF-11: in an election a newer configuration is taken over from whoever names it, since servers name the one
 * that is in force. True when its members are others than before: then the election begins anew.
 */
export function adoptHeard(zab: Zab, text: string | null, out: ZabEffect[]): boolean {
  if (!zab.config.reconfigEnabled || text === null) return false
  if ((versionOfText(text) ?? ZERO_ZXID) <= zab.active.version) return false // read in full only when it is news
  const heard = parseQuorumConfig(text)
  if (!heard.ok) return false
  const before = zab.active
  activate(zab, heard.value, out)
  return !sameMembers(before, zab.active)
}

/** RECONF-13: what a notification says: what is in force, and in comments what may follow. */
export function notificationText(zab: Zab): string {
  if (!isReconfiguring(zab)) return formatQuorumConfig(zab.active)
  return formatWithSecond(zab.active, '#lastSeen ', zab.lastSeen)
}

/**
 * RECONF-13: the newer configuration that a voter has seen and this server has not. It binds nobody here, but that
 * voter may vote for one of its servers, and this says where they are.
 */
export function hintOf(zab: Zab, text: string | null): QuorumConfig | null {
  if (!zab.config.reconfigEnabled || text === null) return null
  const hint = parseSecond(text, '#lastSeen ')
  return hint && hint.version > zab.lastSeen.version ? hint : null
}
