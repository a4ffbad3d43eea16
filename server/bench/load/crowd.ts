// All connections that watch one znode: opened together, and counted as they hear of its writes. When the next write
// may come is fan-out.ts's business.

import type { Complaints } from './complaints.ts'
import { portAt } from './prepare.ts'
import { Watcher, type WatcherEvents, type WatchKind } from './watcher.ts'

/** Connections opened at a time. */
const OPEN_AT_ONCE = 100

export interface CrowdPlan {
  readonly path: string
  readonly kind: WatchKind
  readonly size: number
}

export class Crowd {
  /** Those whose watch is set. */
  armed = 0
  readonly #ports: readonly number[]
  readonly #plan: CrowdPlan
  readonly #complaints: Complaints
  readonly #events: WatcherEvents
  readonly #all: Watcher[] = []
  #isClosing = false

  constructor(ports: readonly number[], plan: CrowdPlan, complaints: Complaints, events: WatcherEvents) {
    this.#ports = ports
    this.#plan = plan
    this.#complaints = complaints
    this.#events = events
  }

  /** Resolves when every watch is set. */
  async open(): Promise<void> {
    const { size } = this.#plan
    for (let first = 0; first < size; first += OPEN_AT_ONCE) {
      const count = Math.min(OPEN_AT_ONCE, size - first)
      await Promise.all(Array.from({ length: count }, (_, index) => this.#open(first + index)))
    }
  }

  close(): void {
    this.#isClosing = true
    for (const watcher of this.#all) watcher.close()
  }

  #open(index: number): Promise<void> {
    const { path, kind } = this.#plan
    const { onArmed, onEvents, onClosed } = this.#events
    return new Promise((resolve) => {
      const watcher = new Watcher(portAt(this.#ports, index), path, kind, this.#complaints, {
        onArmed: (version) => {
          this.armed += 1
          resolve()
          onArmed(version)
        },
        onEvents: (version, count, atMs) => {
          // A persistent watch is still there after its event.
          if (kind === 'oneshot') this.armed -= 1
          onEvents(version, count, atMs)
        },
        onClosed: (why) => {
          if (!this.#isClosing) onClosed(why)
        },
      })
      this.#all.push(watcher)
    })
  }
}
