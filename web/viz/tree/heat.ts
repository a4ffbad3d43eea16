// Which paths change how often lately: writes that were told singly, by minute, and beside them how many were committed, which
// is exact whatever was left out. Where some were left out, a path's figure is its share of all. Pure.

/** Minutes that are kept, the present one included. */
export const HEAT_MINUTES = 10
const MINUTE_MS = 60_000
/** Paths told apart in a minute; writes to others are counted together. */
const PATHS_MAX = 2000

interface Minute {
  /** Since 1970. */
  readonly minute: number
  readonly paths: Map<string, number>
  told: number
  committed: number
}

/** Oldest first. */
export interface Heat {
  readonly minutes: Minute[]
}

export function emptyHeat(): Heat {
  return { minutes: [] }
}

/**
 * @param written paths of writes that were told; null for one without a single path
 * @param committed how many more were committed, exact
 * @param parts paths that belong to writes of several operations, which are among `written` as null
 */
export function addToHeat(
  heat: Heat,
  nowMs: number,
  written: readonly (string | null)[],
  committed: number,
  parts: readonly string[] = [],
): void {
  const now = Math.floor(nowMs / MINUTE_MS)
  let last = heat.minutes.at(-1)
  if (!last || last.minute < now) {
    last = { minute: now, paths: new Map(), told: 0, committed: 0 }
    heat.minutes.push(last)
    while (heat.minutes.length > HEAT_MINUTES || (heat.minutes[0]?.minute ?? now) <= now - HEAT_MINUTES)
      heat.minutes.shift()
  }
  last.told += written.length
  last.committed += committed
  for (const path of [...written, ...parts]) {
    if (path === null || (last.paths.size >= PATHS_MAX && !last.paths.has(path))) continue
    last.paths.set(path, (last.paths.get(path) ?? 0) + 1)
  }
}

export interface HeatFigures {
  /** Changes of the znode itself, by path. */
  readonly own: ReadonlyMap<string, number>
  /** Of all, exact. */
  readonly committed: number
  /** How many of them were told one by one; where it is fewer, the figures of paths are reckoned from them. */
  readonly told: number
}

export function heatFigures(heat: Heat, nowMs: number): HeatFigures {
  const first = Math.floor(nowMs / MINUTE_MS) - HEAT_MINUTES
  const own = new Map<string, number>()
  let [committed, told] = [0, 0]
  for (const each of heat.minutes) {
    if (each.minute <= first) continue
    committed += Math.max(each.told, each.committed)
    told += each.told
    // Proposed in one minute, committed in the next: a few of them more or less are no sampling.
    const times = each.committed > 1.2 * each.told ? each.committed / Math.max(1, each.told) : 1
    for (const [path, count] of each.paths) own.set(path, (own.get(path) ?? 0) + count * times)
  }
  return { own, committed, told }
}

/** Changes of each znode with all below it. */
export function heatBelow({ own }: HeatFigures): ReadonlyMap<string, number> {
  const below = new Map<string, number>()
  for (const [path, count] of own) {
    for (let at = path; ; at = at.slice(0, at.lastIndexOf('/')) || '/') {
      below.set(at, (below.get(at) ?? 0) + count)
      if (at === '/') break
    }
  }
  return below
}
