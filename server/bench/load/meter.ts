// Processor time of a run, from one moment to another: of the servers, of this process, and of all others.

import { machineSeconds, processorSeconds } from './processor.ts'

export interface Usage {
  readonly seconds: number
  /** Of each server; 0 for one that is gone. */
  readonly servers: readonly number[]
  readonly generatorShare: number
  readonly othersShare: number
}

/** Begins now; the returned function says what was used until it is called. */
export function startMeter(pids: readonly number[]): () => Usage {
  const startMs = performance.now()
  const before = pids.map((pid) => processorSeconds(pid) ?? 0)
  const own = process.cpuUsage()
  const machine = machineSeconds()
  return () => {
    const seconds = (performance.now() - startMs) / 1000
    const servers = pids.map((pid, index) => Math.max(0, (processorSeconds(pid) ?? 0) - (before[index] ?? 0)))
    const { user, system } = process.cpuUsage(own)
    const generator = (user + system) / 1e6
    const now = machineSeconds()
    const used = servers.reduce((sum, value) => sum + value, generator)
    const others = Math.max(0, now.busy - machine.busy - used)
    return {
      seconds,
      servers,
      generatorShare: generator / seconds,
      othersShare: others / Math.max(now.total - machine.total, Number.EPSILON),
    }
  }
}
