// How clients are served: read-only mode, sessions of one server, and what a leader keeps for itself.
// Source: operations.md §3, watches-sessions.md §7.3 and §9.

import type { Values } from './config-values.ts'
import { HONOURED, type KeyRules, only, refused } from './key-rule.ts'

export const SERVICE_KEYS: KeyRules = {
  'readonlymode.enabled': HONOURED,
  localSessionsEnabled: HONOURED,
  localSessionsUpgradingEnabled: HONOURED,
  leaderServes: HONOURED,
  'znode.container.checkIntervalMs': HONOURED,
  'znode.container.maxNeverUsedIntervalMs': HONOURED,
  'znode.container.maxPerMinute': only(
    '10000',
    'the leader deletes at most 10,000 each time it looks; remove the line',
  ),
  syncEnabled: only('true', 'observers always keep a log and snapshots'),
  enableEagerACLCheck: only('false', 'access is checked by the leader'),
  'closeSessionTxn.enabled': only('true', 'closeSession transactions always list their paths'),
  emulate353TTLNodes: only('false', 'TTL nodes have the form of 3.5.4 and later'),
  watchManagerName: only(
    'org.apache.zookeeper.server.watch.watchmanager org.apache.zookeeper.server.watch.watchmanageroptimized',
    'there is one watch manager, which stands for both of ZooKeeper’s',
  ),
  maxResponseCacheSize: only('0 400', 'answers are not cached, and need not be; remove the line'),
  maxGetChildrenResponseCacheSize: only('0 400', 'answers are not cached, and need not be; remove the line'),
  serverCnxnFactory: only(
    'org.apache.zookeeper.server.nioservercnxnfactory org.apache.zookeeper.server.nettyservercnxnfactory',
    'there is one kind of connection, which stands for both of ZooKeeper’s',
  ),
  'jvm.pause.monitor': only('false', 'there is no Java virtual machine here; remove the line'),
}

export const SERVICE_FAMILIES: readonly (readonly [RegExp, KeyRules[string]])[] = [
  [/^jvm\./, refused('there is no Java virtual machine here; remove the line')],
  [/^commitProcessor\./, refused('there are no worker threads to tune; remove the line')],
]

export interface ServiceConfig {
  /** Without a leader: serve reads to clients that accept that. */
  readonly readOnlyMode: boolean
  /** `on`: a new session is this server's alone; `upgrading`: until it creates an ephemeral znode. */
  readonly localSessions: 'off' | 'on' | 'upgrading'
  readonly leaderServes: boolean
  /** How often the leader looks for containers and TTL znodes to delete. */
  readonly reapIntervalMs: number
  /** Age at which a container that never had a child is deleted; 0: never. */
  readonly containerNeverUsedMs: number
}

export function readService(read: Values): ServiceConfig {
  const local = read.boolean('localSessionsEnabled', false)
  // Without local sessions there is nothing to upgrade; ZooKeeper ignores it just so.
  const upgrading = read.boolean('localSessionsUpgradingEnabled', false)
  return {
    readOnlyMode: read.boolean('readonlymode.enabled', false),
    localSessions: local ? (upgrading ? 'upgrading' : 'on') : 'off',
    // ZooKeeper compares with "no", and takes everything else for a yes.
    leaderServes: read.yesNo('leaderServes', true),
    reapIntervalMs: read.integer('znode.container.checkIntervalMs', 60_000, 100, 2 ** 31 - 1),
    containerNeverUsedMs: read.integer('znode.container.maxNeverUsedIntervalMs', 0, 0, 2 ** 31 - 1),
  }
}
