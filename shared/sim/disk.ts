// A server's disk in the simulated world: operations are carried out in order, each durable after a while; a
// crash loses what was not. It keeps whole histories, which a real disk compacts away.

import type { Recovered } from '../peer/contract.ts'
import { applyEntry } from '../tree/apply.ts'
import { createTree } from '../tree/create-tree.ts'
import type { DataTree } from '../tree/data-tree.ts'
import { copyTree } from '../tree/snapshot.ts'
import type { DiskEffect, DiskOp } from '../zab/contract.ts'
import type { Entry } from '../zk/txn.ts'
import { ZERO_ZXID, type Zxid } from '../zk/zxid.ts'

export interface Disk {
  acceptedEpoch: number
  currentEpoch: number
  snapshot: { readonly zxid: Zxid; readonly tree: DataTree } | null
  log: Entry[]
  /** Asked for, not yet durable; `tree` beside an installSnapshot. */
  queue: { readonly effect: DiskEffect; readonly tree: DataTree | null }[]
}

export function createDisk(): Disk {
  return { acceptedEpoch: 0, currentEpoch: 0, snapshot: null, log: [], queue: [] }
}

/** Makes the oldest `count` operations durable; returns the last of them. */
export function flush(disk: Disk, count: number): DiskOp | null {
  let last: DiskOp | null = null
  for (const { effect, tree } of disk.queue.splice(0, count)) {
    perform(disk, effect, tree)
    last = effect.op
  }
  return last
}

function perform(disk: Disk, effect: DiskEffect, tree: DataTree | null): void {
  switch (effect.type) {
    case 'append':
      disk.log.push(effect.entry)
      return
    case 'truncate':
      disk.log = disk.log.filter((entry) => entry.zxid <= effect.zxid)
      return
    case 'installSnapshot':
      if (tree) disk.snapshot = { zxid: effect.zxid, tree }
      disk.log = []
      return
    case 'saveEpoch':
      if (effect.which === 'accepted') disk.acceptedEpoch = effect.epoch
      else disk.currentEpoch = effect.epoch
  }
}

/** What a process that starts on this disk finds. */
export function recover(disk: Disk, recentMax: number): Recovered {
  const tree = disk.snapshot ? copyTree(disk.snapshot.tree) : createTree()
  for (const entry of disk.log) if (entry.zxid > tree.lastProcessedZxid) applyEntry(tree, entry)
  const recent = disk.log.slice(-recentMax)
  const before = disk.log[disk.log.length - recent.length - 1]
  return {
    acceptedEpoch: disk.acceptedEpoch,
    currentEpoch: disk.currentEpoch,
    lastZxid: disk.log.at(-1)?.zxid ?? disk.snapshot?.zxid ?? ZERO_ZXID,
    recent,
    recentAfter: before?.zxid ?? disk.snapshot?.zxid ?? ZERO_ZXID,
    tree,
  }
}
