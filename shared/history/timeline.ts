// Zxids against real time: what was the highest that was known before a moment, the lowest that was asked for
// after it. One sort each, then a binary search a question.

export interface Point {
  readonly time: number
  readonly value: number
  /** The operation that it comes from. */
  readonly owner: number
}

/** For a moment t: the point of the greatest value among those strictly before t, or null. */
export function maxBefore(points: readonly Point[]): (time: number) => Point | null {
  const sorted = points.toSorted((a, b) => a.time - b.time)
  const best: Point[] = []
  for (const point of sorted) {
    const last = best.at(-1)
    best.push(last && last.value >= point.value ? last : point)
  }
  return (time) => best[countBelow(sorted, (point) => point.time < time) - 1] ?? null
}

/** For a moment t: the point of the least value among those strictly after t, or null. */
export function minAfter(points: readonly Point[]): (time: number) => Point | null {
  const sorted = points.toSorted((a, b) => b.time - a.time)
  const best: Point[] = []
  for (const point of sorted) {
    const last = best.at(-1)
    best.push(last && last.value <= point.value ? last : point)
  }
  return (time) => best[countBelow(sorted, (point) => point.time > time) - 1] ?? null
}

/** How many at the front satisfy `holds`, which no later one does once one does not. */
function countBelow(sorted: readonly Point[], holds: (point: Point) => boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const point = sorted[middle]
    if (point && holds(point)) low = middle + 1
    else high = middle
  }
  return low
}
