// Which rounds are told singly when there are more than anybody can look at: those whose counter is a multiple of a power
// of two, which every server chooses by the rate that it sees. Rates of servers are alike and powers of two nest, so the
// rounds that the coarsest of them tells, all tell. Part of observe.ts.

import { counterOf, type Zxid } from '#shared/zk/zxid.ts'

/** Rounds told singly by one server. At twice as many half are, and so on. */
export const ROUNDS_PER_SECOND_MAX = 2000
const WINDOW_MS = 250
/** Finer again only after so long a time with less to tell, or with nothing. */
const CALM_MS = 2000

export interface RoundSampler {
  /** One more txn has come. */
  count(): void
  isTold(zxid: Zxid): boolean
  /** Whether going from `before` to `zxid` passes a round that is told. */
  passesTold(before: Zxid, zxid: Zxid): boolean
  /** 1: every round. */
  every(): number
}

/** `onChange` is told when `every` changes. */
export function createRoundSampler(nowMs: () => number, onChange: (every: number) => void): RoundSampler {
  let every = 1
  let inWindow = 0
  let windowFromMs = nowMs()
  let calmMs = 0

  function endWindow(now: number): void {
    const windowMs = now - windowFromMs
    const perSecond = (inWindow * 1000) / windowMs
    inWindow = 0
    windowFromMs = now
    let wanted = 1
    while (perSecond / wanted > ROUNDS_PER_SECOND_MAX) wanted *= 2
    calmMs = wanted < every ? calmMs + windowMs : 0
    if (wanted < every && calmMs < CALM_MS) return
    calmMs = 0
    if (wanted === every) return
    every = wanted
    onChange(every)
  }

  return {
    count() {
      inWindow += 1
      const now = nowMs()
      if (now - windowFromMs >= WINDOW_MS) endWindow(now)
    },
    isTold: (zxid) => every === 1 || counterOf(zxid) % every === 0,
    passesTold: (before, zxid) => every === 1 || Math.floor(before / every) !== Math.floor(zxid / every),
    every: () => every,
  }
}
