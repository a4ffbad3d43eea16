// `zabscope window`: looks at a window that was exported, without an ensemble: what it holds, its events as JSON lines, or
// a trace of it for ui.perfetto.dev.

import { createReadStream } from 'node:fs'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { readableZxid } from '#shared/events/zxid-text.ts'
import { type ImportedWindow, importWindow, viewOf } from './import.ts'
import { traceLines } from './perfetto/trace.ts'

export interface WindowToolOptions {
  readonly path: string
  readonly as: 'summary' | 'jsonl' | 'perfetto'
  /** With a summary: the state of the cluster at this time, milliseconds since 1970. Null: at the end. */
  readonly atMs: number | null
}

const EVENTS_A_PIECE = 1000

/** Writes to `write`. Rejects with an ImportError, or with the system's error, when the file cannot be read. */
export async function runWindowTool(
  { path, as, atMs }: WindowToolOptions,
  write: (text: string) => void,
): Promise<number> {
  const window = await importWindow(createReadStream(path))
  if (as === 'jsonl')
    for (const piece of pieces(window)) write(piece.map((event) => `${JSON.stringify(event)}\n`).join(''))
  else if (as === 'perfetto') for await (const text of traceLines(() => pieces(window))) write(text)
  else write(`${summary(window, atMs).join('\n')}\n`)
  return 0
}

function* pieces({ events }: ImportedWindow): Generator<readonly GatewayEvent[]> {
  for (let from = 0; from < events.length; from += EVENTS_A_PIECE) yield events.slice(from, from + EVENTS_A_PIECE)
}

function summary(window: ImportedWindow, atMs: number | null): string[] {
  const { events, clusterName, version, exportedAtMs } = window
  let fromMs = exportedAtMs
  let toMs = 0
  const types = new Map<string, number>()
  for (const { t, type } of events) {
    fromMs = Math.min(fromMs, t)
    toMs = Math.max(toMs, t)
    types.set(type, (types.get(type) ?? 0) + 1)
  }
  const view = viewOf(window, atMs ?? undefined)
  const members = Object.values(view.members).map(({ sid, process, state, lastZxid }) => {
    return `  member ${sid}: ${process}, ${state ?? 'no state'}, last zxid ${readableZxid(lastZxid)}`
  })
  const counts = [...types].sort(([, a], [, b]) => b - a).map(([type, count]) => `  ${type}: ${count}`)
  const every = Math.max(1, ...Object.values(view.sampling))
  return [
    `${clusterName}, exported by Zabscope ${version} at ${iso(exportedAtMs)}`,
    events.length === 0 ? 'no events' : `${events.length} events from ${iso(fromMs)} to ${iso(toMs)}`,
    ...counts,
    `${atMs === null ? 'at the end' : `at ${iso(atMs)}`}: ${view.totals.committed} commits counted`,
    ...(every > 1 ? [`  rounds are sampled: every ${every}th is told singly`] : []),
    ...members,
  ]
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
