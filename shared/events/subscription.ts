// What a page may subscribe to, and which events belong to it. `ensemble` everybody gets: without it the view would not
// be true. A page that widens what it gets says hello again without `lastSeq`, for a snapshot that has all of it.

import type { GatewayEvent } from './socket-protocol.ts'

export const STREAM_VIEWS = [
  ...(['ensemble', 'rounds', 'elections', 'watches', 'sessions'] as const),
  ...(['requests', 'disk', 'links'] as const),
] as const
export type StreamView = (typeof STREAM_VIEWS)[number]

/** What folds into the ClusterView: the rest has to be asked for. */
export const DEFAULT_VIEWS: readonly StreamView[] = ['ensemble', 'rounds', 'elections', 'watches', 'sessions']

/** Marks are of `rounds`; without that view their last ones come all the same, because commits are counted by them. */
export const VIEW_OF: { readonly [Type in GatewayEvent['type']]: StreamView } = {
  process: 'ensemble',
  member: 'ensemble',
  stream: 'ensemble',
  state: 'ensemble',
  phase: 'ensemble',
  serving: 'ensemble',
  notServing: 'ensemble',
  stats: 'ensemble',
  sync: 'ensemble',
  sampling: 'ensemble',
  counts: 'ensemble',
  dropped: 'ensemble',
  fault: 'ensemble',
  memberGone: 'ensemble',
  workload: 'ensemble',
  scenario: 'ensemble',
  proposed: 'rounds',
  known: 'rounds',
  mark: 'rounds',
  quorum: 'rounds',
  multi: 'rounds',
  vote: 'elections',
  voteChange: 'elections',
  elected: 'elections',
  watchSet: 'watches',
  watchTriggered: 'watches',
  watchDelivered: 'watches',
  watchFound: 'watches',
  connected: 'sessions',
  disconnected: 'sessions',
  session: 'sessions',
  request: 'requests',
  flush: 'disk',
  handshake: 'links',
  synced: 'links',
  link: 'links',
  linkTraffic: 'links',
}
