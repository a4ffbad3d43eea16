// The two promises of Zab on disk: acceptedEpoch and currentEpoch, ASCII decimal files beside the snapshots.
// Source: QuorumPeer.loadDataBase and writeLongToFile, storage.md §8, O-9.

import fsp from 'node:fs/promises'
import { EPOCH_MAX, epochOf, formatZxid, type Zxid } from '#shared/zk/zxid.ts'
import { type Disk, replaceFile } from './disk.ts'
import { errorCode, StorageError } from './storage-error.ts'

export type WhichEpoch = 'accepted' | 'current'

export interface Epochs {
  readonly acceptedEpoch: number
  readonly currentEpoch: number
}

const FILES: Record<WhichEpoch, string> = { accepted: 'acceptedEpoch', current: 'currentEpoch' }

/** Resolves when the epoch is durable. */
export async function writeEpoch(disk: Disk, dir: string, which: WhichEpoch, epoch: number): Promise<void> {
  await replaceFile(disk, dir, FILES[which], Buffer.from(String(epoch)))
}

/**
 * The epochs of a server whose newest txn is `lastZxid`. Accepts every state that a crash inside our own order
 * can leave (D-14): txns of a synchronization are durable before currentEpoch is, acceptedEpoch before both.
 * @throws StorageError when the files contradict each other
 */
export async function readEpochs(dir: string, lastZxid: Zxid): Promise<Epochs> {
  const logEpoch = epochOf(lastZxid)
  // A missing file: a server that ran alone, or one that died before its first promise.
  const currentEpoch = (await readEpoch(dir, 'current')) ?? logEpoch
  const acceptedEpoch = (await readEpoch(dir, 'accepted')) ?? currentEpoch
  if (acceptedEpoch < currentEpoch) {
    throw new StorageError(
      `${dir}: acceptedEpoch is ${acceptedEpoch}, below currentEpoch ${currentEpoch}. The two files do not belong ` +
        'together: restore both from the same copy.',
    )
  }
  if (logEpoch > acceptedEpoch) {
    throw new StorageError(
      `${dir}: the newest txn is ${formatZxid(lastZxid)}, of epoch ${logEpoch}, but this server has only promised ` +
        `epoch ${acceptedEpoch}. The epoch files are older than the log: restore them from the same copy.`,
    )
  }
  return { acceptedEpoch, currentEpoch }
}

async function readEpoch(dir: string, which: WhichEpoch): Promise<number | null> {
  const path = `${dir}/${FILES[which]}`
  let text: string
  try {
    text = await fsp.readFile(path, 'ascii')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw error
  }
  const line = text.split('\n', 1)[0]?.trim() ?? ''
  const epoch = /^\d{1,10}$/.test(line) ? Number(line) : Number.NaN
  if (epoch < EPOCH_MAX) return epoch
  throw new StorageError(
    `${path} should hold one epoch number below ${EPOCH_MAX}, but starts with ${JSON.stringify(line.slice(0, 40))}. ` +
      'Restore it from a copy; deleting it would let this server forget a promise.',
  )
}
