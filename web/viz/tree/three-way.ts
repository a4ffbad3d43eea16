// Three versions of a znode's data line by line: what it was when the edit began, what is there now, and what the
// person wrote. Regions that only one side changed merge by themselves; the rest is for the person. Pure.

export type Region =
  | { readonly type: 'same'; readonly lines: readonly string[] }
  /** One side changed it, or both in the same way. */
  | {
      readonly type: 'theirs' | 'mine' | 'both'
      readonly base: readonly string[]
      readonly lines: readonly string[]
    }
  | {
      readonly type: 'conflict'
      readonly base: readonly string[]
      readonly theirs: readonly string[]
      readonly mine: readonly string[]
    }

/** Lines of a version beyond which only whole versions are offered: the comparison costs their product. */
export const DIFF_LINES_MAX = 2000

/** Pairs of equal lines, by the longest common subsequence. */
function matches(a: readonly string[], b: readonly string[]): [number, number][] {
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail])
    tail += 1
  const [n, m] = [a.length - head - tail, b.length - head - tail]
  const width = m + 1
  const lengths = new Uint16Array((n + 1) * width)
  for (let i = n - 1; i >= 0; i -= 1)
    for (let j = m - 1; j >= 0; j -= 1)
      lengths[i * width + j] =
        a[head + i] === b[head + j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0)
  const pairs: [number, number][] = Array.from({ length: head }, (_, i) => [i, i])
  for (let i = 0, j = 0; i < n && j < m; ) {
    if (a[head + i] === b[head + j]) {
      pairs.push([head + i, head + j])
      i += 1
      j += 1
    } else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) i += 1
    else j += 1
  }
  for (let i = tail; i > 0; i -= 1) pairs.push([a.length - i, b.length - i])
  return pairs
}

const equal = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((line, i) => line === b[i])

/** Null when a version has more than DIFF_LINES_MAX lines. */
export function threeWay(baseText: string, theirsText: string, mineText: string): Region[] | null {
  const [base, theirs, mine] = [baseText.split('\n'), theirsText.split('\n'), mineText.split('\n')]
  if (Math.max(base.length, theirs.length, mine.length) > DIFF_LINES_MAX) return null
  const inTheirs = new Map(matches(base, theirs))
  const inMine = new Map(matches(base, mine))
  const regions: Region[] = []
  let [b, t, m] = [0, 0, 0]
  // Lines that all three have are the fixed points; between two of them is a region that somebody changed.
  for (let at = 0; at <= base.length; at += 1) {
    const [tAt, mAt] = at === base.length ? [theirs.length, mine.length] : [inTheirs.get(at), inMine.get(at)]
    if (tAt === undefined || mAt === undefined) continue
    addChanged(regions, base.slice(b, at), theirs.slice(t, tAt), mine.slice(m, mAt))
    if (at < base.length) addSame(regions, base[at] ?? '')
    ;[b, t, m] = [at + 1, tAt + 1, mAt + 1]
  }
  return regions
}

function addSame(regions: Region[], line: string): void {
  const last = regions.at(-1)
  if (last?.type === 'same') regions[regions.length - 1] = { type: 'same', lines: [...last.lines, line] }
  else regions.push({ type: 'same', lines: [line] })
}

function addChanged(
  regions: Region[],
  base: readonly string[],
  theirs: readonly string[],
  mine: readonly string[],
): void {
  if (equal(base, theirs) && equal(base, mine)) {
    for (const line of base) addSame(regions, line)
  } else if (equal(theirs, mine)) regions.push({ type: 'both', base, lines: mine })
  else if (equal(base, theirs)) regions.push({ type: 'mine', base, lines: mine })
  else if (equal(base, mine)) regions.push({ type: 'theirs', base, lines: theirs })
  else regions.push({ type: 'conflict', base, theirs, mine })
}

/** Both sides' changes together; where they conflict, `choice` of that region, else mine. */
export function mergeRegions(regions: readonly Region[], choices: ReadonlyMap<number, 'mine' | 'theirs'>): string {
  return regions
    .flatMap((region, i) =>
      region.type === 'conflict' ? (choices.get(i) === 'theirs' ? region.theirs : region.mine) : region.lines,
    )
    .join('\n')
}
