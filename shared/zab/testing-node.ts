// One server of a test's ensemble: a core, its disk and the tree that it was told to build. What connects
// servers is testing.ts.

import { assert } from '../base/assert.ts'
import { utf8Encode } from '../base/text.ts'
import { asSid, NO_SESSION, type Sid } from '../zk/ids.ts'
import type { QuorumPacket } from '../zk/packet.ts'
import { formatQuorumConfig, type QuorumConfig, type ServerSpec } from '../zk/quorum-config.ts'
import type { Entry, Txn } from '../zk/txn.ts'
import { ZERO_ZXID, type Zxid } from '../zk/zxid.ts'
import { configOfEntry } from './configs.ts'
import type { DiskEffect, DiskOp, RecoveredLog, ZabConfig, ZabEffect } from './contract.ts'
import { createZab, type Leading, type Zab } from './state.ts'

export const TICK_TIME_MS = 200

export function spec(sid: number, role: ServerSpec['role'] = 'participant'): ServerSpec {
  return { sid: asSid(sid), host: `h${sid}`, quorumPort: 2888, electionPort: 3888, role, client: null }
}

export function configOf(
  voters: readonly number[],
  observers: readonly number[] = [],
  version = ZERO_ZXID,
): QuorumConfig {
  const all = [...voters.map((sid) => spec(sid)), ...observers.map((sid) => spec(sid, 'observer'))]
  return { servers: new Map(all.map((server) => [server.sid, server])), version }
}

export function reconfigTo(config: QuorumConfig): Txn {
  return { type: 'reconfig', path: '/zookeeper/config', data: utf8Encode(formatQuorumConfig(config)), version: -1 }
}

export function entryAt(zxid: Zxid, txn: Txn = { type: 'error', err: -101 }): Entry {
  return { zxid, sessionId: NO_SESSION, cxid: 0, timeMs: 0, txn, digest: null }
}

/** What has reached the disk. The tree is the list of entries that it was made of. */
interface Disk {
  accepted: number
  current: number
  entries: Entry[]
  /** The last saveConfig; null: what the operator wrote counts. */
  config: QuorumConfig | null
}

export class Node {
  readonly sid: Sid
  readonly config: ZabConfig
  disk: Disk = { accepted: 0, current: 0, entries: [], config: null }
  zab: Zab
  /** Everything it has asked for since `forget`, disk and net included. */
  effects: ZabEffect[] = []
  /** Its tree: what was delivered, over restarts. */
  tree: Entry[] = []
  received: readonly Entry[] = []
  readonly snapshots = new Map<DiskOp, readonly Entry[]>()
  unflushed: DiskEffect[] = []
  /** False: disk operations wait for `flush`. */
  flushes = true
  /** Stands still: neither ticks nor messages reach it. */
  paused = false
  up = true
  listening = false
  nextLink = 1

  constructor(config: ZabConfig) {
    this.sid = config.sid
    this.config = config
    this.zab = createZab(config, this.recovered())
  }

  recovered(): RecoveredLog {
    const { accepted, current, entries } = this.disk
    const recent = entries.slice(-this.config.commitLogCount)
    return {
      acceptedEpoch: accepted,
      currentEpoch: current,
      lastZxid: entries.at(-1)?.zxid ?? ZERO_ZXID,
      recent,
      recentAfter: entries.at(-recent.length - 1)?.zxid ?? ZERO_ZXID,
      lastSeen: entries.map(configOfEntry).findLast((config) => config !== null) ?? null,
    }
  }

  restart(): void {
    this.unflushed = []
    this.listening = false
    this.tree = [...this.disk.entries]
    this.zab = createZab({ ...this.config, quorum: this.disk.config ?? this.config.quorum }, this.recovered())
    this.up = true
  }

  leading(): Leading {
    assert(this.zab.role.state === 'LEADING', `server ${this.sid} leads`)
    return this.zab.role
  }

  /** The packets it has sent since `forget`, by type. */
  sent(type: QuorumPacket['type']): QuorumPacket[] {
    return this.effects.flatMap((e) => (e.type === 'send' && e.packet.type === type ? [e.packet] : []))
  }

  forget(): void {
    this.effects = []
  }
}

/** Makes one operation durable. */
export function write(node: Node, effect: DiskEffect): void {
  const { disk } = node
  if (effect.type === 'append') disk.entries.push(effect.entry)
  else if (effect.type === 'truncate') disk.entries = disk.entries.filter((entry) => entry.zxid <= effect.zxid)
  else if (effect.type === 'installSnapshot') disk.entries = [...(node.snapshots.get(effect.op) ?? [])]
  else if (effect.type === 'saveConfig') disk.config = effect.config
  else if (effect.which === 'accepted') disk.accepted = effect.epoch
  else disk.current = effect.epoch
}
