// What a server's configuration means for its peer, and for the files beside its zoo.cfg: pieces of server.ts that
// need no sockets.

import type { PeerConfig, Recovered } from '#shared/peer/contract.ts'
import type { Peer } from '#shared/peer/peer.ts'
import { configIn } from '#shared/peer/state.ts'
import { StorageError } from '../storage/storage-error.ts'
import type { MemberConfig } from './config/config.ts'
import { type ConfigKeeper, createConfigKeeper } from './reconfig/config-keeper.ts'
import type { RoleNotes } from './server-facts.ts'

/** `startedAtMs`, since 1970, makes the session ids of this start differ from earlier ones. */
export function peerConfig(config: MemberConfig, startedAtMs: number): PeerConfig {
  return {
    sid: config.sid,
    quorum: config.quorum,
    standalone: config.standalone,
    reconfigEnabled: config.membership.reconfigEnabled && !config.standalone,
    standaloneEnabled: config.membership.standaloneEnabled,
    tickTimeMs: config.tickTimeMs,
    initLimit: config.initLimit,
    syncLimit: config.syncLimit,
    commitLogCount: config.commitLogCount,
    notificationMinMs: config.timing.notificationMinMs,
    notificationMaxMs: config.timing.notificationMaxMs,
    minSessionTimeoutMs: config.minSessionTimeoutMs,
    maxSessionTimeoutMs: config.maxSessionTimeoutMs,
    aloneWithReconfig: config.membership.reconfigEnabled && config.standalone,
    readOnlyMode: config.service.readOnlyMode && !config.standalone,
    localSessions: config.service.localSessions,
    reapIntervalMs: config.service.reapIntervalMs,
    containerNeverUsedMs: config.service.containerNeverUsedMs,
    sessionIdSeedMs: startedAtMs,
    tree: config.tree,
  }
}

/** RECONF-3: the newest configuration seen is in log and snapshot, or in zoo.cfg.dynamic.next. */
export function withNext(recovered: Recovered, { membership: { next } }: MemberConfig): Recovered {
  if (next === null) return recovered
  const inTree = configIn(recovered.tree)
  return { ...recovered, lastSeen: inTree && inTree.version >= next.version ? inTree : next }
}

/** `null`: nothing is kept, because nothing changes. Rejects with a StorageError when nothing can be kept. */
export async function createKeeper(config: MemberConfig): Promise<ConfigKeeper | null> {
  const { reconfigEnabled, configPath, inStaticFile } = config.membership
  if (!reconfigEnabled || config.standalone || configPath === null) return null
  const keeper = createConfigKeeper(configPath, config.sid)
  if (!inStaticFile) return keeper
  try {
    await keeper.backUp()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StorageError(
      `reconfigEnabled needs files beside ${configPath}, and none can be written there (${reason}): make its directory ` +
        'writable, or remove reconfigEnabled',
    )
  }
  return keeper
}

/** leaderServes=no leaves the clients to the others, as long as there can be any. */
export function servesClients(notes: RoleNotes, { service, standalone }: MemberConfig, { zab }: Peer): boolean {
  if (notes.readOnly) return true
  return notes.serving && (service.leaderServes || standalone || zab.role.state !== 'LEADING')
}
