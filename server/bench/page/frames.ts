// From a trace of Chromium to figures of the page's main thread: script in each frame that was drawn, and the longest
// task. Pure; trace.ts records. Processor time beside time of day: where others use the machine, only the first tells.

/** One event of a trace, as far as it is looked at. `ts`, `dur` and `tdur` in microseconds. */
export interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly dur?: number
  /** Processor time of the thread. */
  readonly tdur?: number
  readonly args?: { readonly name?: unknown }
}

/** In ms: of the processor, and on the clock. */
export interface Took {
  readonly cpuMs: number
  readonly wallMs: number
}

export interface WindowFigures {
  /** Script since the frame before, garbage collection included, of each frame that the page drew. */
  readonly frames: readonly Took[]
  /** Script of the whole window, whatever frame it was for. */
  readonly script: Took
  /** The longest task by its processor time, and by the clock; they need not be one. */
  readonly longestTask: Took
  /** All tasks of the main thread: script, style, layout, painting. */
  readonly tasks: Took
}

/** Whatever runs script, or collects what it left. The outermost of them counts. */
const SCRIPT =
  /^(v8\.callFunction|v8\.run|FunctionCall|EvaluateScript|RunMicrotasks|MinorGC|MajorGC|v8\.(compile|evaluate).*)$/
const TASK = 'ThreadControllerImpl::RunTask'
const FRAME = 'AnimationFrame::Render'
const MAIN_THREAD = 'CrRendererMain'

/** Throws when the trace has no page in it. */
export function readTrace(events: readonly TraceEvent[]): WindowFigures {
  const main = mainThread(events)
  const own = events.filter(({ pid, tid }) => pid === main.pid && tid === main.tid)
  const spans = own.filter(({ ph }) => ph === 'X').sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0))
  const script = outermost(spans.filter(({ name }) => SCRIPT.test(name)))
  const tasks = outermost(spans.filter(({ name }) => name === TASK))
  const drawn = own.filter(({ name, ph }) => name === FRAME && ph === 'e').map(({ ts }) => ts)
  return {
    frames: byFrame(
      script,
      drawn.sort((a, b) => a - b),
    ),
    script: sumOf(script),
    longestTask: {
      cpuMs: Math.max(0, ...tasks.map(cpuMs)),
      wallMs: Math.max(0, ...tasks.map(wallMs)),
    },
    tasks: sumOf(tasks),
  }
}

/** The main thread of the page that did most: there may be an empty page beside it. */
function mainThread(events: readonly TraceEvent[]): { readonly pid: number; readonly tid: number } {
  const mains = events.filter(({ name, args }) => name === 'thread_name' && args?.name === MAIN_THREAD)
  const work = (pid: number, tid: number) =>
    events.reduce((sum, each) => sum + (each.pid === pid && each.tid === tid ? 1 : 0), 0)
  const [first, ...rest] = mains
  if (!first) throw new Error(`the trace has no thread named ${MAIN_THREAD}: this Chromium records something else`)
  return rest.reduce((best, each) => (work(each.pid, each.tid) > work(best.pid, best.tid) ? each : best), first)
}

function outermost(sorted: readonly TraceEvent[]): TraceEvent[] {
  let end = Number.NEGATIVE_INFINITY
  return sorted.filter(({ ts, dur = 0 }) => {
    if (ts < end) return false
    end = ts + dur
    return true
  })
}

/** What came before the first frame of the window belongs to one that began outside it, and is left out. */
function byFrame(script: readonly TraceEvent[], drawn: readonly number[]): Took[] {
  const frames: { cpuMs: number; wallMs: number }[] = drawn.slice(1).map(() => ({ cpuMs: 0, wallMs: 0 }))
  let at = 0
  for (const event of script) {
    while (at < drawn.length && (drawn[at] ?? 0) < event.ts) at += 1
    const frame = frames[at - 1]
    if (!frame) continue
    frame.cpuMs += cpuMs(event)
    frame.wallMs += wallMs(event)
  }
  return frames
}

function sumOf(events: readonly TraceEvent[]): Took {
  return {
    cpuMs: events.reduce((sum, each) => sum + cpuMs(each), 0),
    wallMs: events.reduce((sum, each) => sum + wallMs(each), 0),
  }
}

function cpuMs({ dur = 0, tdur = dur }: TraceEvent): number {
  return tdur / 1000
}

function wallMs({ dur = 0 }: TraceEvent): number {
  return dur / 1000
}

/** `part` from 0 to 1; 0 for nothing. */
export function quantileOf(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1))] ?? 0
}
