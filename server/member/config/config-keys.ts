// Every key that a zoo.cfg may hold, and what we do with it: honour it, accept it only where it asks for
// what we do anyway, or refuse it by name. Nothing is ignored in silence. The files of areas bring their keys.
// Source: operations.md §3.

import { AUTH_FAMILIES, AUTH_KEYS } from './auth.ts'
import { FAULT_KEYS } from './faults.ts'
import { HONOURED, type KeyRule, only, refused } from './key-rule.ts'
import { MEMBERSHIP_FAMILIES, MEMBERSHIP_KEYS } from './membership.ts'
import { OPERATIONS_FAMILIES, OPERATIONS_KEYS } from './operations.ts'
import { SERVICE_FAMILIES, SERVICE_KEYS } from './service.ts'
import { STORAGE_KEYS } from './storage-keys.ts'
import { TIMING_FAMILIES, TIMING_KEYS } from './timing.ts'
import { TLS_KEYS } from './tls.ts'

const NO_THROTTLE = 'request and connection throttling is not supported; globalOutstandingLimit and maxClientCnxns are'
const NOT_TUNABLE = 'this cannot be tuned; remove the line'

const KEYS: Readonly<Record<string, KeyRule>> = {
  ...TLS_KEYS,
  ...AUTH_KEYS,
  ...STORAGE_KEYS,
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
  'zabscope.eventPort': HONOURED,
  'zabscope.secretFile': HONOURED,
  ...OPERATIONS_KEYS,
  ...FAULT_KEYS,

  electionAlg: only('3', 'only FastLeaderElection (3) exists'),
  request_throttle_max_requests: only('0', NO_THROTTLE),
  connection_throttle_tokens: only('0', NO_THROTTLE),
  throttled_op_wait_time: only('0', NO_THROTTLE),
  'leader.nodelay': only('true', 'TCP_NODELAY is always on'),
  'follower.nodelay': only('true', 'TCP_NODELAY is always on'),
  'learner.asyncSending': only('true false', NOT_TUNABLE),
  'learner.closeSocketAsync': only('true false', NOT_TUNABLE),
  'leader.closeSocketAsync': only('true false', NOT_TUNABLE),
}

const NOT_TUNABLE_KEYS = [
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
  ...OPERATIONS_FAMILIES,
  ...AUTH_FAMILIES,
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
