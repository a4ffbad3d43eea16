// The Tree view at a million, in a real browser on `zabscope up`: a znode with so many children, and a tree of so many
// znodes. First rows, the scrollbar to the middle and the end, the wheel, going to a name, searching names and data.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Benchmark, formatCount, formatSeconds, type Report } from '../benchmark.ts'
import { memoryOf } from '../load/processor.ts'
import { type OpenPage, openPage } from '../page/browser.ts'
import { readTrace, type Took } from '../page/frames.ts'
import { traced } from '../page/trace.ts'
import { startUp, type UpProcess } from '../watched/up-process.ts'
import { childName, directoryName, FOREST, NEEDLE, NEEDLE_EVERY, plant, WIDE } from './plant.ts'
import { TreeScreen } from './tree-screen.ts'

const FIRST_ROWS_MS_MAX = 1000
const TASK_MS_MAX = 100
const LAG_MS_MAX = 100

export const treePageBenchmark: Benchmark = {
  about: 'the Tree view with a million children in one znode, and a million znodes: first rows, scrolling, search',
  options: { children: 1_000_000, leaves: 1_000_000 },
  async run({ children = 1_000_000, leaves = 1_000_000 }, report, distServer) {
    const dir = mkdtempSync(join(tmpdir(), 'zabscope-bench-tree-page-'))
    const up = await startUp(join(distServer, 'main.js'), join(dir, 'data'))
    let open: OpenPage | null = null
    try {
      const fromMs = performance.now()
      await plant(up.connectString, children, leaves)
      report(
        `${formatCount(children)} children and ${formatCount(leaves)} leaves created`,
        formatSeconds(performance.now() - fromMs),
      )
      open = await openPage(`${up.base}/#token=${up.token}`)
      await measure({ up, open, nodes: children, report })
      if (open.errors.length > 0) throw new Error(`the page logged errors: ${open.errors.join('; ')}`)
    } finally {
      await open?.close()
      await up.stop()
      rmSync(dir, { recursive: true, force: true })
    }
  },
}

interface Run {
  readonly up: UpProcess
  readonly open: OpenPage
  readonly nodes: number
  readonly report: Report
}

async function measure(run: Run): Promise<void> {
  const { open, nodes } = run
  const screen = await TreeScreen.open(open.page)
  const last = childName(nodes - 1)
  await step(run, 'one znode with all of them: opened', FIRST_ROWS_MS_MAX, () => screen.openNode(WIDE, childName(0)))
  await step(run, '  the scrollbar dragged to the middle, slowly', null, () => screen.drag(0.5))
  await step(run, '  the wheel, a thousand rows', null, () => screen.wheel(24_000))
  await step(run, '  the scrollbar thrown to its end', null, () => screen.dragTo(1, `${WIDE}/${last}`))
  const middle = childName(Math.floor(nodes / 3))
  await step(run, '  a name typed', FIRST_ROWS_MS_MAX, () => screen.type(middle, `${WIDE}/${middle}`))
  await step(run, '  closed and opened again', FIRST_ROWS_MS_MAX, () => screen.reopen(WIDE, childName(0)))
  await step(run, '  its names searched', null, () => screen.search(WIDE, 'name', '77777', null))
  await step(run, '  its data searched', null, () =>
    screen.search(WIDE, 'data', NEEDLE, Math.ceil(nodes / NEEDLE_EVERY)),
  )
  const directory = `${FOREST}/${directoryName(500)}`
  await step(run, 'a tree of all of them: a directory opened', FIRST_ROWS_MS_MAX, () => screen.openDirectory(directory))
  await step(run, '  names of the whole tree searched', null, () => screen.search('/', 'name', '77777', null))
  await step(run, '  a search of all data cancelled', null, () => screen.cancelSearch('/', 'no such text'))
  run.report('most memory of the gateway', `${((memoryOf(run.up.pid)?.peak ?? 0) / 2 ** 20).toFixed(0)} MiB`)
  run.report('heap of the page', `${((await open.heapBytes()) / 2 ** 20).toFixed(0)} MiB`)
  run.report('elements of the page', formatCount(await open.domNodes()))
}

/** Does something while the page is traced. The clock tells what a person waits; bars on tasks are of processor time. */
async function step(run: Run, what: string, withinMs: number | null, work: () => Promise<number>): Promise<void> {
  await lagOf(run.up)
  let tookMs = 0
  const events = await traced(run.open.browser, async () => {
    tookMs = await work()
  })
  const { longestTask } = readTrace(events)
  const lagMs = await lagOf(run.up)
  const bar = withinMs === null ? undefined : { text: `<= ${withinMs} ms`, held: tookMs <= withinMs }
  run.report(what, `${tookMs.toFixed(0)} ms`, bar)
  run.report('    longest task of the page', took(longestTask), {
    text: `<= ${TASK_MS_MAX} ms of processor`,
    held: longestTask.cpuMs <= TASK_MS_MAX,
  })
  run.report('    longest lag of the gateway', `${lagMs.toFixed(0)} ms`, {
    text: `<= ${LAG_MS_MAX} ms`,
    held: lagMs <= LAG_MS_MAX,
  })
}

function took({ cpuMs, wallMs }: Took): string {
  return `${cpuMs.toFixed(0)} ms (${wallMs.toFixed(0)} on the clock)`
}

/** Since it was asked the last time. */
async function lagOf({ base, token }: UpProcess): Promise<number> {
  const answer = await fetch(`${base}/metrics`, { headers: { authorization: `Bearer ${token}` } })
  const text = await answer.text()
  const value = /^\w*nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(text)?.[1]
  if (value === undefined) throw new Error(`the gateway tells no lag: ${text.slice(0, 200)}`)
  return Number(value) * 1000
}
