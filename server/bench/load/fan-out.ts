// One znode that many connections watch. With one write under way it is set, everybody hears of it, and only then is it
// set again: how long that takes. With more, the servers are kept busy: how many events they can send. Then one-shot
// watches are set again by each connection for itself, as fast as events come, and writes do not wait for them.

import { ERROR_CODES } from '#shared/zk/errors.ts'
import { Caller } from './caller.ts'
import { Complaints } from './complaints.ts'
import { Crowd } from './crowd.ts'
import { stampedData } from './frames.ts'
import { Histogram } from './histogram.ts'
import type { CellTimes, FanOut, FanOutPlan, Target } from './jobs.ts'
import { ROOT } from './layout.ts'
import { startMeter } from './meter.ts'
import { pending } from './pending.ts'
import { makeAll, portAt } from './prepare.ts'

const PATH = `${ROOT}/watched`
const DATA = stampedData(100, 0, 0)
const STEP_TIMEOUT_MS = 30_000
/** Writes whose time is remembered, a power of two: far more than can lie between a watch and its event. */
const WRITES_KEPT = 1 << 16

export async function runFanOut(target: Target, plan: FanOutPlan, times: CellTimes): Promise<FanOut> {
  const { kind, watchers, writesUnderWay } = plan
  const complaints = new Complaints()
  const latencies = new Histogram()
  const writer = await Caller.open(portAt(target.ports, 0))
  await writer.ask({ type: 'delete', path: PATH, version: -1 })
  await makeAll(writer, [ROOT, PATH])
  /** By the low bits of the znode's version. */
  const sentAtMs = new Float64Array(WRITES_KEPT)
  const heardBy = new Int32Array(WRITES_KEPT)
  const armedAt = new Int32Array(WRITES_KEPT)
  let [sent, answered, heardByAll, events] = [0, 0, 0, 0]
  let [measuring, writing] = [false, true]
  const lost = pending<never>()
  lost.promise.catch(() => undefined) // whoever waits is told; nobody may be waiting
  let onQuiet = (): void => undefined

  const crowd: Crowd = new Crowd(target.ports, { path: PATH, kind, size: watchers }, complaints, {
    onArmed(version) {
      armedAt[version & (WRITES_KEPT - 1)] = (armedAt[version & (WRITES_KEPT - 1)] ?? 0) + 1
      moveOn()
    },
    onEvents(version, count, atMs) {
      for (let each = version; each < version + count; each += 1) {
        const place = each & (WRITES_KEPT - 1)
        heardBy[place] = (heardBy[place] ?? 0) + 1
        if (measuring) latencies.record((atMs - (sentAtMs[place] ?? atMs)) * 1000)
      }
      if (measuring) events += count
      moveOn()
    },
    onClosed: (why) => lost.reject(new Error(`a watcher's connection ended: ${why}`)),
  })

  function mayWrite(): boolean {
    if (writesUnderWay === 1) return isQuiet()
    return kind === 'oneshot' ? sent - answered < writesUnderWay : sent - heardByAll < writesUnderWay
  }

  /** Everything written has been heard of, and all watches are set. */
  function isQuiet(): boolean {
    if (sent > answered || crowd.armed < watchers) return false
    return kind === 'persistent' ? heardByAll === sent : armedAt[sent & (WRITES_KEPT - 1)] === watchers
  }

  function moveOn(): void {
    while (heardByAll < sent && heardBy[(heardByAll + 1) & (WRITES_KEPT - 1)] === watchers) heardByAll += 1
    if (writing) while (mayWrite()) write()
    else if (isQuiet()) onQuiet()
  }

  function write(): void {
    sent += 1
    heardBy[sent & (WRITES_KEPT - 1)] = 0
    armedAt[sent & (WRITES_KEPT - 1)] = 0
    sentAtMs[sent & (WRITES_KEPT - 1)] = performance.now()
    writer.ask({ type: 'setData', path: PATH, data: DATA, version: -1 }).then(({ err }) => {
      if (err !== ERROR_CODES.OK) complaints.add(`the write that all watch failed with error ${err}`)
      answered += 1
      moveOn()
    }, lost.reject)
  }

  async function untilQuiet(): Promise<void> {
    const rest = pending<void>()
    onQuiet = rest.resolve
    moveOn()
    await orTooLong(
      Promise.race([rest.promise, lost.promise]),
      () => `after ${sent} writes only ${crowd.armed} of ${watchers} watches were set and up to date`,
    )
  }

  /** No watch may have been lost meanwhile: one more write, which everybody must hear of. */
  async function checkAll(): Promise<void> {
    writing = false
    await untilQuiet()
    write()
    await untilQuiet()
    const heard = heardBy[sent & (WRITES_KEPT - 1)]
    if (heard !== watchers) complaints.add(`${heard} events of the last write for ${watchers} watchers`)
  }

  try {
    writing = false
    await orTooLong(Promise.race([crowd.open(), lost.promise]), () => 'not all watchers got their watch')
    writing = true
    moveOn()
    await during(times.warmUpMs, lost.promise)
    const meter = startMeter(target.pids)
    const sentBefore = sent
    measuring = true
    await during(times.measureMs, lost.promise)
    measuring = false
    const usage = meter()
    const writes = sent - sentBefore
    await checkAll()
    const cpu = usage.servers.reduce((sum, value) => sum + value, 0)
    return {
      eventsPerSecond: events / usage.seconds,
      writesPerSecond: writes / usage.seconds,
      p50Ms: latencies.quantile(0.5) / 1000,
      p99Ms: latencies.quantile(0.99) / 1000,
      cpuMicroseconds: (cpu * 1e6) / Math.max(events, 1),
      generatorShare: usage.generatorShare,
      othersShare: usage.othersShare,
      checks: { failed: complaints.count, examples: complaints.examples, sampled: 0 },
    }
  } finally {
    writing = false
    crowd.close()
    await writer.close()
  }
}

/** Waits so long; rejects at once when `lost` does. */
async function during(ms: number, lost: Promise<never>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([over, lost]).finally(() => clearTimeout(timer))
}

function orTooLong<T>(work: Promise<T>, what: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what()} within ${STEP_TIMEOUT_MS / 1000} s`)), STEP_TIMEOUT_MS)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
