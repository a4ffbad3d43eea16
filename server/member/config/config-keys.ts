// Every key that a zoo.cfg may hold, and what we do with it: honour it, accept it only where it asks for
// what we do anyway, or refuse it by name. Nothing is ignored in silence. Areas with files of their own bring their keys. Source: operations.md §3.

import { HONOURED, type KeyRule, only, refused } from './key-rule.ts'
import { MEMBERSHIP_FAMILIES, MEMBERSHIP_KEYS } from './membership.ts'
import { SERVICE_FAMILIES, SERVICE_KEYS } from './service.ts'
import { TIMING_FAMILIES, TIMING_KEYS } from './timing.ts'

export type { KeyRule } from './key-rule.ts'

const NO_TLS = 'TLS is not supported; put a TLS proxy in front, or remove the line'
const NO_SASL = 'SASL is not supported; remove the line'
const NO_ADMIN = 'the HTTP admin server is not part of a member; set admin.enableServer=false'
const NO_METRICS = 'metrics over HTTP are not served by a member; remove the line and use the mntr command'
const NO_THROTTLE = 'request and connection throttling is not supported; globalOutstandingLimit and maxClientCnxns are'
const NOT_TUNABLE = 'this cannot be tuned; remove the line'

const KEYS: Readonly<Record<string, KeyRule>> = {
  ...MEMBERSHIP_KEYS,
  ...SERVICE_KEYS,
  ...TIMING_KEYS,

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
  quorumListenOnAllIPs: HONOURED,
  'autopurge.snapRetainCount': HONOURED,
  'autopurge.purgeInterval': HONOURED,
  '4lw.commands.whitelist': HONOURED,
  globalOutstandingLimit: HONOURED,
  preAllocSize: HONOURED,
  snapCount: HONOURED,
  commitLogCount: HONOURED,
  forceSync: HONOURED,
  tcpKeepAlive: HONOURED,
  clientTcpKeepAlive: HONOURED,
  extendedTypesEnabled: HONOURED,
  enforceQuota: HONOURED,
  skipACL: HONOURED,
  'digest.enabled': HONOURED,
  'jute.maxbuffer': HONOURED,
  'nio.sessionlessCnxnTimeout': HONOURED,
  'DigestAuthenticationProvider.superDigest': HONOURED,
  'DigestAuthenticationProvider.enabled': HONOURED,
  'zabscope.eventPort': HONOURED,
  'zabscope.secretFile': HONOURED,

  electionAlg: only('3', 'only FastLeaderElection (3) exists'),
  'DigestAuthenticationProvider.digestAlg': only('sha1', 'digests are SHA1'),
  sslQuorum: only('false', NO_TLS),
  portUnification: only('false', NO_TLS),
  'quorum.auth.enableSasl': only('false', NO_SASL),
  'quorum.auth.learnerRequireSasl': only('false', NO_SASL),
  'quorum.auth.serverRequireSasl': only('false', NO_SASL),
  sessionRequireClientSASLAuth: only('false', NO_SASL),
  allowSaslFailedClients: only('false', NO_SASL),
  'enforce.auth.enabled': only('false', 'enforced authentication is not supported'),
  'snapshot.trust.empty': only('false', 'a log without any snapshot is not trusted'),
  'snapshot.compression.method': { type: 'only', values: [''], why: 'snapshots are not compressed' },
  'db.autocreate': only('true', 'an empty data directory is always filled'),
  'datadir.autocreate': only('true', 'a missing data directory is always made'),
  'audit.enable': only('false', 'there is no audit log in a member'),
  'admin.enableServer': only('false', NO_ADMIN),
  request_throttle_max_requests: only('0', NO_THROTTLE),
  connection_throttle_tokens: only('0', NO_THROTTLE),
  throttled_op_wait_time: only('0', NO_THROTTLE),
  'leader.nodelay': only('true', 'TCP_NODELAY is always on'),
  'follower.nodelay': only('true', 'TCP_NODELAY is always on'),
  'learner.asyncSending': only('true false', NOT_TUNABLE),
  'learner.closeSocketAsync': only('true false', NOT_TUNABLE),
  'leader.closeSocketAsync': only('true false', NOT_TUNABLE),

  secureClientPort: refused(NO_TLS),
  secureClientPortAddress: refused(NO_TLS),
  sslQuorumReloadCertFiles: refused(NO_TLS),
  ensembleAuthName: refused('the ensemble scheme is not supported; remove the line'),
  superUser: refused('the only superuser is DigestAuthenticationProvider.superDigest'),
  'X509AuthenticationProvider.superUser': refused(NO_TLS),
  'enforce.auth.schemes': refused('enforced authentication is not supported; remove the line'),
}

const NOT_TUNABLE_KEYS = [
  'snapSizeLimitInKb',
  'txnLogSizeLimitInKb',
  'snapshotSizeFactor',
  'fsync.warningthresholdms',
  'largeRequestThreshold',
  'largeRequestMaxBytes',
  'request_stale_connection_check',
  'request_stale_latency_check',
  'jute.maxbuffer.extrasize',
  'serializeLastProcessedZxid.enabled',
]

const FAMILIES: readonly (readonly [RegExp, KeyRule])[] = [
  ...MEMBERSHIP_FAMILIES,
  ...SERVICE_FAMILIES,
  ...TIMING_FAMILIES,
  [/^admin\./, refused(NO_ADMIN)],
  [/^metricsProvider\./, refused(NO_METRICS)],
  [/^ssl\./, refused(NO_TLS)],
  [/^quorum\.auth\./, refused(NO_SASL)],
  [/^authProvider\./, refused('authentication plug-ins are not supported; digest and ip are built in')],
  [/^(request_throttle|connection_throttle)_/, refused(NO_THROTTLE)],
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
