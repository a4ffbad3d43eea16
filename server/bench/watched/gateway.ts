// The bars of the gateway, on `zabscope up` as a user starts it: writes at a rate, members killed and started again in
// between, twenty pages and one that does not read. The commits that a page counted must be those in the members' logs.
// The page that measures has this process to itself, as a browser has; the other pages and the load have theirs.

import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Benchmark, formatCount, type Report } from '../benchmark.ts'
import { GeneratorProcess, generatorEntry } from '../ensemble/generator-process.ts'
import type { Steady } from '../load/jobs.ts'
import { startMeter, type Usage } from '../load/meter.ts'
import { memoryOf } from '../load/processor.ts'
import { CrowdProcess } from './crowd-process.ts'
import { LogCounter } from './log-count.ts'
import { Page } from './pages.ts'
import { startUp } from './up-process.ts'

const LATE_MS_MAX = 100
const CPU_MAX = 1
/** Between two kills, and how long a member stays away. */
const KILL_EVERY_MS = 10_000
const AWAY_MS = 2000
const QUIET_DEADLINE_MS = 60_000
const POLL_MS = 100

export const gatewayBenchmark: Benchmark = {
  about:
    'the gateway under writes and kills: is its count of commits that of the logs, how late, how much processor time',
  options: { minutes: 1, rate: 5000, sockets: 20, clients: 16 },
  async run({ minutes = 1, rate = 5000, sockets = 20, clients = 16 }, report, distServer) {
    const dir = mkdtempSync(join(tmpdir(), 'zabscope-bench-gateway-'))
    const generator = new GeneratorProcess(generatorEntry(distServer))
    const up = await startUp(join(distServer, 'main.js'), join(dir, 'data'))
    const logs = new LogCounter(
      [1, 2, 3].map((sid) => join(dir, `data/member-${sid}/version-2`)),
      join(dir, 'kept'),
    )
    let page: Page | null = null
    let crowd: CrowdProcess | null = null
    try {
      page = await Page.open(up.base, up.token, true)
      const { view } = page
      crowd = await CrowdProcess.start(distServer, { base: up.base, token: up.token, readers: sockets - 1 })
      await until(() => Object.values(view.members).filter(({ serving }) => serving).length === 3)
      const ms = minutes * 60_000
      const fromMs = performance.now()
      const measure = startMeter([up.pid, crowd.pid])
      const load = generator.run({ type: 'steady', servers: up.connectString, clients, ratePerSecond: rate, ms })
      const kills = await killInTurn(page, fromMs + ms - AWAY_MS * 2)
      const steady = await load
      const usage = measure()
      const counted = await countBoth(page, logs)
      reportAll({ steady, kills, usage, page, memoryMib: (memoryOf(up.pid)?.peak ?? 0) / 2 ** 20, ...counted }, report)
      const { resyncs } = await crowd.figures()
      report('times that a page was told to start over', formatCount(resyncs + page.figures.resyncs))
    } finally {
      page?.close()
      crowd?.stop()
      logs.close()
      generator.stop()
      await up.stop()
      rmSync(dir, { recursive: true, force: true })
    }
  },
}

/** Any member, the leader every second time; it comes back before the next one goes. */
async function killInTurn(page: Page, untilMs: number): Promise<number> {
  let kills = 0
  while (performance.now() + KILL_EVERY_MS < untilMs) {
    await sleep(KILL_EVERY_MS - AWAY_MS)
    const members = Object.values(page.view.members)
    const leader = members.find(({ state, serving }) => state === 'LEADING' && serving)
    const follower = members.find(({ state }) => state === 'FOLLOWING')
    const victim = (kills % 2 === 0 ? leader : follower) ?? leader
    if (!victim) continue
    const { sid, pid } = victim // the view is folded in place
    await page.ask('member:kill', { sid })
    kills += 1
    await sleep(AWAY_MS)
    await page.ask('member:start', { sid })
    await until(() => page.view.members[sid]?.serving === true && page.view.members[sid]?.pid !== pid)
  }
  return kills
}

interface Counted {
  readonly streamed: number
  readonly committed: number
  readonly logged: number
}

/** When all members have the same last txn and nothing comes any more. */
async function countBoth(page: Page, logs: LogCounter): Promise<Counted> {
  const state = () =>
    JSON.stringify([page.view.totals, ...Object.values(page.view.members).map((each) => each.lastZxid)])
  const isEven = () => new Set(Object.values(page.view.members).map(({ lastZxid }) => lastZxid)).size === 1
  for (;;) {
    let before = ''
    await until(async () => {
      before = state()
      await sleep(1500) // a second passes between two counts of a member
      return isEven() && before === state()
    })
    const { committed, logged } = await logs.count()
    if (before === state()) return { streamed: page.view.totals.committed, committed, logged }
  }
}

interface Outcome extends Counted {
  readonly steady: Steady
  readonly kills: number
  /** Of the gateway and of the crowd, in this order. */
  readonly usage: Usage
  readonly page: Page
  readonly memoryMib: number
}

function reportAll({ steady, kills, usage, page, memoryMib, ...counts }: Outcome, report: Report): void {
  const { seconds } = usage
  const [cpu = 0, crowd = 0] = usage.servers.map((each) => each / seconds)
  report('writes answered a second', formatCount(steady.acknowledged / seconds))
  report(
    '  lost with their connection; without a connection',
    `${formatCount(steady.failed)}; ${formatCount(steady.unsent)}`,
  )
  report('members killed and started again', formatCount(kills))
  report('txns in the logs of a majority', formatCount(counts.committed))
  report('  in any log, those that nobody committed included', formatCount(counts.logged))
  report('commits counted by the page', formatCount(counts.streamed), {
    text: 'as many as in the logs',
    held: counts.streamed === counts.committed,
  })
  const told = Object.values(page.view.counts).reduce((sum, each) => sum + each.roundsTold, 0)
  const every = Math.max(1, ...Object.values(page.view.sampling))
  report('  rounds told singly since the last kills', formatCount(told))
  report('  of which the streams say: every', `${every}`)
  report('  events lost by a full queue', formatCount(page.view.totals.dropped))
  const p95 = page.lateness.quantile(0.95) / 1000
  report('quorum to event at a page, p50', `${(page.lateness.quantile(0.5) / 1000).toFixed(1)} ms`)
  report('quorum to event at a page, p95', `${p95.toFixed(1)} ms`, {
    text: `<= ${LATE_MS_MAX} ms`,
    held: p95 <= LATE_MS_MAX,
  })
  report('processors of the gateway', cpu.toFixed(2), { text: `<= ${CPU_MAX}`, held: cpu <= CPU_MAX })
  report('most memory of the gateway, a deaf page included', `${memoryMib.toFixed(0)} MiB`)
  report(
    'processors of the page that measures; of the others',
    `${usage.generatorShare.toFixed(2)}; ${crowd.toFixed(2)}`,
  )
  const [loadAverage = 0] = loadavg()
  report(
    'processes that wanted a processor, in the last minute',
    `${loadAverage.toFixed(1)}, for ${availableParallelism()}`,
  )
  const { frames, events } = page.figures
  report('frames, and events in them, at the page', `${formatCount(frames)}, ${formatCount(events)}`)
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + QUIET_DEADLINE_MS
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('the ensemble did not come to rest in a minute')
    await sleep(POLL_MS)
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
