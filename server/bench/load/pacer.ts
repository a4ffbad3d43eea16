// A fixed rate, whatever the answers do: each millisecond sends what is due, round robin over the connections.

import type { Tally } from './loader.ts'
import type { LoaderGroup } from './loader-group.ts'

const TURN_MS = 1
/** A pause of this process itself is not made up for in one burst longer than this. */
const CATCH_UP_MS = 100

export interface Pacer {
  stop(): void
  /** Requests that were due while measuring and not sent, because their connection had too many in flight. */
  unsent(): number
}

export function startPacer(group: LoaderGroup, ratePerSecond: number, tally: Tally): Pacer {
  let unsent = 0
  let lastMs = performance.now()
  let due = 0
  let connection = 0
  let timer: NodeJS.Timeout | null = null
  const turn = (): void => {
    timer = setTimeout(turn, TURN_MS)
    const nowMs = performance.now()
    due += (Math.min(nowMs - lastMs, CATCH_UP_MS) * ratePerSecond) / 1000
    lastMs = nowMs
    const { loaders } = group
    for (; due >= 1; due -= 1) {
      if (loaders[connection]?.send(1) !== 1 && tally.measuring) unsent += 1
      connection = (connection + 1) % loaders.length
    }
  }
  turn()
  return {
    stop: () => {
      if (timer) clearTimeout(timer)
    },
    unsent: () => unsent,
  }
}
