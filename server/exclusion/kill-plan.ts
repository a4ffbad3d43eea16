// What happens to members and contenders when, drawn from a seed before anything runs.

import { chance, createPrng, nextInt } from '#shared/base/prng.ts'

export type Blow =
  /** SIGKILL to the leader of that moment, or to any member; started again after `forMs`. */
  | {
      readonly type: 'kill'
      readonly who: 'leader' | 'any'
      readonly pick: number
      readonly forMs: number
      readonly atMs: number
    }
  /** SIGSTOP to one process of contenders, for longer than a session lasts. */
  | { readonly type: 'stop'; readonly pick: number; readonly forMs: number; readonly atMs: number }

const KILL_GAP_MS = { min: 2000, max: 5000 }
const DOWN_MS = { min: 300, max: 1500 }
const LEADER_SHARE = 0.6
const STOP_GAP_MS = { min: 20_000, max: 35_000 }
/** Beyond a session: long enough for its end to be certain. */
const STOP_MARGIN_MS = 2500

/** Kills every few seconds, stops a few a minute; none so late that its end would not be seen. */
export function planBlows(seed: number, lengthMs: number, sessionTimeoutMs: number): Blow[] {
  const prng = createPrng(seed)
  const between = ({ min, max }: { readonly min: number; readonly max: number }) => min + nextInt(prng, max - min + 1)
  const blows: Blow[] = []
  for (let atMs = between(KILL_GAP_MS); ; atMs += between(KILL_GAP_MS)) {
    const forMs = between(DOWN_MS)
    if (atMs + forMs > lengthMs) break
    const who = chance(prng, LEADER_SHARE) ? 'leader' : 'any'
    blows.push({ type: 'kill', who, pick: nextInt(prng, 1000), forMs, atMs })
  }
  const forMs = sessionTimeoutMs + STOP_MARGIN_MS
  for (let atMs = between(STOP_GAP_MS); atMs + forMs <= lengthMs; atMs += between(STOP_GAP_MS))
    blows.push({ type: 'stop', pick: nextInt(prng, 1000), forMs, atMs })
  return blows.sort((a, b) => a.atMs - b.atMs)
}
