// What the gateway serves: an ensemble, however it came by it. embedded-cluster.ts is one that this process started;
// attach/attached-cluster.ts is somebody else's. Everything that only one of them can do is behind this contract.

import type { Logger } from 'pino'
import type { ClusterKind } from '#shared/events/cluster-list.ts'
import type { ClusterView } from '#shared/events/cluster-view.ts'
import type { About, GatewayEvent } from '#shared/events/socket-protocol.ts'
import type { Credential } from '../client/connect-options.ts'
import type { Dial } from '../client/dial.ts'
import type { Handlers } from './api/handlers.ts'
import type { ActionName } from './api/operation.ts'
import type { Refusal } from './api/perform.ts'
import type { EnsembleSession } from './ensemble-session.ts'
import type { PathWatchers } from './member-watches.ts'

/** Requests about members, faults, workloads, scenarios, sessions as servers see them, and the cluster itself. */
export type ClusterRequests = Extract<
  ActionName,
  | 'cluster:allow-writes'
  | `member:${string}`
  | `members:${string}`
  | `ensemble:${string}`
  | `fault:${string}`
  | `session:${string}`
  | `sessions:${string}`
  | `watches:${string}`
  | `workload:${string}`
  | `scenario:${string}`
>

/** What the gateway lends a cluster. */
export interface ClusterParts {
  /** What the events emitted so far fold into. */
  readonly view: ClusterView
  readonly emit: (event: GatewayEvent) => void
  readonly session: EnsembleSession
  /** Connects the gateway's session, once somebody can answer; more calls do nothing. */
  startSession(): void
  /** What `about` tells has changed. */
  tellAbout(): void
  readonly log: Logger
}

export interface OpenCluster {
  readonly handlers: Pick<Handlers, ClusterRequests>
  /** Each event, after it was folded. */
  onEvent(event: GatewayEvent): void
  /** Begins to emit events; the gateway listens already. */
  follow(): void
  close(): Promise<void>
}

export interface Cluster {
  /** Letters, digits and dashes. */
  readonly id: string
  readonly kind: ClusterKind
  readonly name: string
  /** For what the gateway keeps: what people said about locks, of its first cluster also the audit log. */
  readonly dataDir: string
  /** As it is now: members come and go. */
  connectString(): string
  /** How the gateway's session reaches servers, who it is, and how fast it may ask; defaults when left out. */
  readonly reach?: { readonly dial: Dial; readonly auth: readonly Credential[]; readonly pace: () => Promise<void> }
  /** What `about` says of this kind of cluster. */
  about(): Pick<About, 'autoRestart' | 'attached'>
  /** Watches of one member by path; rejects when it does not tell. */
  readWatches(sid: number): Promise<readonly PathWatchers[]>
  /** Whether the view's connections are all there are. */
  knowsConnections(): boolean
  /** Why an operation cannot be used here now; null when it can. */
  refuses(name: ActionName): Refusal | null
  /** Once. */
  open(parts: ClusterParts): OpenCluster
}
