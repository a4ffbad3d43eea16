// The bars of the project, as data: for what was measured, which figure must stand how to Apache's or to a number of
// its own. The comparison itself is here too; what is printed is report.ts.

import type { LoadCell } from '../load/jobs.ts'
import { parseCell } from './cells.ts'

/** What is measured, by the name under which results keep it. */
export type Metric =
  | 'opsPerSecond'
  | 'p50Ms'
  | 'p99Ms'
  | 'cpuMicroseconds'
  | 'eventsPerSecond'
  | 'sessionsPerSecond'
  | 'failoverMs'
  | 'coldStartMs'
  | 'restartMs'
  | 'residentMb'
  | 'pauseMs'

export interface Bar {
  readonly metric: Metric
  /** `ratio`: ours over Apache's; `value`: ours alone. */
  readonly of: 'ratio' | 'value'
  readonly is: 'at most' | 'at least' | 'below'
  readonly limit: number
}

const ratio = (metric: Metric, is: Bar['is'], limit: number): Bar => ({ metric, of: 'ratio', is, limit })
const value = (metric: Metric, is: Bar['is'], limit: number): Bar => ({ metric, of: 'value', is, limit })

const SCENARIO_BARS: Readonly<Record<string, readonly Bar[]>> = {
  'watch-oneshot': [ratio('eventsPerSecond', 'at least', 4)],
  'watch-persistent': [ratio('eventsPerSecond', 'at least', 4)],
  'connect-c128': [ratio('sessionsPerSecond', 'at least', 4)],
  failover: [ratio('failoverMs', 'at most', 1 / 3)],
  'cold-start': [ratio('coldStartMs', 'at most', 1 / 4)],
  memory: [ratio('residentMb', 'below', 1)],
  million: [ratio('restartMs', 'at most', 1 / 3), value('residentMb', 'at most', 600), value('pauseMs', 'at most', 50)],
}

/** What the cell or scenario of that name must hold; none where the project asks for nothing. */
export function barsOf(name: string): readonly Bar[] {
  const cell = parseCell(name)
  return cell ? barsOfCell(cell) : (SCENARIO_BARS[name] ?? [])
}

function barsOfCell(cell: LoadCell): readonly Bar[] {
  const { op, connections, outstanding, ratePerSecond } = cell
  // At a fixed rate both do the same work: what it costs and how long it takes may differ, how much may not.
  if (ratePerSecond !== null) return [ratio('p99Ms', 'at most', 1), ratio('cpuMicroseconds', 'at most', 1 / 2)]
  const isPipelined = connections >= 8 && outstanding >= 16
  // The 90/10 mix holds writes, so it is held to what is asked of writes.
  const isRead = op === 'get' || op === 'exists' || op === 'children'
  if (isPipelined)
    return [
      ratio('opsPerSecond', 'at least', isRead ? 4 : 3),
      ratio('p99Ms', 'at most', 1 / 2),
      ratio('cpuMicroseconds', 'at most', isRead ? 1 / 5 : 1 / 4),
    ]
  const isLoneWrite = connections === 1 && outstanding === 1 && (op === 'set' || op === 'create')
  return [
    ratio('opsPerSecond', 'at least', 1.2),
    ...(isLoneWrite ? [ratio('p50Ms', 'below', 0.7)] : []),
    ratio('p99Ms', 'at most', 1),
    ratio('cpuMicroseconds', 'at most', 1 / 2),
  ]
}

/** Whether `figure` holds the bar. */
export function isMet(bar: Bar, figure: number): boolean {
  switch (bar.is) {
    case 'at least':
      return figure >= bar.limit
    case 'at most':
      return figure <= bar.limit
    case 'below':
      return figure < bar.limit
  }
}

/** How far from the bar, as a factor: 1 is on it, 2 is missed by half; for finding the worst. */
export function missFactor(bar: Bar, figure: number): number {
  return bar.is === 'at least' ? bar.limit / figure : figure / bar.limit
}

export function formatBar({ is, limit }: Bar): string {
  const sign = { 'at least': '>=', 'at most': '<=', below: '<' }[is]
  return `${sign} ${Number(limit.toFixed(3))}`
}
