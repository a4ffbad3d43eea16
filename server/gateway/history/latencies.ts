// A histogram of durations that is small enough to be kept for every second: cells grow by a fifth, from a microsecond to
// an hour.

import type { Quantiles } from '#shared/events/history-protocol.ts'

const CELLS = 128
const CELLS_A_DOUBLING = 4

export class Latencies {
  readonly #cells = new Uint32Array(CELLS)
  #count = 0

  add(ms: number): void {
    const cell = Math.floor(Math.log2(Math.max(ms, 0.001) * 1000) * CELLS_A_DOUBLING)
    const at = Math.min(cell, CELLS - 1)
    this.#cells[at] = (this.#cells[at] ?? 0) + 1
    this.#count += 1
  }

  addAll(other: Latencies): void {
    for (let i = 0; i < CELLS; i += 1) this.#cells[i] = (this.#cells[i] ?? 0) + (other.#cells[i] ?? 0)
    this.#count += other.#count
  }

  quantiles(): Quantiles {
    return { p50: this.#quantile(0.5), p95: this.#quantile(0.95), p99: this.#quantile(0.99) }
  }

  /** The middle of the cell in which it is, in milliseconds with three digits. */
  #quantile(share: number): number | null {
    if (this.#count === 0) return null
    let left = Math.ceil(share * this.#count)
    for (let i = 0; i < CELLS; i += 1) {
      left -= this.#cells[i] ?? 0
      if (left <= 0) return Number((2 ** ((i + 0.5) / CELLS_A_DOUBLING) / 1000).toPrecision(3))
    }
    return null
  }
}
