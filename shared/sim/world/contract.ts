// The seeded world as its users see it: what a run is made of, what may be done to it, and what observers are
// told. Everything here is plain data, so that a run can be written down, cut shorter and sent to a browser.

import type { Brand } from '../../base/brand.ts'
import type { PeerEffect, PeerInput, Recovered } from '../../peer/contract.ts'
import type { Peer } from '../../peer/peer.ts'
import type { DataTree } from '../../tree/data-tree.ts'
import type { TreeOptions } from '../../tree/options.ts'
import type { DiskEffect } from '../../zab/contract.ts'
import type { Sid } from '../../zk/ids.ts'
import type { QuorumConfig } from '../../zk/quorum-config.ts'
import type { Entry } from '../../zk/txn.ts'
import type { Zxid } from '../../zk/zxid.ts'

/** Who can be at the end of a link: a server by its sid (1–254), a client by 1000 + its number. */
export type Endpoint = Brand<number, 'Endpoint'>
export const FIRST_CLIENT = 1000

export interface WorldOptions {
  readonly seed: number
  readonly voters: number
  readonly observers: number
  /** Every message takes the least time and a random part of the rest. */
  readonly delayMinUs: number
  readonly delayMaxUs: number
  readonly flushMinUs: number
  readonly flushMaxUs: number
  readonly tickTimeMs: number
  readonly initLimit: number
  readonly syncLimit: number
  /** Small windows force SNAP as well as DIFF. */
  readonly commitLogCount: number
  /** A serving server writes a fuzzy snapshot after so many applied txns. */
  readonly snapCount: number
  /** Snapshots kept; older ones and the log before them are purged. */
  readonly snapRetainCount: number
  readonly minSessionTimeoutMs: number
  readonly maxSessionTimeoutMs: number
  readonly tree?: TreeOptions
  readonly reconfigEnabled?: boolean
}

/** One thing done to the world, at a moment of its own. A run's faults are a list of these, sorted by time. */
export interface Timed {
  readonly atUs: number
  readonly action: Action
}

/** A server by its sid, or whoever it is at that moment. `follower`: the one with the lowest sid. */
export type Target = Sid | 'leader' | 'follower'

export type DiskMode = 'ok' | 'slow' | 'stuck' | 'failing' | 'full'

export type Action =
  /** The process ends. Of what it had asked of the disk, a prefix survives: `kept` of 0 … 1. */
  | {
      readonly type: 'crash'
      readonly at: Target
      readonly kept: number
      /** Not now, but in the middle of the next step that has more effects than this: after so many of them. */
      readonly afterEffects?: number
    }
  | { readonly type: 'start'; readonly at: Target }
  /** SIGSTOP and, `forUs` later, SIGCONT: what arrives meanwhile waits. */
  | { readonly type: 'pause'; readonly at: Target; readonly forUs: number }
  /** Nothing passes from `from` to `to`; connections stay until somebody gives up. */
  | { readonly type: 'cut'; readonly from: Endpoint; readonly to: Endpoint }
  /** `reset`: connections that were held up end; else what was held up arrives now. */
  | { readonly type: 'heal'; readonly from: Endpoint; readonly to: Endpoint; readonly reset: boolean }
  /** Two groups that do not hear each other. Whoever is in neither, a bridge, hears both. */
  | { readonly type: 'partition'; readonly left: readonly Endpoint[]; readonly right: readonly Endpoint[] }
  | { readonly type: 'healAll'; readonly reset: boolean }
  /** Connections between the two end, with what was in flight on them. */
  | { readonly type: 'reset'; readonly between: Endpoint; readonly and: Endpoint }
  | { readonly type: 'delay'; readonly from: Endpoint; readonly to: Endpoint; readonly extraUs: number }
  | { readonly type: 'disk'; readonly at: Target; readonly mode: DiskMode; readonly extraUs: number }
  /** The wall clock jumps; the monotonic one goes on. */
  | { readonly type: 'jump'; readonly at: Target; readonly byMs: number }
  /** Both clocks run faster (or slower) by so many parts per million. */
  | { readonly type: 'drift'; readonly at: Target; readonly ppm: number }
  /** The client goes to another server, keeping its session. */
  | { readonly type: 'move'; readonly client: number; readonly to: Sid }
  /** Ends every fault: links healed, disks ok, paused servers resumed, crashed ones started. */
  | { readonly type: 'calm' }

/** A durable snapshot. Its tree is what loading it gives: fuzzy until the log behind its name is replayed. */
export interface SimSnapshot {
  readonly zxid: Zxid
  readonly tree: DataTree
}

/** Performed in the order in which it was asked for, each durable before the next begins (BASE-2). */
export type DiskWork =
  /** `tree` beside an installSnapshot. */
  | { readonly type: 'op'; readonly effect: DiskEffect; readonly tree: DataTree | null }
  /** A finished snapshot of the host's own gets its name: what it may hold is in the log by then (O-12). */
  | { readonly type: 'place'; readonly snapshot: SimSnapshot }

/** What is on a server's disk, and what is on its way there. */
export interface SimDisk {
  acceptedEpoch: number
  currentEpoch: number
  /** The last configuration that was saved as being in force; null: the operator's. */
  config: QuorumConfig | null
  /** Oldest first. */
  snapshots: SimSnapshot[]
  /** Durable entries, oldest first; purged in front once a snapshot covers them. */
  log: Entry[]
  /** What the oldest of them followed. */
  logAfter: Zxid
  /** Asked for and not yet durable, oldest first. */
  queue: DiskWork[]
  mode: DiskMode
  extraUs: number
}

export interface SimServer {
  readonly sid: Sid
  readonly disk: SimDisk
  /** `null` while its process is not running. */
  peer: Peer | null
  /** Grows at each start. */
  incarnation: number
  paused: boolean
  /** Between `serving` and `notServing`. */
  serving: boolean
  /** Why the process ended by itself, when it did. */
  ended: string | null
}

/**
 * Told of everything, in the order in which it happens; the world is as it is after the thing. All of it is
 * synchronous: an observer that throws ends the run.
 */
export interface WorldObserver {
  /**
   * One input was fed to one core and all its effects were performed. `cutShort`: only these, the first of them; the
   * process ends now, and its core, which thinks that all were, says nothing any more.
   */
  stepped?(server: SimServer, input: PeerInput, effects: readonly PeerEffect[], cutShort: boolean): void
  /** One disk operation has become durable (its `persisted` may come later, or never). */
  durable?(server: SimServer, effect: DiskEffect): void
  /** A fuzzy snapshot of the host's own has become durable, and what it makes superfluous has been purged. */
  snapshotTaken?(server: SimServer, snapshot: SimSnapshot): void
  started?(server: SimServer, recovered: Recovered): void
  /** Called after the survivors of the disk's queue have been made durable. */
  crashed?(server: SimServer): void
  /** A fault or another action has been carried out. */
  acted?(action: Action): void
}

/** What an observer may look at. */
export interface WorldView {
  readonly options: WorldOptions
  readonly nowUs: number
  readonly quorum: QuorumConfig
  readonly servers: ReadonlyMap<Sid, SimServer>
  /** Inputs fed to cores so far. */
  readonly steps: number
}
