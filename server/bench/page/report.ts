// The figures of a run of the page beside their bars, all views together and each by itself.

import { formatCount, type Report } from '../benchmark.ts'
import type { Steady } from '../load/jobs.ts'
import type { LogCount } from '../watched/log-count.ts'
import type { FirstLoad } from './browser.ts'
import { quantileOf, type WindowFigures } from './frames.ts'
import type { Pixels } from './screen.ts'

const SCRIPT_MS_MAX = 6
const TASK_MS_MAX = 100
const PIXELS_MS_MAX = 250
const SCRIPT_KIB_MAX = 350
const READY_MS_MAX = 2000
/** The last third of the time against the one before it. */
const HEAP_GROWTH_MAX = 0.05
const MIB = 2 ** 20

/** One stay in one view. */
export interface Visit {
  readonly stop: string
  readonly seconds: number
  readonly figures: WindowFigures
  readonly pixels: Pixels | null
  /** After a full collection, at the end of the visit. */
  readonly heapBytes: number
  readonly domNodes: number
}

export interface Outcome extends LogCount {
  /** In the order of time: every walk has the same stops. */
  readonly visits: readonly Visit[]
  readonly walks: number
  readonly steady: Steady
  readonly writingSeconds: number
  /** Commits that the page shows when all is quiet. */
  readonly shown: number
  readonly firstLoad: FirstLoad
  readonly errors: readonly string[]
  readonly gatewayProcessors: number
  /** Share of all processors that was in use, by anybody. */
  readonly machineBusy: number
}

export function reportPage(outcome: Outcome, report: Report): void {
  const { visits, steady, firstLoad, errors } = outcome
  report('writes answered a second', formatCount(steady.acknowledged / outcome.writingSeconds))
  report(
    '  not sent because too many were under way; lost',
    `${formatCount(steady.unsent)}; ${formatCount(steady.failed)}`,
  )
  report(
    'processors in use by all together, and by the gateway',
    `${percent(outcome.machineBusy)}, ${outcome.gatewayProcessors.toFixed(2)}`,
  )
  reportThread('all views', visits, report, true)
  for (const stop of new Set(visits.map((visit) => visit.stop)))
    reportThread(
      stop,
      visits.filter((visit) => visit.stop === stop),
      report,
      false,
    )
  reportPixels(visits, report)
  reportHeap(outcome, report)
  report('txns in the logs of a majority', formatCount(outcome.committed))
  report('commits that the page shows', formatCount(outcome.shown), {
    text: 'as many as in the logs',
    held: outcome.shown === outcome.committed,
  })
  const kib = firstLoad.scriptGzipBytes / 1024
  report('script of the first load, by gzip', `${kib.toFixed(0)} KiB`, below(SCRIPT_KIB_MAX, kib, 'KiB'))
  report('  as it is', `${(firstLoad.scriptBytes / 1024).toFixed(0)} KiB`)
  report(
    'first load: members drawn and ready for a click',
    `${firstLoad.readyMs.toFixed(0)} ms`,
    below(READY_MS_MAX, firstLoad.readyMs, 'ms'),
  )
  report('errors that the page logged', formatCount(errors.length), { text: 'none', held: errors.length === 0 })
  for (const error of errors.slice(0, 5)) report(`  ${error}`, '')
}

/** `held`: bars are for all views together; of each the same is told. */
function reportThread(name: string, visits: readonly Visit[], report: Report, isAll: boolean): void {
  const frames = visits.flatMap(({ figures }) => figures.frames)
  const seconds = visits.reduce((sum, each) => sum + each.seconds, 0)
  const cpu = frames.map(({ cpuMs }) => cpuMs)
  const wall = frames.map(({ wallMs }) => wallMs)
  const p95 = quantileOf(cpu, 0.95)
  const scripts = visits.reduce((sum, { figures }) => sum + figures.script.cpuMs, 0)
  const tasks = visits.reduce((sum, { figures }) => sum + figures.tasks.cpuMs, 0)
  const longest = Math.max(...visits.map(({ figures }) => figures.longestTask.cpuMs))
  const longestWall = Math.max(...visits.map(({ figures }) => figures.longestTask.wallMs))
  report(
    `${name}: script in a frame, p95 (p50)`,
    `${p95.toFixed(2)} ms (${quantileOf(cpu, 0.5).toFixed(2)})`,
    below(SCRIPT_MS_MAX, p95, 'ms'),
  )
  report(
    '  by the clock, whoever had the processor',
    `${quantileOf(wall, 0.95).toFixed(2)} ms (${quantileOf(wall, 0.5).toFixed(2)})`,
  )
  report(
    '  longest task (by the clock)',
    `${longest.toFixed(1)} ms (${longestWall.toFixed(0)})`,
    below(TASK_MS_MAX, longest, 'ms'),
  )
  report('  main thread a second: script, all', `${(scripts / seconds).toFixed(0)}, ${(tasks / seconds).toFixed(0)} ms`)
  if (isAll) report('  frames, in seconds', `${formatCount(frames.length)}, ${seconds.toFixed(0)}`)
}

/** Of each stay, as the page told at its end: the bar holds in the worst of them. */
function reportPixels(visits: readonly Visit[], report: Report): void {
  const told = visits.flatMap(({ stop, pixels }) => (pixels ? [{ stop, ...pixels }] : []))
  const worst = told.toSorted((a, b) => b.p95Ms - a.p95Ms)[0]
  if (!worst) {
    report('commit to pixels, as the page tells', 'nothing told', { text: 'told', held: false })
    return
  }
  report(
    'commit to pixels, p50, median of all stays',
    `${quantileOf(
      told.map(({ p50Ms }) => p50Ms),
      0.5,
    ).toFixed(0)} ms`,
  )
  report(
    'commit to pixels, p95, median of all stays',
    `${quantileOf(
      told.map(({ p95Ms }) => p95Ms),
      0.5,
    ).toFixed(0)} ms`,
  )
  report(
    `commit to pixels, p95, worst stay (${worst.stop})`,
    `${worst.p95Ms.toFixed(0)} ms`,
    below(PIXELS_MS_MAX, worst.p95Ms, 'ms'),
  )
}

function reportHeap({ visits, walks }: Outcome, report: Report): void {
  const perWalk = visits.length / walks
  const third = (n: number) => {
    const part = visits.slice(Math.round((walks * n) / 3) * perWalk, Math.round((walks * (n + 1)) / 3) * perWalk)
    return (
      quantileOf(
        part.map(({ heapBytes }) => heapBytes),
        0.5,
      ) / MIB
    )
  }
  const [first, middle, last] = [third(0), third(1), third(2)]
  report('heap after collection, median of each third', [first, middle, last].map((each) => each.toFixed(1)).join(', '))
  const growth = last / middle - 1
  report('  the last third against the one before', percent(growth), {
    text: `<= ${percent(HEAP_GROWTH_MAX)}`,
    held: growth <= HEAP_GROWTH_MAX,
  })
  report(
    '  DOM nodes at the end of the first and the last walk',
    `${formatCount(visits[perWalk - 1]?.domNodes ?? 0)}, ${formatCount(visits.at(-1)?.domNodes ?? 0)}`,
  )
}

function below(max: number, figure: number, unit: string): { readonly text: string; readonly held: boolean } {
  return { text: `< ${max} ${unit}`, held: figure < max }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
