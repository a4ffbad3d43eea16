// How often, how much, how little, and how it is spread: one figure of a kind that ZooKeeper calls a summary. Adding a
// value allocates nothing and draws no chance: it is a few additions and one cell of a histogram.

/** Exact below this many thousandths, then 32 cells for each doubling: a quantile is at most 3 % off. */
const EXACT_CELLS = 64
const CELLS_PER_DOUBLING = 32
const FIRST_SHIFT = 6
const CELLS = EXACT_CELLS + (31 - FIRST_SHIFT) * CELLS_PER_DOUBLING
const THOUSANDTHS_MAX = 2 ** 31 - 1

/** Of milliseconds, or of plain counts. */
export class Summary {
  count = 0
  sum = 0
  min = 0
  max = 0
  readonly #cells = new Uint32Array(CELLS)

  add(value: number): void {
    if (this.count === 0 || value < this.min) this.min = value
    if (value > this.max) this.max = value
    this.count += 1
    this.sum += value
    const cell = cellOf(value)
    this.#cells[cell] = (this.#cells[cell] ?? 0) + 1
  }

  get average(): number {
    return this.count === 0 ? 0 : this.sum / this.count
  }

  /** The value below which the part `q` of all lies; NaN while there are none. */
  quantile(q: number): number {
    if (this.count === 0) return Number.NaN
    let left = Math.max(1, Math.ceil(q * this.count))
    for (let cell = 0; cell < CELLS; cell += 1) {
      left -= this.#cells[cell] ?? 0
      if (left <= 0) return Math.min(this.max, Math.max(this.min, middleOf(cell)))
    }
    return this.max
  }

  reset(): void {
    this.count = 0
    this.sum = 0
    this.min = 0
    this.max = 0
    this.#cells.fill(0)
  }
}

function cellOf(value: number): number {
  const thousandths = value < THOUSANDTHS_MAX / 1000 ? (value * 1000) | 0 : THOUSANDTHS_MAX
  if (thousandths < EXACT_CELLS) return thousandths < 0 ? 0 : thousandths
  const doubling = 31 - Math.clz32(thousandths)
  const part = (thousandths >>> (doubling - 5)) & (CELLS_PER_DOUBLING - 1)
  return EXACT_CELLS + (doubling - FIRST_SHIFT) * CELLS_PER_DOUBLING + part
}

/** The whole value nearest to the middle of a cell, where there is one in it: counts stay counts. */
function middleOf(cell: number): number {
  if (cell < EXACT_CELLS) return cell / 1000
  const doubling = FIRST_SHIFT + Math.floor((cell - EXACT_CELLS) / CELLS_PER_DOUBLING)
  const part = (cell - EXACT_CELLS) % CELLS_PER_DOUBLING
  const width = 2 ** (doubling - 5)
  const low = (CELLS_PER_DOUBLING + part) * width
  const middle = low + width / 2
  const whole = Math.round(middle / 1000) * 1000
  return (whole >= low && whole < low + width ? whole : middle) / 1000
}
