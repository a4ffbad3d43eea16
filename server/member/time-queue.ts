// When the unanswered requests of one connection came in, oldest first: answers come in that order.

/** Beyond this many, the space of answered ones is used again. */
const COMPACT_AT = 1024

export class TimeQueue {
  readonly #times: number[] = []
  #head = 0

  get length(): number {
    return this.#times.length - this.#head
  }

  push(timeMs: number): void {
    this.#times.push(timeMs)
  }

  /** The oldest, or null when none waits. */
  shift(): number | null {
    const time = this.#times[this.#head]
    if (time === undefined) return null
    this.#head += 1
    if (this.#head === this.#times.length) {
      this.#times.length = 0
      this.#head = 0
    } else if (this.#head === COMPACT_AT) {
      this.#times.splice(0, COMPACT_AT)
      this.#head = 0
    }
    return time
  }
}
