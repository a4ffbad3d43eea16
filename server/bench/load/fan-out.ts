// One znode that many connections watch: it is set, everybody hears of it, and only then is it set again.

import { Caller } from './caller.ts'
import { Complaints } from './complaints.ts'
import { stampedData } from './frames.ts'
import { Histogram } from './histogram.ts'
import type { CellTimes, FanOut, Target } from './jobs.ts'
import { ROOT } from './layout.ts'
import { startMeter } from './meter.ts'
import { pending } from './pending.ts'
import { makeAll, portAt } from './prepare.ts'
import { Watcher, type WatchKind } from './watcher.ts'

const PATH = `${ROOT}/watched`
const DATA = stampedData(100, 0, 0)
const ROUND_TIMEOUT_MS = 30_000
/** Connections opened at a time. */
const OPEN_AT_ONCE = 100

export async function runFanOut(target: Target, kind: WatchKind, watchers: number, times: CellTimes): Promise<FanOut> {
  const complaints = new Complaints()
  const [latencies, rounds] = [new Histogram(), new Histogram()]
  const writer = await Caller.open(portAt(target.ports, 0))
  await makeAll(writer, [ROOT, PATH])
  let [heard, armed, events] = [0, 0, 0]
  let [measuring, closing] = [false, false]
  let setAtMs = 0
  let step = pending<void>()
  const everybody = (): boolean => armed >= watchers && heard >= watchers
  const all: Watcher[] = []
  const onChange = (): void => {
    if (everybody()) step.resolve()
  }
  const open = (index: number): Promise<void> =>
    new Promise((resolve) => {
      all.push(
        new Watcher(portAt(target.ports, index), PATH, kind, complaints, {
          onArmed: () => {
            armed += 1
            resolve()
            onChange()
          },
          onEvent: (atMs) => {
            heard += 1
            if (measuring) {
              events += 1
              latencies.record((atMs - setAtMs) * 1000)
            }
            onChange()
          },
          onClosed: (why) => {
            if (!closing) step.reject(new Error(`a watcher's connection ended: ${why}`))
          },
        }),
      )
    })
  try {
    for (let first = 0; first < watchers; first += OPEN_AT_ONCE) {
      const count = Math.min(OPEN_AT_ONCE, watchers - first)
      const opened = Promise.all(Array.from({ length: count }, (_, index) => open(first + index)))
      await within(Promise.race([opened, step.promise]), 'not all watchers got their watch')
    }
    const round = async (): Promise<void> => {
      step = pending<void>()
      heard = 0
      // A persistent watch is still there after its event.
      armed = kind === 'persistent' ? watchers : 0
      setAtMs = performance.now()
      const { err } = await writer.ask({ type: 'setData', path: PATH, data: DATA, version: -1 })
      if (err !== 0) complaints.add(`the write that all watch failed with error ${err}`)
      await within(step.promise, `only ${heard} of ${watchers} watchers heard of a write`)
      if (heard !== watchers) complaints.add(`${heard} events for ${watchers} watchers`)
      if (measuring) rounds.record((performance.now() - setAtMs) * 1000)
    }
    const endOfWarmUp = performance.now() + times.warmUpMs
    do await round()
    while (performance.now() < endOfWarmUp)
    const meter = startMeter(target.pids)
    measuring = true
    const end = performance.now() + times.measureMs
    do await round()
    while (performance.now() < end)
    measuring = false
    const usage = meter()
    const cpu = usage.servers.reduce((sum, value) => sum + value, 0)
    return {
      eventsPerSecond: events / usage.seconds,
      p50Ms: latencies.quantile(0.5) / 1000,
      p99Ms: latencies.quantile(0.99) / 1000,
      roundP50Ms: rounds.quantile(0.5) / 1000,
      cpuMicroseconds: (cpu * 1e6) / events,
      generatorShare: usage.generatorShare,
      othersShare: usage.othersShare,
      checks: { failed: complaints.count, examples: complaints.examples, sampled: 0 },
    }
  } finally {
    closing = true
    for (const watcher of all) watcher.close()
    await writer.close()
  }
}

function within<T>(work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} within ${ROUND_TIMEOUT_MS / 1000} s`)), ROUND_TIMEOUT_MS)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
