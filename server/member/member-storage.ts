// A server's disk as its configuration wants it: opened with recovery, and purged from time to time. Formats, recovery and
// what may be purged are server/storage's business.

import type { Recovered } from '#shared/peer/contract.ts'
import type { Peer } from '#shared/peer/peer.ts'
import { NO_ZXID } from '#shared/zk/zxid.ts'
import type { Disk } from '../storage/disk.ts'
import { openStorage } from '../storage/open-storage.ts'
import type { Storage } from '../storage/storage.ts'
import { StorageError } from '../storage/storage-error.ts'
import type { MemberConfig } from './config/config.ts'
import type { StorageConfig } from './config/storage-keys.ts'
import type { MemberLogger } from './logging.ts'
import { measureStorage } from './metrics/storage-metrics.ts'
import type { Traffic } from './traffic.ts'

const HOUR_MS = 3_600_000

export interface MemberStorageOptions {
  readonly traffic: Traffic
  /** Left out: the disk itself. */
  readonly disk: Disk | undefined
  readonly log: MemberLogger
}

/** Rejects with a StorageError, a sentence for the operator. */
export async function openMemberStorage(
  config: MemberConfig,
  { traffic, disk, log }: MemberStorageOptions,
): Promise<{ readonly storage: Storage; readonly recovered: Recovered }> {
  const opened = await openStorage({
    measured: measureStorage(traffic, log),
    dataDir: config.dataDir,
    dataLogDir: config.dataLogDir,
    snapCount: config.snapCount,
    preAllocSizeKb: config.preAllocBytes / 1024,
    commitLogCount: config.commitLogCount,
    forceSync: config.forceSync,
    digest: config.tree.digest,
    disk,
    ...config.storage,
    // Purging is the timer's business, as in ZooKeeper, and not each snapshot's.
    snapRetainCount: undefined,
    log: (level, message, fields) => log[level](fields ?? {}, message),
  })
  if (config.standalone && opened.recovered.lastZxid === NO_ZXID) {
    await opened.storage.close()
    throw new StorageError(
      `${config.dataDir} is empty, and db.autocreate=false: put a file named initialize into it, or restore its data.`,
    )
  }
  return opened
}

/** autopurge, at the start too, as in ZooKeeper. A timer cannot run for weeks, so hours are counted. */
export function startPurging(storage: Storage, peer: Peer, config: StorageConfig, log: MemberLogger): NodeJS.Timeout {
  let hours = 0
  function purge(): void {
    storage.purge(config.snapRetainCount, peer.zab.log.after).then(
      (names) => log.info({ removed: names.length }, 'purged old snapshots and logs'),
      (error: Error) => log.error(`purging failed: ${error.message}`),
    )
  }
  purge()
  return setInterval(() => {
    hours += 1
    if (hours % config.purgeIntervalHours === 0) purge()
  }, HOUR_MS)
}
