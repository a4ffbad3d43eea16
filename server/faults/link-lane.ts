// One direction of one connection: takes things in order and hands them on in order, each when its rule lets it.
// What the things are, and what handing on means, is the caller's business.

import { type LinkRule, transitMs } from './link-rule.ts'

interface Held<T> {
  readonly item: T
  readonly bytes: number
  dueMs: number
}

export class LinkLane<T> {
  readonly #deliver: (item: T) => void
  readonly #random: () => number
  #rule: LinkRule | null = null
  #held: Held<T>[] = []
  #heldBytes = 0
  #lastDueMs = 0
  #timer: NodeJS.Timeout | null = null

  constructor(deliver: (item: T) => void, random: () => number) {
    this.#deliver = deliver
    this.#random = random
  }

  get rule(): LinkRule | null {
    return this.#rule
  }

  /** What has been taken and not been handed on. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  get isEmpty(): boolean {
    return this.#held.length === 0
  }

  /** Hands on at once without a rule. */
  push(item: T, bytes: number): void {
    if (this.#rule === null && this.#held.length === 0) return this.#deliver(item)
    const held = { item, bytes, dueMs: 0 }
    this.#schedule(held)
    this.#held.push(held)
    this.#heldBytes += bytes
    if (this.#held.length === 1) this.#wait()
  }

  /** From now on, also for what is held. */
  setRule(rule: LinkRule | null): void {
    this.#rule = rule
    this.#lastDueMs = 0
    for (const held of this.#held) this.#schedule(held)
    this.#wait()
  }

  /** Forgets what is held. */
  close(): void {
    this.#held = []
    this.#heldBytes = 0
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  #schedule(held: Held<T>): void {
    const nowMs = performance.now()
    const transit = this.#rule === null ? 0 : transitMs(this.#rule, held.bytes, this.#random)
    // A slow line is busy until what is before has arrived; with every other rule it only may not be overtaken.
    const startMs = this.#rule?.type === 'throttle' ? Math.max(nowMs, this.#lastDueMs) : nowMs
    held.dueMs = Math.max(this.#lastDueMs, startMs + transit)
    this.#lastDueMs = held.dueMs
  }

  #wait(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    const head = this.#held[0]
    if (!head || head.dueMs === Number.POSITIVE_INFINITY) return
    this.#timer = setTimeout(() => this.#release(), Math.max(0, head.dueMs - performance.now()))
  }

  #release(): void {
    this.#timer = null
    const nowMs = performance.now()
    for (let head = this.#held[0]; head && head.dueMs <= nowMs; head = this.#held[0]) {
      this.#held.shift()
      this.#heldBytes -= head.bytes
      this.#deliver(head.item)
    }
    if (this.#timer === null) this.#wait()
  }
}
