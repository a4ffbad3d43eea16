// One direction of one connection: takes things in order and hands them on in order, each when its rule lets it; only
// whole messages may come twice or change places. What the things are, and what handing on means, is the caller's business.

import { type LinkRule, transitMs } from './link-rule.ts'

interface Held<T> {
  readonly item: T
  readonly bytes: number
  dueMs: number
}

/** What a message that was put aside waits at most for the one that overtakes it. */
export const OVERTAKEN_MS_MAX = 200

/** How many things a rule has held back, doubled or moved; several lanes may count into one. */
export interface Hits {
  count: number
}

const NOBODY_COUNTS: Hits = { count: 0 }

export interface CountedRule {
  readonly rule: LinkRule
  readonly hits: Hits
}

/** For both directions of a connection; null: as it should be. */
export interface LinkRules {
  readonly out: CountedRule | null
  readonly in: CountedRule | null
}

export class LinkLane<T> {
  readonly #deliver: (item: T) => void
  readonly #random: () => number
  #rule: LinkRule | null = null
  #held: Held<T>[] = []
  #heldBytes = 0
  #lastDueMs = 0
  #timer: NodeJS.Timeout | null = null
  #hits: Hits = NOBODY_COUNTS
  /** A message that the next one is to overtake. */
  #aside: { readonly item: T; readonly timer: NodeJS.Timeout } | null = null

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
    return this.#held.length === 0 && this.#aside === null
  }

  /** Hands on at once without a rule. `isMessage`: it may come twice, or change places with another message. */
  push(item: T, bytes: number, isMessage = false): void {
    if (this.#held.length === 0) {
      if (this.#rule === null) return this.#deliver(item)
      if (this.#rule.type === 'duplicate' || this.#rule.type === 'reorder')
        return this.#pass(item, isMessage, this.#rule)
    }
    const held = { item, bytes, dueMs: 0 }
    this.#schedule(held)
    this.#held.push(held)
    this.#heldBytes += bytes
    if (this.#held.length === 1) this.#wait()
  }

  /** From now on, also for what is held. */
  setRule(rule: LinkRule | null, hits: Hits = NOBODY_COUNTS): void {
    this.#takeBack()
    this.#rule = rule
    this.#hits = hits
    this.#lastDueMs = 0
    for (const held of this.#held) this.#schedule(held)
    this.#wait()
  }

  /** Forgets what is held. */
  close(): void {
    this.#held = []
    this.#heldBytes = 0
    if (this.#aside) clearTimeout(this.#aside.timer)
    this.#aside = null
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  #pass(item: T, isMessage: boolean, rule: Extract<LinkRule, { percent: number }>): void {
    const hit = isMessage && this.#random() * 100 < rule.percent
    if (hit && rule.type === 'reorder' && this.#aside === null) {
      this.#aside = { item, timer: setTimeout(() => this.#takeBack(), OVERTAKEN_MS_MAX) }
      return
    }
    // What is no message keeps its place among all.
    if (!isMessage) this.#takeBack()
    this.#deliver(item)
    if (isMessage && this.#aside !== null) {
      this.#hits.count += 1
      this.#takeBack()
    }
    if (hit && rule.type === 'duplicate') {
      this.#hits.count += 1
      this.#deliver(item)
    }
  }

  /** What was put aside goes on its way. */
  #takeBack(): void {
    const aside = this.#aside
    if (!aside) return
    clearTimeout(aside.timer)
    this.#aside = null
    this.#deliver(aside.item)
  }

  #schedule(held: Held<T>): void {
    const nowMs = performance.now()
    const transit = this.#rule === null ? 0 : transitMs(this.#rule, held.bytes, this.#random)
    if (transit > 0) this.#hits.count += 1
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
