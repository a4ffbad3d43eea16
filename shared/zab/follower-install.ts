// At NEWLEADER a learner takes over the leader's history, in the one safe order (O-3): snapshot or
// truncation, then every proposal of the sync phase, then currentEpoch; the ACK waits for all of it.
// Scenarios: R-3911, R-4643, R-4646, R-3642, R-2355.

import { assert } from '../base/assert.ts'
import { NO_ZXID, type Zxid } from '../zk/zxid.ts'
import { readNewLeader, takeLeaderConfigs } from './configs.ts'
import type { ZabEffect } from './contract.ts'
import { indexFrom, lastDelivered, lastZxid, truncateWindow } from './log-window.ts'
import { appendEntry, type Following, lookAgain, nextOp, saveEpoch, type Zab } from './state.ts'

export function install(zab: Zab, following: Following, configText: string | null, out: ZabEffect[]): void {
  const { plan } = following
  assert(plan !== null, 'a history is installed after it has been announced')
  const said = readNewLeader(zab, configText)
  following.announced = said?.lastSeen ?? null
  const kept = plan.how === 'DIFF' ? lastZxid(zab.log) : plan.how === 'TRUNC' ? plan.zxid : NO_ZXID
  takeLeaderConfigs(zab, said, kept, following.pending, out)
  // Whatever we share with the leader is committed by the time it says UPTODATE.
  let shared = plan.zxid
  if (plan.how === 'SNAP') installSnapshot(zab, plan.zxid, out)
  else if (plan.how === 'DIFF') shared = lastZxid(zab.log)
  else if (!truncate(zab, following, plan.zxid, out))
    return lookAgain(zab, 'the log does not hold the zxid to truncate to', out)
  if (shared > following.committed) following.committed = shared
  for (const entry of following.pending) if (entry.zxid > lastZxid(zab.log)) appendEntry(zab, entry, out)
  following.pending = []
  following.stage = 'INSTALLING'
  following.installOp = saveEpoch(zab, 'current', following.epoch, out)
}

function installSnapshot(zab: Zab, zxid: Zxid, out: ZabEffect[]): void {
  zab.log.entries = []
  zab.log.after = zxid
  zab.log.delivered = 0
  zab.reloading = false
  out.push({ type: 'adoptSnapshot', zxid })
  out.push({ type: 'installSnapshot', op: nextOp(zab), zxid })
}

/**
 * SYNC-4's other half. Returns whether the log holds `zxid`. FOLL-8 (D-8): what the leader proposes again behind the
 * TRUNC is not cut away: with it a quorum may hold the txn already, and a crash between cut and append would undo that.
 */
function truncate(zab: Zab, following: Following, zxid: Zxid, out: ZabEffect[]): boolean {
  const { log } = zab
  let keep = zxid
  let at = indexFrom(log, (zxid + 1) as Zxid)
  for (const { zxid: proposed } of following.pending) {
    if (log.entries[at]?.zxid !== proposed) break
    keep = proposed
    at += 1
    // It is durable: whoever votes has waited for the disk (ELECT-2). The leader waits for its ACK all the same.
    if (following.state === 'FOLLOWING') following.heldAcks.push(proposed)
  }
  if (keep === lastZxid(log)) return true
  const mustReload = lastDelivered(log) > keep // the tree holds what was never committed (R-1549)
  const exact = truncateWindow(log, keep)
  out.push({ type: 'truncate', op: nextOp(zab), zxid: keep })
  if (mustReload) {
    zab.reloading = true
    out.push({ type: 'reload' })
  }
  return exact
}
