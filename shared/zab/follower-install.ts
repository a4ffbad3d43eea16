// At NEWLEADER a learner takes over the leader's history, in the one safe order (O-3): snapshot or
// truncation, then every proposal of the sync phase, then currentEpoch; the ACK waits for all of it.
// Scenarios: R-3911, R-4643, R-4646, R-3642, R-2355.

import { assert } from '../base/assert.ts'
import { NO_ZXID, type Zxid } from '../zk/zxid.ts'
import { readNewLeader, takeLeaderConfigs } from './configs.ts'
import type { ZabEffect } from './contract.ts'
import { lastDelivered, lastZxid, truncateWindow } from './log-window.ts'
import { appendEntry, type Following, lookAgain, nextOp, saveEpoch, type Zab } from './state.ts'

export function install(zab: Zab, following: Following, configText: string | null, out: ZabEffect[]): void {
  const { plan } = following
  assert(plan !== null, 'a history is installed after it has been announced')
  const said = readNewLeader(zab, configText)
  following.announced = said?.lastSeen ?? null
  const kept = plan.how === 'DIFF' ? lastZxid(zab.log) : plan.how === 'TRUNC' ? plan.zxid : NO_ZXID
  takeLeaderConfigs(zab, said, kept, following.pending, out)
  if (plan.how === 'SNAP') installSnapshot(zab, plan.zxid, out)
  if (plan.how === 'TRUNC' && !truncate(zab, plan.zxid, out))
    return lookAgain(zab, 'the log does not hold the zxid to truncate to', out)
  // Whatever we share with the leader is committed by the time it says UPTODATE.
  if (lastZxid(zab.log) > following.committed) following.committed = lastZxid(zab.log)
  for (const entry of following.pending) appendEntry(zab, entry, out)
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

/** SYNC-4's other half. Returns whether the log now ends with exactly `zxid`. */
function truncate(zab: Zab, zxid: Zxid, out: ZabEffect[]): boolean {
  const mustReload = lastDelivered(zab.log) > zxid // the tree holds what was never committed (R-1549)
  const exact = truncateWindow(zab.log, zxid)
  out.push({ type: 'truncate', op: nextOp(zab), zxid })
  if (mustReload) {
    zab.reloading = true
    out.push({ type: 'reload' })
  }
  return exact
}
