// Where the page gets its cluster from. The page knows only this interface: the socket feed stands behind
// it in production, a scripted one while drawing. Feeds decide nothing about what is shown.

import type { ClusterSummary } from '#shared/events/cluster-list.ts'
import type { ClusterView } from '#shared/events/cluster-view.ts'
import type {
  About,
  ClientToServer,
  GatewayEvent,
  LockDirectory,
  LockView,
  ServerToClient,
} from '#shared/events/socket-protocol.ts'
import type { JobProgress } from '#shared/events/tree-requests.ts'

export type FeedStatus =
  /** First connection under way, nothing to show yet. */
  | { readonly type: 'connecting' }
  | { readonly type: 'live' }
  /** Lost; the next attempt is at `retryAt` (ms since 1970, this browser's clock). */
  | { readonly type: 'lost'; readonly since: number; readonly retryAt: number; readonly attempt: number }
  /** It goes no further without somebody doing something; `detail` is what the gateway said, or empty. */
  | { readonly type: 'refused'; readonly why: RefusedWhy; readonly detail: string }

/** full: too many pages. outdated: the gateway tells of things that this page does not know. */
export type RefusedWhy = 'token' | 'full' | 'version' | 'outdated'

export type TreeChange = Parameters<ServerToClient['tree:changed']>[0]

/** What a feed tells the page. */
export interface FeedSink {
  status(status: FeedStatus): void
  /** Of the cluster that is looked at; `cluster.id` says which, also when it is another than was asked for. */
  about(about: About): void
  /** Those that the gateway has, whenever that changes. */
  clusters(clusters: readonly ClusterSummary[]): void
  /** Replaces everything known. */
  snapshot(view: ClusterView): void
  /** In order, without gaps. Throws when one of them does not fit; then a snapshot is needed. */
  events(events: readonly GatewayEvent[]): void
  treeChanged(change: TreeChange): void
  lockChanged(view: LockView): void
  lockDirectories(directories: readonly LockDirectory[]): void
  jobProgress(progress: JobProgress): void
}

type Asks = Omit<ClientToServer, 'hello'>
export type AskName = keyof Asks
export type AskRequest<K extends AskName> = Parameters<Asks[K]>[0]
export type AskAnswer<K extends AskName> = Parameters<Parameters<Asks[K]>[1]>[0]

export interface Feed {
  start(sink: FeedSink): void
  /** Tries again at once instead of waiting for `retryAt`. */
  retryNow(): void
  stop(): void
  /** From now on it tells of this cluster: a snapshot first. */
  lookAt(cluster: string): void
  /** Always answers: a lost connection or a late gateway is an answer with ok false. */
  ask<K extends AskName>(name: K, request: AskRequest<K>): Promise<AskAnswer<K>>
}

export function failed(
  code: string,
  message: string,
): { readonly ok: false; readonly code: string; readonly message: string } {
  return { ok: false, code, message }
}
