import { describe, expect, test } from 'vitest'
import { NO_SESSION } from '../zk/ids.ts'
import type { Entry } from '../zk/txn.ts'
import { makeZxid, type Zxid } from '../zk/zxid.ts'
import { createWindow } from './log-window.ts'
import { planSync } from './sync-plan.ts'

function entry(zxid: Zxid): Entry {
  return { zxid, sessionId: NO_SESSION, cxid: 0, timeMs: 0, txn: { type: 'error', err: -101 }, digest: null }
}

/** Epoch 7 from 71 to 73, epoch 8 from 1 to 3. */
const window = createWindow(makeZxid(7, 70), [
  ...[71, 72, 73].map((n) => entry(makeZxid(7, n))),
  ...[1, 2, 3].map((n) => entry(makeZxid(8, n))),
])
const committed = makeZxid(8, 2)

function plan(peerLast: Zxid) {
  const { how, zxid, entries } = planSync(window, committed, peerLast)
  return { how, zxid, sends: entries.map((e) => e.zxid) }
}

describe('how a learner is brought up to date', () => {
  test('[SYNC-1] a learner that ends where the leader does gets an empty DIFF', () => {
    expect(plan(committed)).toEqual({ how: 'DIFF', zxid: committed, sends: [] })
  })
  test('[SYNC-2] a learner beyond what is committed is told to TRUNC', () => {
    expect(plan(makeZxid(8, 3))).toEqual({ how: 'TRUNC', zxid: committed, sends: [] })
    expect(plan(makeZxid(9, 4))).toEqual({ how: 'TRUNC', zxid: committed, sends: [] })
  })
  test('[SYNC-2] the marker of a later epoch names no entry to cut: SNAP', () => {
    expect(plan(makeZxid(9, 0)).how).toBe('SNAP')
  })
  test('[SYNC-3] a learner that ends at an entry of the window gets what follows', () => {
    expect(plan(makeZxid(7, 72))).toEqual({
      how: 'DIFF',
      zxid: committed,
      sends: [makeZxid(7, 73), makeZxid(8, 1), makeZxid(8, 2)],
    })
  })
  test('[SYNC-3] the zxid right before the window will do', () => {
    expect(plan(makeZxid(7, 70)).sends).toHaveLength(5)
  })
  test('[SYNC-4] R-1154: 74 lies numerically inside the window but was never committed', () => {
    expect(plan(makeZxid(7, 74))).toEqual({
      how: 'TRUNC',
      zxid: makeZxid(7, 73),
      sends: [makeZxid(8, 1), makeZxid(8, 2)],
    })
  })
  test('[SYNC-5] R-4352: a learner that ends before the window gets everything', () => {
    expect(plan(makeZxid(7, 69)).how).toBe('SNAP')
    expect(plan(makeZxid(0, 0)).how).toBe('SNAP')
  })
  test('[SYNC-5] R-1319: a leader with nothing in memory compares with its snapshot', () => {
    const empty = createWindow(makeZxid(3, 9), [])
    expect(planSync(empty, makeZxid(3, 9), makeZxid(0, 0)).how).toBe('SNAP')
    expect(planSync(empty, makeZxid(3, 9), makeZxid(3, 9)).how).toBe('DIFF')
  })
})
