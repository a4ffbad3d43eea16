// The newest events, as many as fit a time and a number of bytes: in chunks of about a second, encoded as members send
// them, a tenth of what they weigh as objects. What falls out is folded into a view of its own, so that the window can
// be looked at from its start.

import { applyEvent } from '#shared/events/apply-event.ts'
import { type ClusterView, emptyClusterView } from '#shared/events/cluster-view.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { decodeFrame } from '#shared/events/wire/decode.ts'
import { FrameEncoder } from '#shared/events/wire/encode.ts'

const CHUNK_MS = 1000
const CHUNK_BYTES_MAX = 64 * 1024
/** What a chunk weighs beside its bytes. */
const CHUNK_OVERHEAD_BYTES = 200
/** A copy of the view is kept behind so many bytes, so that no moment of the window is far from a place to begin at. */
const CHECKPOINT_EVERY_BYTES = 8 * 1024 * 1024
/** Streams overtake each other by less. */
const OVERTAKING_MS_MAX = 5000

export interface WindowLimits {
  readonly windowMs: number
  readonly bytesMax: number
}

interface Chunk {
  /** Of the earliest and the latest event: streams overtake each other a little. */
  readonly fromMs: number
  readonly toMs: number
  readonly count: number
  readonly bytes: Uint8Array
  /** With this chunk and all before it; null for most. */
  readonly checkpoint: ClusterView | null
}

/** Where folding may begin, and the chunks to fold. */
export interface Beginning {
  /** A copy, the caller's own. */
  readonly view: ClusterView
  readonly chunks: () => Generator<readonly GatewayEvent[]>
}

export class EventWindow {
  /** What was before the first event that is held. */
  readonly base: ClusterView = emptyClusterView()
  readonly #limits: WindowLimits
  #chunks: Chunk[] = []
  readonly #encoder = new FrameEncoder()
  #openFromMs = 0
  #openToMs = 0
  #bytes = 0
  #events = 0
  readonly #live: ClusterView | null
  #sinceCheckpoint = 0

  /** `live`: the view that all events have been folded into when they are appended; null: there is none to copy. */
  constructor(limits: WindowLimits, live: ClusterView | null = null) {
    this.#limits = limits
    this.#live = live
  }

  get bytes(): number {
    return this.#bytes + this.#encoder.length
  }

  get count(): number {
    return this.#events + this.#encoder.count
  }

  /** null while there is nothing. */
  get fromMs(): number | null {
    return this.#chunks[0]?.fromMs ?? (this.#encoder.count > 0 ? this.#openFromMs : null)
  }

  append(event: GatewayEvent): void {
    const { t } = event
    if (this.#encoder.count === 0) {
      this.#openFromMs = t
      this.#openToMs = t
    }
    this.#encoder.push(event)
    this.#openFromMs = Math.min(this.#openFromMs, t)
    this.#openToMs = Math.max(this.#openToMs, t)
    if (this.#openToMs - this.#openFromMs >= CHUNK_MS || this.#encoder.length >= CHUNK_BYTES_MAX) this.#seal()
  }

  /** How many events there may be between the two times; those of whole chunks. */
  countBetween(fromMs: number, toMs: number): number {
    let count = 0
    for (const chunk of this.#sealed()) if (chunk.toMs >= fromMs && chunk.fromMs < toMs) count += chunk.count
    return count
  }

  /**
   * Those from `fromMs` up to `toMs` excluded, in the order in which they came, a chunk at a time; as they are held now,
   * and the same ones each time that the returned function is called.
   */
  between(fromMs: number, toMs: number): () => Generator<readonly GatewayEvent[]> {
    const chunks = this.#sealed().filter((chunk) => chunk.toMs >= fromMs && chunk.fromMs < toMs)
    return function* () {
      for (const chunk of chunks) {
        const events = decodeChunk(chunk)
        const isWhole = chunk.fromMs >= fromMs && chunk.toMs < toMs
        yield isWhole ? events : events.filter(({ t }) => t >= fromMs && t < toMs)
      }
    }
  }

  /** For everything up to `atMs`, and on to the end: from the newest checkpoint that is surely before it. */
  beginning(atMs: number): Beginning {
    const chunks = this.#sealed()
    const last = chunks.findLastIndex(({ checkpoint, toMs }) => checkpoint !== null && toMs < atMs - OVERTAKING_MS_MAX)
    const later = chunks.slice(last + 1)
    return {
      view: structuredClone(chunks[last]?.checkpoint ?? this.base),
      *chunks() {
        for (const chunk of later) yield decodeChunk(chunk)
      },
    }
  }

  #sealed(): readonly Chunk[] {
    this.#seal()
    return this.#chunks
  }

  #seal(): void {
    const { count } = this.#encoder
    const bytes = this.#encoder.take()
    if (!bytes) return
    this.#sinceCheckpoint += bytes.length
    const due = this.#live !== null && this.#sinceCheckpoint >= CHECKPOINT_EVERY_BYTES
    if (due) this.#sinceCheckpoint = 0
    const checkpoint = due ? structuredClone(this.#live) : null
    this.#chunks.push({ fromMs: this.#openFromMs, toMs: this.#openToMs, count, bytes, checkpoint })
    this.#bytes += bytes.length + CHUNK_OVERHEAD_BYTES
    this.#events += count
    const tooOld = this.#openToMs - this.#limits.windowMs
    let first = this.#chunks[0]
    while (first && this.#chunks.length > 1 && (first.toMs < tooOld || this.#bytes > this.#limits.bytesMax)) {
      this.#chunks.shift()
      this.#bytes -= first.bytes.length + CHUNK_OVERHEAD_BYTES
      this.#events -= first.count
      for (const event of decodeChunk(first)) applyEvent(this.base, event)
      first = this.#chunks[0]
    }
  }
}

/** What is written as text is the gateway's own, and was a GatewayEvent when it was written. */
function decodeChunk(chunk: Chunk): GatewayEvent[] {
  return decodeFrame(chunk.bytes, (json): GatewayEvent => JSON.parse(json))
}
