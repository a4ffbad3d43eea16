// The past as far as the gateway keeps it: events of a bounded window, and figures for every second. Answers what a page
// asks of it, and hands it to export.ts. Numbering and resuming is History's business.

import type { ClusterView } from '#shared/events/cluster-view.ts'
import {
  HISTORY_EVENTS_TOLD_MAX,
  type HistoryRange,
  type HistoryRangeRequest,
} from '#shared/events/history-protocol.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { EventWindow, type WindowLimits } from './event-window.ts'
import { type ExportAbout, type ExportFile, type ExportRequest, exportWindow } from './export.ts'
import { Figures } from './figures.ts'

/** As long as somebody may look back, and what that may weigh; the rest of the gateway comes on top. */
export const WINDOW_DEFAULT: WindowLimits = { windowMs: 15 * 60_000, bytesMax: 64 * 1024 * 1024 }
/** Chunks hold a second: events of a range are looked for when its chunks hold no more than this many times the limit. */
const DECODED_FACTOR = 4

/** Figures are kept for an hour also where events are not: a second of them takes about 1.5 kB. */
const FIGURES_WINDOW_MS_LEAST = 3_600_000

export class Recorder {
  readonly window: EventWindow
  readonly #figures: Figures

  /** `live`: the view into which each event has been folded when it is appended. */
  constructor(limits: WindowLimits = WINDOW_DEFAULT, live: ClusterView | null = null) {
    this.window = new EventWindow(limits, live)
    this.#figures = new Figures(Math.max(limits.windowMs, FIGURES_WINDOW_MS_LEAST))
  }

  /** `commits`: how many txns this event has shown to be committed. */
  append(event: GatewayEvent, commits: number): void {
    this.window.append(event)
    this.#figures.add(event, commits)
  }

  range({ fromMs, toMs, stepMs, events: wantsEvents }: HistoryRangeRequest): HistoryRange {
    const { window } = this
    const figures = this.#figures.steps(fromMs, toMs, stepMs)
    const about = window.countBetween(fromMs, toMs)
    let events: GatewayEvent[] = []
    let eventsLeftOut = about
    if (wantsEvents && about <= HISTORY_EVENTS_TOLD_MAX * DECODED_FACTOR) {
      for (const some of window.between(fromMs, toMs)()) events = events.concat(some)
      eventsLeftOut = events.length > HISTORY_EVENTS_TOLD_MAX ? events.length : 0
      if (eventsLeftOut > 0) events = []
    }
    return {
      ...figures,
      events,
      eventsLeftOut,
      heldFromMs: window.fromMs,
      heldEvents: window.count,
      heldBytes: window.bytes,
    }
  }

  /** A file of what is held now; later events are not in it. `nowMs`: since 1970. */
  export(request: ExportRequest, about: ExportAbout, nowMs: number): ExportFile {
    return exportWindow(this.window, request, about, nowMs)
  }
}
