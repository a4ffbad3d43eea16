// For tests only: a history told otherwise in one place, and the verdict on it in a line.

import { assert } from '../base/assert.ts'
import type { Entry } from '../zk/txn.ts'
import { checkHistory } from './check.ts'
import {
  type CheckOptions,
  type ConnectionRecord,
  type History,
  type Operation,
  STRICT,
  type WatchArrival,
} from './history.ts'

/** What is found in a history, as `HC-8 W-1`, each once. */
export function verdict(history: History, options: Partial<CheckOptions> = {}): readonly string[] {
  const found = checkHistory(history, { ...STRICT, ...options })
  return [...new Set(found.map(({ id, rule }) => (rule === null ? id : `${id} ${rule}`)))].sort()
}

/** The history with some of an operation told otherwise. */
export function amend(history: History, index: number, otherwise: Partial<Operation>): History {
  return { ...history, operations: history.operations.map((op, i) => (i === index ? { ...op, ...otherwise } : op)) }
}

/** The history with its `n`th event told otherwise; null takes it out. */
export function amendEvent(history: History, n: number, otherwise: Partial<WatchArrival> | null): History {
  const events = history.events.flatMap((event, i) => {
    if (i !== n) return [event]
    return otherwise === null ? [] : [{ ...event, ...otherwise }]
  })
  return { ...history, events: events.sort((a, b) => a.conn - b.conn || a.arrival - b.arrival) }
}

/** The history with some of a connection (counted from 1) told otherwise. */
export function amendConnection(history: History, conn: number, otherwise: Partial<ConnectionRecord>): History {
  const connections = history.connections.map((one) => (one.conn === conn ? { ...one, ...otherwise } : one))
  return { ...history, connections }
}

/** The history with another log. */
export function withLog(history: History, change: (log: readonly Entry[]) => readonly Entry[]): History {
  return { ...history, log: change(history.log ?? []) }
}

/** Two entries of the log, counted from its end (1 is the last), with their zxids exchanged. */
export function swapInLog(history: History, a: number, b: number): History {
  const log = [...(history.log ?? [])]
  const [first, second] = [log.at(-a), log.at(-b)]
  assert(first !== undefined && second !== undefined, 'entries of the log')
  log[log.length - a] = { ...second, zxid: first.zxid }
  log[log.length - b] = { ...first, zxid: second.zxid }
  return { ...history, log }
}
