// Memory that is really in use: garbage is collected first, which needs a switch that Node has off by default.

import v8 from 'node:v8'
import vm from 'node:vm'

export interface HeapUse {
  /** Objects in V8's heap and what they hold outside of it, array buffers included, in bytes. */
  readonly used: number
  /** What the operating system has given, garbage and all. */
  readonly resident: number
}

let collect: (() => void) | null = null

function collectGarbage(): void {
  if (collect === null) {
    v8.setFlagsFromString('--expose-gc')
    const found: unknown = vm.runInNewContext('gc')
    if (typeof found !== 'function') throw new Error('this Node has no gc() to measure memory with')
    collect = () => void found()
  }
  // Twice: array buffers are only let go by the collection after the one that found them dead.
  collect()
  collect()
}

export function measureHeap(): HeapUse {
  collectGarbage()
  const { heapUsed, external, rss } = process.memoryUsage()
  return { used: heapUsed + external, resident: rss }
}
