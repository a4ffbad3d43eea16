// How often a member's process collects all of its memory. V8 counts network buffers that are about to go as if they were
// to stay: with 1 KB writes it marked a heap of 13 MB ten times a second to find nothing, a fifth of the processor time. A
// small heap may grow fourfold first; a large one is left to V8, since its growth is what somebody would have to pay for.

import v8 from 'node:v8'

/** As long as less is in use: V8 then waits for at most four times that. */
export const SMALL_HEAP_BYTES = 64 * 2 ** 20
const SMALL_HEAP_GROWS_PERCENT = 300
/** V8's own judgement. */
const AS_V8_LIKES = 0
const LOOK_EVERY_MS = 1000

/** From now on, for the whole process. V8 reads this flag at the end of each collection. */
export function paceCollector(): void {
  let percent: number | null = null
  const look = (): void => {
    const wanted = growthFor(v8.getHeapStatistics().used_heap_size)
    if (wanted === percent) return
    percent = wanted
    v8.setFlagsFromString(`--heap-growing-percent=${wanted}`)
  }
  look()
  setInterval(look, LOOK_EVERY_MS).unref()
}

/** By how many percent a heap of which so much is in use may grow until it is collected; 0: V8 says. */
export function growthFor(usedBytes: number): number {
  return usedBytes < SMALL_HEAP_BYTES ? SMALL_HEAP_GROWS_PERCENT : AS_V8_LIKES
}
