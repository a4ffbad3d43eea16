// Links of the ring on which something is broken now: one mark for each pair of members, whatever the number of
// faults between them, the gravest first.

import type { FaultView } from '#shared/events/fault-request.ts'

/** cut: nothing passes. held: only what somebody lets go. one-way: only from `passes` to the other. slow and lossy: something passes. */
export type LinkHarm = 'cut' | 'held' | 'one-way' | 'slow' | 'lossy'

export interface HarmedLink {
  readonly a: number
  readonly b: number
  readonly harm: LinkHarm
  /** Of a link that is one-way: whose messages still arrive. */
  readonly passes: number | null
  /** What the faults say of themselves. */
  readonly texts: readonly string[]
}

const SLOW: ReadonlySet<FaultView['fault']> = new Set(['delay', 'heavy-tail', 'throttle'])
const BLOCKS: ReadonlySet<FaultView['fault']> = new Set(['cut', 'one-way'])
const GRAVITY: readonly LinkHarm[] = ['cut', 'held', 'one-way', 'lossy', 'slow']

interface Pair {
  readonly a: number
  readonly b: number
  readonly blocked: Set<number>
  readonly harms: Set<LinkHarm>
  readonly texts: Set<string>
}

export function harmedLinks(faults: readonly FaultView[]): HarmedLink[] {
  const pairs = new Map<string, Pair>()
  for (const { fault, links, text, endsAt } of faults) {
    if (endsAt === null) continue // it happened once
    for (const [from, to] of links) {
      const [a, b] = from < to ? [from, to] : [to, from]
      const key = `${a} ${b}`
      const pair = pairs.get(key) ?? { a, b, blocked: new Set(), harms: new Set(), texts: new Set() }
      pairs.set(key, pair)
      pair.texts.add(text)
      if (BLOCKS.has(fault)) pair.blocked.add(from)
      else if (fault === 'hold') pair.harms.add('held')
      else pair.harms.add(SLOW.has(fault) ? 'slow' : 'lossy')
    }
  }
  return [...pairs.values()].map(({ a, b, blocked, harms, texts }): HarmedLink => {
    if (blocked.size > 0) harms.add(blocked.size === 2 ? 'cut' : 'one-way')
    const harm = GRAVITY.find((each) => harms.has(each)) ?? 'lossy'
    return { a, b, harm, passes: harm === 'one-way' ? (blocked.has(a) ? b : a) : null, texts: [...texts] }
  })
}
