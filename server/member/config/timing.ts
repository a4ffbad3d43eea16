// How long servers wait for each other, and how often they try: elections, connections, joining a leader.
// Source: operations.md §3, QuorumCnxManager, FastLeaderElection, Learner.connectToLeader.

import type { Values } from './config-values.ts'
import { HONOURED, type KeyRules, only, refused } from './key-rule.ts'

const AT_ONCE = 'an observer looks for the leader again at once'
const TOGETHER = 'learners are brought up to date as they come; remove the line'

export const TIMING_KEYS: KeyRules = {
  cnxTimeout: HONOURED,
  quorumCnxnTimeoutMs: HONOURED,
  connectToLearnerMasterLimit: HONOURED,
  electionPortBindRetry: HONOURED,
  leaderConnectDelayDuringRetryMs: HONOURED,
  'fastleader.minNotificationInterval': HONOURED,
  'fastleader.maxNotificationInterval': HONOURED,
  observerMasterPort: only('0', 'observers follow the leader only'),
  'observer.reconnectDelayMs': only('0', `${AT_ONCE}; remove the line`),
  'observer.election.DelayMs': only('0 200', `${AT_ONCE}; remove the line`),
  'leader.maxConcurrentSnapSyncs': only('10', TOGETHER),
  'leader.maxConcurrentDiffSyncs': only('100', TOGETHER),
  'leader.maxTimeToWaitForEpoch': only('-1', 'a leader waits initLimit for a quorum; remove the line'),
  'quorum.cnxn.threads.size': only('20', 'there are no threads to tune; remove the line'),
  flushDelay: only('0', 'the disk is flushed at once, and what comes meanwhile shares the next flush; remove the line'),
  maxWriteQueuePollTime: only('0', 'the disk is flushed at once; remove the line'),
  maxBatchSize: only('1000', 'a flush takes all that waits; remove the line'),
}

export const TIMING_FAMILIES: readonly (readonly [RegExp, KeyRules[string]])[] = [
  [/^observerMaster\./, refused('observers follow the leader only; remove the line')],
]

export interface TimingConfig {
  readonly electionConnectTimeoutMs: number
  /** Until a server that connects to the election port has said who it is. */
  readonly electionHandshakeTimeoutMs: number
  /** Tries to open the election port, a second apart, before the server gives up. */
  readonly electionBindRetries: number
  /** For connecting to a leader, all tries together. */
  readonly leaderConnectTimeoutMs: number
  /** The longest pause between two tries; there is time for five such pauses. */
  readonly leaderConnectDelayMs: number
  /** How soon a vote is sent again that nobody answers, to begin with and at last. */
  readonly notificationMinMs: number
  readonly notificationMaxMs: number
}

/** ZooKeeper's is 60 s; a server that comes back is heard of sooner with ours (SPEC.md, differences). */
const NOTIFICATION_MAX_MS = 3200

export function readTiming(
  read: Values,
  limits: { readonly tickTimeMs: number; readonly initLimit: number; readonly syncLimit: number },
  problems: string[],
): TimingConfig {
  const { tickTimeMs, initLimit, syncLimit } = limits
  const handshakeMs = read.integer('quorumCnxnTimeoutMs', -1, -1, 600_000)
  const masterLimit = read.integer('connectToLearnerMasterLimit', 0, 0, 100_000)
  const notificationMinMs = read.integer('fastleader.minNotificationInterval', 200, 1, 600_000)
  const notificationMaxMs = read.integer(
    'fastleader.maxNotificationInterval',
    Math.max(NOTIFICATION_MAX_MS, notificationMinMs),
    1,
    600_000,
  )
  if (notificationMaxMs < notificationMinMs)
    problems.push('fastleader.maxNotificationInterval is smaller than fastleader.minNotificationInterval; raise it')
  return {
    electionConnectTimeoutMs: read.integer('cnxTimeout', 5000, 1, 600_000),
    electionHandshakeTimeoutMs: handshakeMs > 0 ? handshakeMs : tickTimeMs * syncLimit,
    electionBindRetries: read.integer('electionPortBindRetry', 3, 0, 10_000),
    leaderConnectTimeoutMs: tickTimeMs * (masterLimit > 0 ? masterLimit : initLimit),
    leaderConnectDelayMs: read.integer('leaderConnectDelayDuringRetryMs', 100, 1, 60_000),
    notificationMinMs,
    notificationMaxMs,
  }
}
