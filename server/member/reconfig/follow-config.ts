// What a change of the ensemble's configuration means for one server's process: its ports move, it knows where the
// others are, and its files say so. What the configuration is, and since when, is the core's business.
// Source: QuorumPeer.processReconfig, NIOServerCnxnFactory.reconfigure.

import type { DiskOp } from '#shared/zab/contract.ts'
import type { Sid } from '#shared/zk/ids.ts'
import type { QuorumConfig, ServerSpec } from '#shared/zk/quorum-config.ts'
import { type ClientAddress, clientAddressOf } from '../config/membership.ts'
import type { MemberLogger } from '../logging.ts'
import type { ConfigKeeper } from './config-keeper.ts'

/** A port that moves when the configuration says so. */
interface Movable<Place> {
  /** Resolves when it is open at the new place; nothing happens when it is there already. */
  move(place: Place): Promise<void>
}

export interface FollowConfigParts {
  readonly sid: Sid
  /** Where servers are; every port looks here. Those that have left stay: they may still ask who leads. */
  readonly addresses: Map<Sid, ServerSpec>
  readonly election: Movable<ServerSpec> | null
  readonly quorum: Movable<ServerSpec> | null
  readonly clients: Movable<ClientAddress>
  readonly keeper: ConfigKeeper | null
  /** What zoo.cfg.dynamic.next held at the start. */
  readonly next: QuorumConfig | null
  /** The newest configuration that this server has seen itself; others are told of as hints (RECONF-13). */
  readonly lastSeen: () => QuorumConfig
  /** Runs in the disk's order; `op` is reported when it is done. */
  readonly inOrder: (op: DiskOp | null, run: () => Promise<void>) => void
  readonly log: MemberLogger
  /** A port cannot be opened where the configuration says. */
  readonly onPortFailed: (error: unknown) => void
}

export interface ConfigFollower {
  /** Performs `configured`. */
  onConfigured(active: QuorumConfig, lastSeen: QuorumConfig): void
  /** Performs `saveConfig`. */
  save(op: DiskOp, config: QuorumConfig): void
}

export function createConfigFollower(parts: FollowConfigParts): ConfigFollower {
  const { sid, addresses, keeper, log } = parts
  let kept = parts.next

  /** One at a time: the next move starts where the last one has ended. */
  let moving = Promise.resolve()
  function moveTo(own: ServerSpec): void {
    moving = moving
      .then(() => parts.election?.move(own))
      .then(() => parts.quorum?.move(own))
      .then(() => (own.client ? parts.clients.move(clientAddressOf(own.client)) : undefined))
      .catch(parts.onPortFailed)
  }

  /** Before the proposal itself is on disk, which comes behind this in the disk's order. */
  function keepNext(next: QuorumConfig | null): void {
    if (!keeper || next?.version === kept?.version) return
    kept = next
    parts.inOrder(null, () => keeper.saveNext(next))
  }

  return {
    onConfigured(active, lastSeen) {
      for (const config of [active, lastSeen]) for (const [id, spec] of config.servers) addresses.set(id, spec)
      const own = active.servers.get(sid)
      if (own) moveTo(own)
      const seen = parts.lastSeen()
      keepNext(seen.version > active.version ? seen : null)
    },
    save(op, config) {
      log.info({ version: config.version.toString(16), members: [...config.servers.keys()] }, 'a new configuration')
      parts.inOrder(op, async () => keeper?.save(config))
    },
  }
}
