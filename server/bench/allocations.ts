// Who allocates how much, by V8's sampling heap profiler: what dies young is counted too.

import { type HeapProfiler, Session } from 'node:inspector'

export interface Allocation {
  readonly name: string
  readonly bytes: number
}

const SAMPLE_EVERY_BYTES = 4096

/** Runs `work` under the profiler: bytes by function, the largest first. */
export function profileAllocations(work: () => void): Allocation[] {
  const session = new Session()
  session.connect()
  let found: HeapProfiler.SamplingHeapProfile | null = null
  session.post('HeapProfiler.startSampling', {
    samplingInterval: SAMPLE_EVERY_BYTES,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  } as HeapProfiler.StartSamplingParameterType) // the two switches are newer than the type
  work()
  session.post('HeapProfiler.stopSampling', (error, result) => {
    if (error) throw error
    found = result.profile
  })
  session.disconnect()
  const bytes = new Map<string, number>()
  const walk = (node: HeapProfiler.SamplingHeapProfileNode): void => {
    const name = node.callFrame.functionName || '(anonymous)'
    bytes.set(name, (bytes.get(name) ?? 0) + node.selfSize)
    for (const child of node.children) walk(child)
  }
  const profile = found as HeapProfiler.SamplingHeapProfile | null // set by the callback, which is synchronous
  if (profile) walk(profile.head)
  return [...bytes].map(([name, size]) => ({ name, bytes: size })).sort((a, b) => b.bytes - a.bytes)
}
