// Every key that a zoo.cfg may hold, and what we do with it: honour it, accept it only where it asks for
// what we do anyway, or refuse it by name. Nothing is ignored in silence. Source: operations.md §3.

import { AUTH_FAMILIES, AUTH_KEYS } from './auth.ts'
import { FAULT_KEYS } from './faults.ts'
import { OPERATIONS_FAMILIES, OPERATIONS_KEYS } from './operations.ts'
import { TLS_KEYS } from './tls.ts'

export type KeyRule =
  /** config.ts reads it. */
  | { readonly type: 'honoured' }
  /** Accepted with these values (lower case); anything else is refused because of `why`. */
  | { readonly type: 'only'; readonly values: readonly string[]; readonly why: string }
  | { readonly type: 'refused'; readonly why: string }

const HONOURED: KeyRule = { type: 'honoured' }

function only(values: string, why: string): KeyRule {
  return { type: 'only', values: values.split(' '), why }
}

function refused(why: string): KeyRule {
  return { type: 'refused', why }
}

const NO_RECONFIG = 'the membership is fixed; list all members as server.N lines in this file'
const NO_LOCAL_SESSIONS = 'local sessions are not supported; every session is global'
const NO_THROTTLE = 'request and connection throttling is not supported; globalOutstandingLimit and maxClientCnxns are'
const NO_HIERARCHY = 'groups and weights are not supported; a quorum is a majority'
const NO_JVM = 'there is no Java virtual machine here; remove the line'
const NOT_TUNABLE = 'this cannot be tuned; remove the line'

const KEYS: Readonly<Record<string, KeyRule>> = {
  ...TLS_KEYS,
  ...AUTH_KEYS,
  dataDir: HONOURED,
  dataLogDir: HONOURED,
  clientPort: HONOURED,
  clientPortAddress: HONOURED,
  clientPortListenBacklog: HONOURED,
  tickTime: HONOURED,
  minSessionTimeout: HONOURED,
  maxSessionTimeout: HONOURED,
  maxClientCnxns: HONOURED,
  maxCnxns: HONOURED,
  initLimit: HONOURED,
  syncLimit: HONOURED,
  peerType: HONOURED,
  quorumListenOnAllIPs: HONOURED,
  standaloneEnabled: HONOURED,
  'autopurge.snapRetainCount': HONOURED,
  'autopurge.purgeInterval': HONOURED,
  '4lw.commands.whitelist': HONOURED,
  globalOutstandingLimit: HONOURED,
  preAllocSize: HONOURED,
  snapCount: HONOURED,
  commitLogCount: HONOURED,
  forceSync: HONOURED,
  cnxTimeout: HONOURED,
  tcpKeepAlive: HONOURED,
  clientTcpKeepAlive: HONOURED,
  extendedTypesEnabled: HONOURED,
  enforceQuota: HONOURED,
  skipACL: HONOURED,
  'digest.enabled': HONOURED,
  'jute.maxbuffer': HONOURED,
  'nio.sessionlessCnxnTimeout': HONOURED,
  'zabscope.eventPort': HONOURED,
  'zabscope.secretFile': HONOURED,
  ...OPERATIONS_KEYS,
  ...FAULT_KEYS,

  electionAlg: only('3', 'only FastLeaderElection (3) exists'),
  reconfigEnabled: only('false', NO_RECONFIG),
  localSessionsEnabled: only('false', NO_LOCAL_SESSIONS),
  localSessionsUpgradingEnabled: only('false', NO_LOCAL_SESSIONS),
  syncEnabled: only('true', 'observers always keep a log and snapshots'),
  leaderServes: only('yes', 'the leader always serves clients'),
  observerMasterPort: only('0', 'observers follow the leader only'),
  'multiAddress.enabled': only('false', 'a member has one address'),
  enableEagerACLCheck: only('false', 'access is checked by the leader'),
  'closeSessionTxn.enabled': only('true', 'closeSession transactions always list their paths'),
  'snapshot.trust.empty': only('false', 'a log without any snapshot is not trusted'),
  'snapshot.compression.method': { type: 'only', values: [''], why: 'snapshots are not compressed' },
  'db.autocreate': only('true', 'an empty data directory is always filled'),
  'datadir.autocreate': only('true', 'a missing data directory is always made'),
  'readonlymode.enabled': only('false', 'read-only mode is not supported'),
  emulate353TTLNodes: only('false', 'TTL nodes have the form of 3.5.4 and later'),
  request_throttle_max_requests: only('0', NO_THROTTLE),
  connection_throttle_tokens: only('0', NO_THROTTLE),
  throttled_op_wait_time: only('0', NO_THROTTLE),
  'jvm.pause.monitor': only('false', NO_JVM),
  'leader.nodelay': only('true', 'TCP_NODELAY is always on'),
  'follower.nodelay': only('true', 'TCP_NODELAY is always on'),
  'learner.asyncSending': only('true false', NOT_TUNABLE),
  'learner.closeSocketAsync': only('true false', NOT_TUNABLE),
  'leader.closeSocketAsync': only('true false', NOT_TUNABLE),

  dynamicConfigFile: refused(NO_RECONFIG),
  oraclePath: refused('quorums decided by an oracle are not supported'),
  connectToLearnerMasterLimit: refused('connecting and synchronizing share initLimit; remove the line'),
  watchManagerName: refused('there is one watch manager; remove the line'),
}

const NOT_TUNABLE_KEYS = [
  'snapSizeLimitInKb',
  'txnLogSizeLimitInKb',
  'snapshotSizeFactor',
  'fsync.warningthresholdms',
  'flushDelay',
  'maxWriteQueuePollTime',
  'maxBatchSize',
  'fastleader.minNotificationInterval',
  'fastleader.maxNotificationInterval',
  'quorumCnxnTimeoutMs',
  'electionPortBindRetry',
  'leaderConnectDelayDuringRetryMs',
  'observer.reconnectDelayMs',
  'observer.election.DelayMs',
  'leader.maxConcurrentSnapSyncs',
  'leader.maxConcurrentDiffSyncs',
  'leader.maxTimeToWaitForEpoch',
  'largeRequestThreshold',
  'largeRequestMaxBytes',
  'request_stale_connection_check',
  'request_stale_latency_check',
  'maxResponseCacheSize',
  'maxGetChildrenResponseCacheSize',
  'jute.maxbuffer.extrasize',
  'quorum.cnxn.threads.size',
  'serializeLastProcessedZxid.enabled',
]

const FAMILIES: readonly (readonly [RegExp, KeyRule])[] = [
  [/^server\.\d+$/, HONOURED],
  [/^(group|weight)\./, refused(NO_HIERARCHY)],
  ...OPERATIONS_FAMILIES,
  ...AUTH_FAMILIES,
  [/^jvm\./, refused(NO_JVM)],
  [/^multiAddress\./, refused('a member has one address; remove the line')],
  [/^(request_throttle|connection_throttle)_/, refused(NO_THROTTLE)],
  [/^commitProcessor\./, refused('there are no worker threads to tune; remove the line')],
  [/^observerMaster\./, refused('observers follow the leader only; remove the line')],
  [/^znode\.container\./, refused(NOT_TUNABLE)],
]

/** What to do with `key`; `null` when no ZooKeeper that we know of has it. */
export function ruleFor(key: string): KeyRule | null {
  const rule = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined
  if (rule) return rule
  if (NOT_TUNABLE_KEYS.includes(key)) return refused(NOT_TUNABLE)
  return FAMILIES.find(([pattern]) => pattern.test(key))?.[1] ?? null
}

/** The sentence for a line that we do not take, or null when the line is fine. */
export function keyProblem(key: string, value: string): string | null {
  const rule = ruleFor(key)
  if (!rule) return `${key}: no such setting; check the spelling, or remove the line`
  if (rule.type === 'refused') return `${key}: ${rule.why}`
  if (rule.type === 'only' && !rule.values.includes(value.trim().toLowerCase()))
    return `${key}=${value}: ${rule.why}; only ${rule.values.join(' or ')} is accepted`
  return null
}
