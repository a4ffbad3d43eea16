// Browsers' worth of sockets: one page that folds everything and measures how late it hears of commits, others that only
// listen, and one that does not read at all.

import { io, type Socket } from 'socket.io-client'
import { applyEvent } from '#shared/events/apply-event.ts'
import { type ClusterView, emptyClusterView } from '#shared/events/cluster-view.ts'
import { type NumberedEvents, PROTOCOL_VERSION, type Welcome } from '#shared/events/socket-protocol.ts'
import { STREAM_VIEWS } from '#shared/events/subscription.ts'
import { Histogram } from '../load/histogram.ts'

export interface PageFigures {
  readonly frames: number
  readonly events: number
  readonly resyncs: number
}

export class Page {
  view: ClusterView = emptyClusterView()
  /** From the quorum at the leader to the event here, in microseconds. */
  readonly lateness = new Histogram()
  readonly #socket: Socket
  #lastSeq = 0
  #frames = 0
  #events = 0
  #resyncs = 0
  #failure: Error | null = null

  private constructor(base: string, token: string, folds: boolean) {
    this.#socket = io(base, {
      transports: ['websocket'],
      auth: { token },
      extraHeaders: { Origin: base },
      forceNew: true,
    })
    this.#socket.on('resync', () => {
      this.#resyncs += 1
      this.#hello().catch((error: Error) => {
        this.#failure = error
      })
    })
    this.#socket.on('events', (frame: NumberedEvents) => {
      this.#frames += 1
      this.#events += frame.events.length
      if (folds) this.#fold(frame)
    })
  }

  /** `folds`: keeps a view and measures; others only count. */
  static async open(base: string, token: string, folds: boolean): Promise<Page> {
    const page = new Page(base, token, folds)
    await new Promise<void>((resolve, reject) => {
      page.#socket.once('connect', resolve)
      page.#socket.once('connect_error', reject)
    })
    await page.#hello()
    return page
  }

  get figures(): PageFigures {
    if (this.#failure) throw this.#failure
    return { frames: this.#frames, events: this.#events, resyncs: this.#resyncs }
  }

  /** Takes nothing any more from the network. */
  stopReading(): void {
    const { transport } = this.#socket.io.engine as unknown as { transport: { ws: { _socket?: { pause(): void } } } }
    transport.ws._socket?.pause()
  }

  /** Rejects with what the gateway says when it refuses. */
  async ask(name: string, request: object): Promise<unknown> {
    const answer = await this.#socket.emitWithAck(name, request)
    if (!answer.ok) throw new Error(`${name}: ${answer.message}`)
    return answer.value
  }

  close(): void {
    this.#socket.disconnect()
  }

  async #hello(): Promise<void> {
    const request = { version: PROTOCOL_VERSION, lastSeq: null, views: STREAM_VIEWS }
    const welcome = (await this.#socket.emitWithAck('hello', request)) as Welcome
    if (welcome.type !== 'snapshot') throw new Error(`the gateway answers hello with ${welcome.type}`)
    this.view = welcome.view
    this.#lastSeq = welcome.seq
  }

  #fold({ seq, events, upTo }: NumberedEvents): void {
    if (seq !== this.#lastSeq + 1) this.#failure = new Error(`events ${this.#lastSeq + 1} to ${seq - 1} did not come`)
    this.#lastSeq = upTo ?? seq + events.length - 1
    const nowMs = performance.timeOrigin + performance.now()
    for (const event of events) {
      applyEvent(this.view, event)
      if (event.type === 'quorum') this.lateness.record((nowMs - event.t) * 1000)
    }
  }
}
