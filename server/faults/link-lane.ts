// One direction of one connection: takes things in order and hands them on in order, each when its rule lets it; only
// whole messages may come twice or change places. Under `hold` each waits for its release. What the things are, and what handing on means, is the caller's business.

import { err, ok, type Result } from '#shared/base/result.ts'
import { type LinkRule, transitMs } from './link-rule.ts'

export interface Held<T> {
  /** Upwards, over all lanes of this process, in the order in which they came. */
  readonly id: number
  readonly item: T
  readonly bytes: number
  /** It stands for itself: it may be dropped, doubled, or overtake others. */
  readonly isMessage: boolean
  /** Monotonic. */
  readonly sinceMs: number
  dueMs: number
}

/** What becomes of something that is held. */
export type HeldAction = 'deliver' | 'drop' | 'duplicate'

/** What a message that was put aside waits at most for the one that overtakes it. */
export const OVERTAKEN_MS_MAX = 200

/** How many things a rule has held back, doubled or moved; several lanes may count into one. */
export interface Hits {
  count: number
}

const PAST = { deliver: 'delivered', drop: 'dropped', duplicate: 'doubled' } as const
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

let lastId = 0

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
    lastId += 1
    const held = { id: lastId, item, bytes, isMessage, sinceMs: performance.now(), dueMs: 0 }
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

  /** Oldest first. */
  get held(): readonly Readonly<Held<T>>[] {
    return this.#held
  }

  /**
   * One that is held goes on its way, or does not. The error is a sentence: it is not there any more, or it is part of a
   * stream, where only the oldest can go and nothing can be lost or doubled.
   */
  act(id: number, action: HeldAction): Result<null, string> {
    const at = this.#held.findIndex((held) => held.id === id)
    const held = this.#held[at]
    if (!held) return err('it is not held any more')
    if (!held.isMessage && action !== 'deliver')
      return err(
        `TCP neither loses nor doubles a part of a stream, so this message cannot be ${PAST[action]}; cut or reset the link instead`,
      )
    if (at > 0 && (!held.isMessage || this.#held.slice(0, at).some((before) => !before.isMessage)))
      return err('TCP keeps the order of a stream: let the messages before it go first')
    this.#held.splice(at, 1)
    this.#heldBytes -= held.bytes
    this.#wait()
    if (action !== 'drop') this.#deliver(held.item)
    if (action === 'duplicate') this.#deliver(held.item)
    return ok(null)
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
