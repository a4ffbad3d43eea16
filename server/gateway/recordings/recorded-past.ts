// A window that was exported, read back: its events encoded as the gateway keeps its own past, and views of some moments in
// between, so that any moment is folded from a near one.

import type { Readable } from 'node:stream'
import { applyEvent } from '#shared/events/apply-event.ts'
import type { ClusterView } from '#shared/events/cluster-view.ts'
import { ImportError, readWindow, type WindowHead } from '../history/import.ts'
import { History } from '../history.ts'
import { RECORDING_BYTES_MAX, RECORDING_EVENTS_MAX, RECORDING_MS_MAX, RECORDING_UNPACKED_MAX } from '../limits.ts'

/** Events between two kept views at first; twice as many whenever there are too many of them. */
const APART_EVENTS = 4000
const KEPT_VIEWS_MAX = 32

interface KeptView {
  /** Chunks of the window that are in it. */
  readonly chunks: number
  /** Of its newest event. */
  readonly toMs: number
  readonly view: ClusterView
}

export class RecordedPast {
  readonly head: WindowHead
  /** Its view is that of the end. */
  readonly history: History
  readonly fromMs: number
  readonly toMs: number
  readonly events: number
  readonly #kept: readonly KeptView[]

  private constructor(parts: Pick<RecordedPast, 'head' | 'history' | 'fromMs' | 'toMs' | 'events'>, kept: KeptView[]) {
    this.head = parts.head
    this.history = parts.history
    this.fromMs = parts.fromMs
    this.toMs = parts.toMs
    this.events = parts.events
    this.#kept = kept
  }

  /** Rejects with an ImportError. */
  static async read(source: Readable): Promise<RecordedPast> {
    const history = new History({ windowMs: RECORDING_MS_MAX, bytesMax: Number.POSITIVE_INFINITY })
    const { window } = history.recorder
    let [events, fromMs, toMs, apart] = [0, Number.POSITIVE_INFINITY, 0, APART_EVENTS]
    let kept: KeptView[] = []
    const limits = { bytesMax: RECORDING_UNPACKED_MAX, eventsMax: RECORDING_EVENTS_MAX }
    const head = await readWindow(source, limits, {
      onHead: ({ base }) => {
        Object.assign(history.view, structuredClone(base))
        Object.assign(window.base, base)
        kept = [{ chunks: 0, toMs: 0, view: structuredClone(base) }]
      },
      onEvent: (event) => {
        try {
          history.append(event)
        } catch {
          throw new ImportError(
            'The events of this file do not follow from each other: it was changed, or is not whole.',
          )
        }
        events += 1
        fromMs = Math.min(fromMs, event.t)
        toMs = Math.max(toMs, event.t)
        if (toMs - fromMs > RECORDING_MS_MAX || window.bytes > RECORDING_BYTES_MAX)
          throw new ImportError('The recording is too long to be opened here. Export a shorter window.')
        if (events % apart > 0) return
        kept.push({ chunks: window.seal(), toMs, view: structuredClone(history.view) })
        if (kept.length <= KEPT_VIEWS_MAX) return
        kept = kept.filter((_, i) => i % 2 === 0)
        apart *= 2
      },
    })
    if (events === 0) throw new ImportError('The recording holds no events: there is nothing to look at.')
    return new RecordedPast({ head, history, fromMs, toMs, events }, kept)
  }

  /** What was at `atMs`, as a view of its own. */
  viewAt(atMs: number): ClusterView {
    const near = this.#kept.findLast(({ toMs }) => toMs <= atMs) ?? this.#kept[0]
    if (!near) throw new Error('a recording keeps the view before its first event')
    const view = structuredClone(near.view)
    for (const events of this.history.recorder.window.from(near.chunks, atMs))
      for (const event of events) if (event.t <= atMs) applyEvent(view, event)
    return view
  }
}
