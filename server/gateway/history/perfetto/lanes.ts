// Slices on one track of a trace must not overlap unless one holds the other; rounds overlap freely. So each takes the
// first lane that is free when it starts, and what finds none is left out and counted.

export const LANES_MAX = 64

export class Lanes {
  /** When each is free again. */
  readonly #freeFrom: number[] = []
  leftOut = 0

  /** The lane, from 0; null when all are taken. Starts must not go back by more than a slice's length. */
  take(from: number, to: number): number | null {
    for (let lane = 0; lane < LANES_MAX; lane += 1) {
      if ((this.#freeFrom[lane] ?? Number.NEGATIVE_INFINITY) > from) continue
      this.#freeFrom[lane] = to
      return lane
    }
    this.leftOut += 1
    return null
  }

  get count(): number {
    return this.#freeFrom.length
  }
}
