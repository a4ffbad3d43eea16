// Sessions opened and closed as fast as they go, so many at a time. Each must have an id that no other had.

import { Complaints } from './complaints.ts'
import { frameOf } from './frames.ts'
import { Histogram } from './histogram.ts'
import type { CellTimes, Storm, Target } from './jobs.ts'
import { startMeter } from './meter.ts'
import { portAt } from './prepare.ts'
import { Wire } from './wire.ts'

const SESSION_TIMEOUT_MS = 10_000
const CLOSE_SESSION = frameOf({ type: 'closeSession' }, 1)

export async function runConnectStorm(target: Target, lanes: number, times: CellTimes): Promise<Storm> {
  const complaints = new Complaints()
  const latencies = new Histogram()
  /** Of the measured time: what a run of seconds opens. */
  const seen = new Set<bigint>()
  let [opened, next] = [0, 0]
  let [measuring, stopping] = [false, false]
  const once = (): Promise<void> =>
    new Promise((resolve) => {
      const startMs = performance.now()
      let hadSession = false
      const port = portAt(target.ports, next)
      next += 1
      const wire: Wire = new Wire(port, SESSION_TIMEOUT_MS, {
        onOpen: () => {
          hadSession = true
          const id = wire.session?.sessionId ?? 0n
          if (measuring) {
            opened += 1
            latencies.record((wire.readAtMs - startMs) * 1000)
            if (seen.has(id)) complaints.add(`session 0x${id.toString(16)} was given twice`)
            seen.add(id)
          }
          wire.write(CLOSE_SESSION)
        },
        onFrame: (view, at) => {
          const err = view.getInt32(at + 12)
          if (err !== 0) complaints.add(`closeSession is answered with error ${err}`)
          wire.end()
        },
        onTurn: () => undefined,
        onClosed: (why) => {
          if (!hadSession) complaints.add(`no session on port ${port}: ${why}`)
          resolve()
        },
      })
    })
  const lane = async (): Promise<void> => {
    while (!stopping) await once()
  }
  const running = Promise.all(Array.from({ length: lanes }, lane))
  await pause(times.warmUpMs)
  const meter = startMeter(target.pids)
  measuring = true
  await pause(times.measureMs)
  measuring = false
  const usage = meter()
  stopping = true
  await running
  const cpu = usage.servers.reduce((sum, value) => sum + value, 0)
  return {
    sessionsPerSecond: opened / usage.seconds,
    p50Ms: latencies.quantile(0.5) / 1000,
    p99Ms: latencies.quantile(0.99) / 1000,
    cpuMicroseconds: (cpu * 1e6) / Math.max(opened, 1),
    generatorShare: usage.generatorShare,
    othersShare: usage.othersShare,
    checks: { failed: complaints.count, examples: complaints.examples, sampled: 0 },
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
