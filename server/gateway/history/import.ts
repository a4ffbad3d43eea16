// Reads a window that was exported, from a file of anybody's: every line is checked before anything is made of it, and
// how much there may be is limited. What comes back can be looked at as the gateway's own past can.

import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { z } from 'zod'
import { applyEvent } from '#shared/events/apply-event.ts'
import { type ClusterView, emptyClusterView } from '#shared/events/cluster-view.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { clusterEventSchema } from '../event-schema.ts'
import { WINDOW_FILE_VERSION } from './export.ts'
import { gatewayEventSchema } from './gateway-event-schema.ts'

/** Bytes when unpacked, characters of one line, and events of one file. */
export const IMPORT_BYTES_MAX = 1024 * 1024 * 1024
export const IMPORT_LINE_MAX = 32 * 1024 * 1024
export const IMPORT_EVENTS_MAX = 2_000_000

/** The message is a sentence for the person who gave the file. */
export class ImportError extends Error {
  override readonly name = 'ImportError'
}

export interface ImportedWindow {
  readonly clusterName: string
  /** Of the Zabscope that exported it. */
  readonly version: string
  readonly exportedAtMs: number
  /** What was before the first event. */
  readonly base: ClusterView
  readonly events: readonly GatewayEvent[]
}

const headSchema = z.object({
  type: z.literal('zabscope-window'),
  version: z.string().max(100),
  clusterName: z.string().max(1000),
  exportedAtMs: z.number(),
  base: z.record(z.string(), z.unknown()),
})
const fileVersionSchema = z.looseObject({ type: z.literal('zabscope-window'), fileVersion: z.int() })

/** How much a file may hold. */
export interface ImportLimits {
  /** When unpacked. */
  readonly bytesMax: number
  readonly eventsMax: number
}

const LIMITS: ImportLimits = { bytesMax: IMPORT_BYTES_MAX, eventsMax: IMPORT_EVENTS_MAX }

export type WindowHead = Omit<ImportedWindow, 'events'>

/** Rejects with an ImportError. */
export async function importWindow(compressed: Uint8Array | Readable): Promise<ImportedWindow> {
  const events: GatewayEvent[] = []
  const source = compressed instanceof Uint8Array ? Readable.from([compressed]) : compressed
  const head = await readWindow(source, LIMITS, {
    onHead: () => undefined,
    onEvent: (event) => void events.push(event),
  })
  return { ...head, events }
}

/** Tells what stands in the file, one thing after the other, so that nobody need hold it all. Rejects with an ImportError. */
export async function readWindow(
  source: Readable,
  { bytesMax, eventsMax }: ImportLimits,
  { onHead, onEvent }: { onHead(head: WindowHead): void; onEvent(event: GatewayEvent): void },
): Promise<WindowHead> {
  let head: WindowHead | null = null
  let line = 0
  try {
    for await (const text of linesOf(source, bytesMax)) {
      line += 1
      if (line - 1 > eventsMax)
        throw new ImportError(`The file holds more than ${eventsMax} events. Export a shorter window.`)
      if (head) onEvent(readEvent(JSON.parse(text)))
      else {
        head = readHead(JSON.parse(text))
        onHead(head)
      }
    }
  } catch (error) {
    if (error instanceof ImportError) throw error
    const what = error instanceof z.ZodError ? (error.issues[0]?.message ?? '') : String(error)
    throw new ImportError(
      `This is no window that Zabscope exported: line ${line + 1} is not as it should be (${what}).`,
    )
  }
  if (!head) throw new ImportError('The file is empty. Choose one that was exported as a window.')
  return head
}

/** What was at `atMs`; the end of the window when left out. */
export function viewOf(window: ImportedWindow, atMs = Number.MAX_SAFE_INTEGER): ClusterView {
  const view = structuredClone(window.base)
  for (const event of window.events) if (event.t <= atMs) applyEvent(view, event)
  return view
}

async function* linesOf(source: Readable, bytesMax: number): AsyncGenerator<string> {
  const gunzip = createGunzip()
  source.on('error', (error) => gunzip.destroy(error))
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let rest = ''
  let bytes = 0
  for await (const chunk of source.pipe(gunzip)) {
    bytes += chunk.length
    if (bytes > bytesMax) throw new ImportError('The file is too large to be read here.')
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > IMPORT_LINE_MAX) throw new ImportError('The file holds a line that is too long.')
    yield* lines
  }
  if (rest !== '') throw new ImportError('The file ends within a line: it was not exported to its end.')
}

function readHead(value: unknown): WindowHead {
  const version = fileVersionSchema.parse(value).fileVersion
  if (version !== WINDOW_FILE_VERSION)
    throw new ImportError(
      `The file is a window of version ${version}; this Zabscope reads ${WINDOW_FILE_VERSION}. Use the one that wrote it.`,
    )
  const head = headSchema.parse(value)
  return {
    clusterName: head.clusterName,
    version: head.version,
    exportedAtMs: head.exportedAtMs,
    base: readView(head.base),
  }
}

/** A view has many fields of its own; each must at least be of the kind that the fold expects. */
function readView(value: Readonly<Record<string, unknown>>): ClusterView {
  const empty: Record<string, unknown> = { ...emptyClusterView() }
  for (const [name, like] of Object.entries(empty)) {
    const given = value[name]
    const fits = name === 'committedUpTo' ? given === null || typeof given === 'string' : kindOf(given) === kindOf(like)
    if (!fits) throw new ImportError(`The file’s first line has no ${name} as this Zabscope knows it.`)
    empty[name] = given
  }
  return empty as unknown as ClusterView // every field is there, and of its kind
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value
}

function readEvent(value: unknown): GatewayEvent {
  const member = clusterEventSchema.safeParse(value)
  return member.success ? member.data : gatewayEventSchema.parse(value)
}
