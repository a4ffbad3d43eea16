// The bars of the page, in a real browser on `zabscope up` as users start it: writes at a rate from a process of its own,
// locks, watches and sessions that come and go, and a walk through every view meanwhile.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Benchmark } from '../benchmark.ts'
import { GeneratorProcess, generatorEntry } from '../ensemble/generator-process.ts'
import { machineSeconds, processorSeconds } from '../load/processor.ts'
import { type LogCount, LogCounter } from '../watched/log-count.ts'
import { startUp, type UpProcess } from '../watched/up-process.ts'
import { type OpenPage, openPage } from './browser.ts'
import { readTrace } from './frames.ts'
import { reportPage, type Visit } from './report.ts'
import { readCommitted, readPixels } from './screen.ts'
import { traced } from './trace.ts'
import { STOPS, type Stop, Walk } from './walk.ts'

/** Where the load generator writes. */
const ZNODE = '/steady'
/** At least three, to compare thirds of the time. */
const WALKS_MIN = 3
/** Before figures count: code is compiled, lists fill. */
const WARM_UP_MS = 8000
/** Longer than it takes sessions of clients that crashed to expire. */
const QUIET_MS = 6000
const QUIET_DEADLINE_MS = 60_000
const POLL_MS = 200

/** What the views live on that writes alone leave empty. */
const WORKLOADS = [
  { kind: 'lock', settings: { contenders: 5 } },
  { kind: 'configuration', settings: { watchers: 10 } },
  { kind: 'membership', settings: { joinsPerSecond: 1 } },
] as const

export const pageBenchmark: Benchmark = {
  about: 'the page in a browser under writes: script in each frame, tasks, heap, counts, commit to pixels, first load',
  options: { minutes: 10, rate: 5000, clients: 16 },
  async run({ minutes = 10, rate = 5000, clients = 16 }, report, distServer) {
    const dir = mkdtempSync(join(tmpdir(), 'zabscope-bench-page-'))
    const generator = new GeneratorProcess(generatorEntry(distServer))
    const up = await startUp(join(distServer, 'main.js'), join(dir, 'data'))
    const logs = new LogCounter(
      [1, 2, 3].map((sid) => join(dir, `data/member-${sid}/version-2`)),
      join(dir, 'kept'),
    )
    const write = (ratePerSecond: number, ms: number) =>
      generator.run({ type: 'steady', servers: up.connectString, clients, ratePerSecond, ms })
    let open: OpenPage | null = null
    try {
      open = await openPage(`${up.base}/#token=${up.token}`)
      await write(clients, 1000)
      const workloads = []
      for (const workload of WORKLOADS) workloads.push(await startWorkload(up, workload))
      const walk = await Walk.learn(open.page, ZNODE)
      const ms = minutes * 60_000
      const load = write(rate, WARM_UP_MS + ms)
      await sleep(WARM_UP_MS)
      const [machine, gateway, fromMs] = [machineSeconds(), processorSeconds(up.pid) ?? 0, performance.now()]
      const walks = Math.max(WALKS_MIN, minutes)
      const visits: Visit[] = []
      for (let i = 0; i < walks; i += 1) {
        for (const stop of STOPS) visits.push(await visit(open, walk, stop, (ms / walks) * (stop.share / 100)))
      }
      const seconds = (performance.now() - fromMs) / 1000
      const [machineAfter, gatewayAfter] = [machineSeconds(), processorSeconds(up.pid) ?? 0]
      const steady = await load
      for (const id of workloads) await rest(up, 'DELETE', `workloads/${id}`)
      await walk.goTo(STOPS[0])
      reportPage(
        {
          visits,
          walks,
          steady,
          writingSeconds: (WARM_UP_MS + ms) / 1000,
          ...(await countBoth(open, logs)),
          firstLoad: open.firstLoad,
          errors: open.errors,
          gatewayProcessors: (gatewayAfter - gateway) / seconds,
          machineBusy: (machineAfter.busy - machine.busy) / (machineAfter.total - machine.total),
        },
        report,
      )
    } finally {
      await open?.close()
      logs.close()
      generator.stop()
      await up.stop()
      rmSync(dir, { recursive: true, force: true })
    }
  },
}

/** Goes there, stays until `forMs` have passed, and reads what the page says and holds. */
async function visit(open: OpenPage, walk: Walk, stop: Stop, forMs: number): Promise<Visit> {
  const untilMs = performance.now() + forMs
  const events = await traced(open.browser, async () => {
    await walk.goTo(stop)
    await sleep(untilMs - performance.now())
  })
  return {
    stop: stop.name,
    seconds: forMs / 1000,
    figures: readTrace(events),
    pixels: await readPixels(open.page),
    heapBytes: await open.heapBytes(),
    domNodes: await open.domNodes(),
  }
}

/** When the page has counted nothing new for a while. */
async function countBoth(open: OpenPage, logs: LogCounter): Promise<LogCount & { readonly shown: number }> {
  const deadline = performance.now() + QUIET_DEADLINE_MS
  for (;;) {
    let shown = await readCommitted(open.page)
    for (let sinceMs = performance.now(); performance.now() < sinceMs + QUIET_MS; await sleep(POLL_MS)) {
      const now = await readCommitted(open.page)
      if (now === shown) continue
      shown = now
      sinceMs = performance.now()
      if (sinceMs > deadline) throw new Error('the ensemble did not come to rest in a minute')
    }
    const counted = await logs.count()
    if ((await readCommitted(open.page)) === shown) return { ...counted, shown }
  }
}

async function startWorkload(up: UpProcess, workload: object): Promise<string> {
  const started: unknown = await rest(up, 'POST', 'workloads', workload)
  if (typeof started === 'object' && started !== null && 'id' in started) return String(started.id)
  throw new Error(`the gateway started a workload and does not say which: ${JSON.stringify(started)}`)
}

/** Throws what the gateway answers when it refuses. */
async function rest(up: UpProcess, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${up.base}/api/v1/${path}`, {
    method,
    headers: { Authorization: `Bearer ${up.token}`, 'Content-Type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return text === '' ? null : JSON.parse(text)
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)))
}
