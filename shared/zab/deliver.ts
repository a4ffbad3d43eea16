// Hands committed entries to the tree, in order and each once. Nothing else moves the delivered mark but a
// finished SNAP or TRUNC (O-6).

import type { Zxid } from '../zk/zxid.ts'
import { onConfigDelivered } from './configs.ts'
import type { ZabEffect } from './contract.ts'
import { nextUndelivered, trimWindow } from './log-window.ts'
import type { Zab } from './state.ts'

export function deliverUpTo(zab: Zab, committed: Zxid, out: ZabEffect[]): void {
  if (zab.reloading) return
  for (;;) {
    const entry = nextUndelivered(zab.log)
    if (!entry || entry.zxid > committed) break
    zab.log.delivered += 1
    out.push({ type: 'deliver', entry })
    if (entry.txn.type === 'reconfig') onConfigDelivered(zab, entry, out)
  }
  trimWindow(zab.log, zab.config.commitLogCount)
}
