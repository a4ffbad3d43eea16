// What this server counts while it is watched: plain numbers, exact whatever else is left out. Part of observe.ts.

import type { ActivityCounts } from '#shared/events/activity-event.ts'
import type { Txn } from '#shared/zk/txn.ts'
import type { Latency } from '../traffic.ts'

export type Activity = { -readonly [Name in keyof ActivityCounts]: number }

export function createActivity(sinceMs: number): Activity {
  return {
    ...{ sinceMs, proposed: 0, received: 0, logged: 0, applied: 0, roundsTold: 0 },
    ...{ creates: 0, deletes: 0, sets: 0, multis: 0, errors: 0 },
    ...{ requests: 0, replies: 0, requestsTold: 0, latencySumMs: 0, latencyCount: 0 },
    ...{ watchesSet: 0, watchesTriggered: 0, watchesDelivered: 0, watchEventsTold: 0 },
    ...{ sessionsCreated: 0, sessionsMoved: 0, sessionsClosed: 0, sessionsExpired: 0 },
    ...{ flushes: 0, flushesTold: 0, flushMs: 0, flushMaxMs: 0, flushedTxns: 0, flushedBytes: 0 },
  }
}

export function countApplied(activity: Activity, txn: Txn): void {
  activity.applied += 1
  switch (txn.type) {
    case 'create':
    case 'create2':
    case 'createTTL':
    case 'createContainer':
      activity.creates += 1
      return
    case 'delete':
    case 'deleteContainer':
      activity.deletes += 1
      return
    case 'setData':
    case 'setACL':
    case 'reconfig':
      activity.sets += 1
      return
    case 'multi':
      activity.multis += 1
      return
    case 'error':
      activity.errors += 1
  }
}

/** Adds what the latencies of all clients have grown by; they are counted for text commands anyway, and `srst` resets them. */
export function createLatencyCount(latency: () => Latency): (activity: Activity) => void {
  let { count, sumMs } = latency()
  return (activity) => {
    const now = latency()
    const wasReset = now.count < count
    activity.latencyCount += now.count - (wasReset ? 0 : count)
    activity.latencySumMs += now.sumMs - (wasReset ? 0 : sumMs)
    count = now.count
    sumMs = now.sumMs
  }
}
