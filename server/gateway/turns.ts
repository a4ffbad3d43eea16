// Lets so many pieces of work run at once; the others wait their turn, first come first served.

export class Turns {
  readonly #max: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(max: number) {
    this.#max = max
  }

  /** Starts `work` when it is its turn; settles as it does. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#max) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#running += 1
    try {
      return await work()
    } finally {
      // A waiter takes over the place; the count stays.
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running -= 1
    }
  }
}
