// How long the disk took, as the storage tells it. Source: ServerMetrics, FileTxnLog.commit.

import type { Measured } from '../../storage/options.ts'
import type { MemberLogger } from '../logging.ts'
import type { Traffic } from '../traffic.ts'

/** Apache's fsync.warningthresholdms. */
export const FSYNC_WARNING_MS = 1000

export function measureStorage(traffic: Traffic, log: MemberLogger): Measured {
  const { basic } = traffic.metrics
  let flushMs = 0
  let flushRecords = 0
  return (what, value) => {
    switch (what) {
      case 'flush':
        flushMs = value
        basic.fsynctime.add(value)
        if (value <= FSYNC_WARNING_MS) return
        traffic.slowFsyncs += 1
        log.warn({ ms: Math.round(value) }, 'the disk took long to write the log: latency of every write suffers')
        return
      case 'batchBytes':
        return traffic.onFlush?.(flushMs, flushRecords, value)
      case 'batchRecords':
        flushRecords = value
        return basic.sync_processor_batch_size.add(value)
      case 'snapshot':
        return basic.snapshottime.add(value)
      case 'open':
        return basic.dbinittime.add(value)
      case 'loadSnapshot':
        return basic.startup_snap_load_time.add(value)
      case 'replay':
        return basic.startup_txns_load_time.add(value)
      case 'replayedRecords':
        return basic.startup_txns_loaded.add(value)
    }
  }
}
