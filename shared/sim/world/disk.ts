// A server's disk: what is durable, what is on its way, and what recovery makes of it. Flushing in groups is
// flush.ts; here operations take effect one by one, in order, as BASE-2 promises.

import { assert } from '../../base/assert.ts'
import type { Recovered } from '../../peer/contract.ts'
import { applyEntry } from '../../tree/apply.ts'
import { createTree } from '../../tree/create-tree.ts'
import type { DataTree } from '../../tree/data-tree.ts'
import { DEFAULT_TREE_OPTIONS } from '../../tree/options.ts'
import { copyTree } from '../../tree/snapshot.ts'
import type { DiskEffect } from '../../zab/contract.ts'
import { ZERO_ZXID } from '../../zk/zxid.ts'
import type { DiskWork, SimDisk, SimSnapshot, WorldOptions } from './contract.ts'

export function createDisk(): SimDisk {
  return {
    acceptedEpoch: 0,
    currentEpoch: 0,
    config: null,
    snapshots: [],
    log: [],
    logAfter: ZERO_ZXID,
    queue: [],
    mode: 'ok',
    extraUs: 0,
  }
}

/** Makes the oldest piece of work that is under way durable. */
export function settleOldest(disk: SimDisk, retain: number): DiskWork {
  const next = disk.queue.shift()
  assert(next !== undefined, 'something is under way')
  if (next.type === 'op') perform(disk, next.effect, next.tree)
  else addSnapshot(disk, next.snapshot, retain)
  return next
}

function perform(disk: SimDisk, effect: DiskEffect, tree: DataTree | null): void {
  switch (effect.type) {
    case 'append':
      disk.log.push(effect.entry)
      return
    case 'truncate':
      // A snapshot above the cut holds what is being cut away (R-4837).
      disk.snapshots = disk.snapshots.filter((snapshot) => snapshot.zxid <= effect.zxid)
      disk.log = disk.log.filter((entry) => entry.zxid <= effect.zxid)
      assert(disk.logAfter <= effect.zxid, 'nothing is truncated that a snapshot stands for')
      return
    case 'installSnapshot':
      assert(tree !== null, 'an installed snapshot brings its tree')
      disk.snapshots = [{ zxid: effect.zxid, tree }]
      disk.log = []
      disk.logAfter = effect.zxid
      return
    case 'saveEpoch':
      if (effect.which === 'accepted') disk.acceptedEpoch = effect.epoch
      else disk.currentEpoch = effect.epoch
      return
    case 'saveConfig':
      disk.config = effect.config
  }
}

/** A snapshot of the host's own is in place: what it makes superfluous goes (O-15). */
function addSnapshot(disk: SimDisk, snapshot: SimSnapshot, retain: number): void {
  disk.snapshots.push(snapshot)
  disk.snapshots.sort((a, b) => a.zxid - b.zxid)
  while (disk.snapshots.length > retain) disk.snapshots.shift()
  const oldest = disk.snapshots[0]
  if (!oldest || disk.snapshots.length < retain) return
  const kept = disk.log.findIndex((entry) => entry.zxid > oldest.zxid)
  const dropped = kept === -1 ? disk.log.length : kept
  disk.logAfter = disk.log[dropped - 1]?.zxid ?? disk.logAfter
  disk.log = disk.log.slice(dropped)
}

/** What a process that starts on this disk finds: the newest snapshot with the log behind it replayed. */
export function recover(disk: SimDisk, options: WorldOptions): Recovered {
  const snapshot = disk.snapshots.at(-1)
  const tree = snapshot ? copyTree(snapshot.tree) : createTree()
  for (const entry of disk.log)
    if (entry.zxid > tree.lastProcessedZxid) applyEntry(tree, entry, options.tree ?? DEFAULT_TREE_OPTIONS)
  const recent = disk.log.slice(-options.commitLogCount)
  const before = disk.log[disk.log.length - recent.length - 1]
  const after = before?.zxid ?? disk.logAfter
  const last = disk.log.at(-1)?.zxid ?? disk.logAfter
  return {
    acceptedEpoch: disk.acceptedEpoch,
    currentEpoch: disk.currentEpoch,
    lastZxid: last,
    recent,
    recentAfter: after,
    tree,
  }
}

/** The beginning of a snapshot: sessions and name are as of now, nodes come later. */
export function startCopy(tree: DataTree): DataTree {
  const copy = createTree()
  copy.nodes.clear()
  for (const [id, timeoutMs] of tree.sessions) copy.sessions.set(id, timeoutMs)
  copy.lastProcessedZxid = tree.lastProcessedZxid
  return copy
}
