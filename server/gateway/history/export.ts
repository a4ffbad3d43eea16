// The window as a file: lines of text, made a piece at a time, so that a large window neither fills the memory nor holds
// up the gateway. README.md describes the formats; what reads them is import.ts and ui.perfetto.dev.

import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { ExportFormat } from '#shared/events/history-protocol.ts'
import type { EventWindow } from './event-window.ts'
import { type Chunks, traceLines } from './perfetto/trace.ts'

export const WINDOW_FILE_VERSION = 1

/** Said in the first line of a window. */
export interface ExportAbout {
  readonly clusterName: string
  /** Of Zabscope. */
  readonly version: string
}

export interface ExportRequest {
  readonly format: ExportFormat
  /** Milliseconds since 1970; left out: all that is held. A window always is all. */
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
}

export interface ExportFile {
  /** `zabscope-2026-11-23T16-20-00.window.jsonl.gz`. */
  readonly name: string
  readonly contentType: string
  /** Compressed when the name ends in `.gz`. Destroy it when nobody reads on. */
  readonly body: Readable
}

const FILES: Readonly<Record<ExportFormat, { readonly ending: string; readonly contentType: string }>> = {
  window: { ending: 'window.jsonl.gz', contentType: 'application/gzip' },
  jsonl: { ending: 'events.jsonl', contentType: 'application/x-ndjson' },
  perfetto: { ending: 'trace.json', contentType: 'application/json' },
}

/** `nowMs`: since 1970, for the name and the first line. */
export function exportWindow(
  window: EventWindow,
  { format, fromMs = 0, toMs = Number.MAX_SAFE_INTEGER }: ExportRequest,
  about: ExportAbout,
  nowMs: number,
): ExportFile {
  const { ending, contentType } = FILES[format]
  const stamp = new Date(nowMs).toISOString().slice(0, 19).replaceAll(':', '-')
  const text = Readable.from(textOf(window, format, fromMs, toMs, about, nowMs), { objectMode: false })
  return {
    name: `zabscope-${stamp}.${ending}`,
    contentType,
    body: ending.endsWith('.gz') ? compressed(text) : text,
  }
}

function compressed(text: Readable): Readable {
  const gzip = createGzip()
  text.on('error', (error) => gzip.destroy(error))
  gzip.on('close', () => text.destroy())
  return text.pipe(gzip)
}

function textOf(
  window: EventWindow,
  format: ExportFormat,
  fromMs: number,
  toMs: number,
  about: ExportAbout,
  nowMs: number,
): Iterable<string> | AsyncIterable<string> {
  switch (format) {
    case 'window':
      return windowLines(window, about, nowMs)
    case 'jsonl':
      return eventLines(window.between(fromMs, toMs))
    case 'perfetto':
      return traceLines(window.between(fromMs, toMs))
  }
}

/** The view before the first event, then the events: whoever folds them has every moment of the window. */
function windowLines(window: EventWindow, about: ExportAbout, nowMs: number): Iterable<string> {
  const head = { type: 'zabscope-window', fileVersion: WINDOW_FILE_VERSION, exportedAtMs: nowMs, ...about }
  const chunks = window.between(0, Number.MAX_SAFE_INTEGER)
  // At the same moment as the events that follow it: it changes when the oldest of them go.
  return linesBehind(`${JSON.stringify({ ...head, base: window.base })}\n`, chunks)
}

function* linesBehind(first: string, chunks: Chunks): Generator<string> {
  yield first
  yield* eventLines(chunks)
}

function* eventLines(chunks: Chunks): Generator<string> {
  for (const events of chunks()) yield events.map((event) => `${JSON.stringify(event)}\n`).join('')
}
