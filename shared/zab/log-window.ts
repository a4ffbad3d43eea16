// The newest part of the log, in memory: what a leader sends by DIFF, and what is logged but not yet
// committed. Contiguous by construction (O-16): an entry that does not follow the last one is refused.
// Older entries are only on disk. Source: ZKDatabase.committedLog, storage.md §9.

import { assert } from '../base/assert.ts'
import type { Entry } from '../zk/txn.ts'
import { counterOf, epochOf, type Zxid } from '../zk/zxid.ts'

export interface LogWindow {
  entries: Entry[]
  /** Every entry after this zxid, up to the last, is in `entries`. */
  after: Zxid
  /** How many entries from the front have been delivered to the tree. */
  delivered: number
}

export function createWindow(after: Zxid, entries: readonly Entry[]): LogWindow {
  return { entries: [...entries], after, delivered: entries.length }
}

export function lastZxid(window: LogWindow): Zxid {
  return window.entries.at(-1)?.zxid ?? window.after
}

export function lastDelivered(window: LogWindow): Zxid {
  return window.entries[window.delivered - 1]?.zxid ?? window.after
}

export function nextUndelivered(window: LogWindow): Entry | undefined {
  return window.entries[window.delivered]
}

/** The counter goes on by one inside an epoch and starts at 1 in a later one (D-2). */
export function follows(previous: Zxid, next: Zxid): boolean {
  if (epochOf(next) === epochOf(previous)) return next === previous + 1
  return next > previous && counterOf(next) === 1
}

export function appendToWindow(window: LogWindow, entry: Entry): void {
  assert(follows(lastZxid(window), entry.zxid), 'the log has no gaps')
  window.entries.push(entry)
}

/** Index of the first entry with a zxid ≥ `zxid`; the length when there is none. */
export function indexFrom(window: LogWindow, zxid: Zxid): number {
  let low = 0
  let high = window.entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const entry = window.entries[middle]
    if (entry && entry.zxid < zxid) low = middle + 1
    else high = middle
  }
  return low
}

/** Removes every entry after `zxid`. Returns whether the log now ends with exactly `zxid`. */
export function truncateWindow(window: LogWindow, zxid: Zxid): boolean {
  assert(zxid >= window.after, 'what lies before the window is not cut into (FOLL-10)')
  const first = indexFrom(window, zxid)
  const keep = window.entries[first]?.zxid === zxid ? first + 1 : first
  window.entries.length = keep
  window.delivered = Math.min(window.delivered, keep)
  return lastZxid(window) === zxid
}

/**
 * Forgets delivered entries beyond `max`, in large steps so that each append stays cheap. What is not delivered yet does
 * not count: with thousands of proposals in flight every commit would copy all of them, for the sake of one.
 */
export function trimWindow(window: LogWindow, max: number): void {
  if (window.delivered < max * 2) return
  const drop = window.delivered - max
  const last = window.entries[drop - 1]
  if (!last) return
  window.entries = window.entries.slice(drop)
  window.after = last.zxid
  window.delivered -= drop
}
