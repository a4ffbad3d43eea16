// `zabscope workload`: one workload in a terminal, a line every second, until Ctrl-C.

import type { WorkloadNote, WorkloadReport } from '#shared/events/workload-report.ts'
import { type StartOptions, startWorkload, type Workload, WorkloadError } from './workload.ts'

export interface RunOptions extends Pick<StartOptions, 'entry' | 'connectString'> {
  readonly kind: string
  readonly settings: unknown
  readonly root: string | null
  readonly print: (line: string) => void
  /** Resolves when it is to end. */
  readonly stop: Promise<unknown>
}

const LINE_EVERY_MS = 1000

/** Resolves with the exit code: 0 when it was stopped, 1 when it failed, 2 for settings that cannot be. */
export async function runWorkload(options: RunOptions): Promise<number> {
  const { kind, settings, entry, connectString, root, print, stop } = options
  let workload: Workload
  try {
    workload = startWorkload(kind, settings, { entry, connectString, ...(root === null ? {} : { root }) })
  } catch (error) {
    if (!(error instanceof WorkloadError)) throw error
    print(error.message)
    return 2
  }
  print(`${kind} under ${workload.root} at ${connectString}, pid ${workload.status().pid}. Ctrl-C ends it.`)
  let printedAt = 0
  let notesUntil = 0
  workload.onReport((report) => {
    for (const note of report.notes.filter(({ atMs }) => atMs > notesUntil)) {
      notesUntil = note.atMs
      print(describeNote(note))
    }
    if (report.atMs - printedAt < LINE_EVERY_MS) return
    printedAt = report.atMs
    print(describeReport(report))
  })
  await Promise.race([stop, workload.ended])
  await workload.stop()
  const { problem, report } = workload.status()
  if (report) print(describeReport(report))
  if (problem !== null) print(problem)
  return problem === null ? 0 : 1
}

function describeNote({ severity, text }: WorkloadNote): string {
  return `  ${severity === 'info' ? '·' : severity === 'warning' ? '!' : '✗'} ${text}`
}

/** `12 s  grants 24 (2/s)  wait p50 12 p99 31 ms  3 waiting, 1 holding (contender-2, 0x1a)`. */
export function describeReport({
  uptimeMs,
  counts,
  perSecond,
  latencies,
  actors,
  actorsLeftOut,
}: WorkloadReport): string {
  const counted = Object.entries(counts).map(([name, count]) => {
    const rate = perSecond[name] ?? 0
    return `${name} ${count}${rate >= 0.1 ? ` (${rate >= 10 ? rate.toFixed(0) : rate.toFixed(1)}/s)` : ''}`
  })
  const timed = Object.entries(latencies)
    .filter(([, { count }]) => count > 0)
    .map(([name, { p50, p99 }]) => `${name} p50 ${formatMs(p50)} p99 ${formatMs(p99)} ms`)
  const states = new Map<string, number>()
  for (const { state } of actors) states.set(state, (states.get(state) ?? 0) + 1)
  const crowd = [...states].map(([state, count]) => `${count} ${state}`)
  if (actorsLeftOut > 0) crowd.push(`${actorsLeftOut} more`)
  const holders = actors.filter(({ state, token }) => state === 'holding' && token !== null).slice(0, 3)
  const held = holders.map(({ name, token }) => `${name} with ${token}`).join(', ')
  const parts = [`${(uptimeMs / 1000).toFixed(0)} s`, counted.join(' '), ...timed, crowd.join(', ')]
  if (held !== '') parts.push(held)
  return parts.filter((part) => part !== '').join('  ')
}

function formatMs(ms: number): string {
  return ms >= 100 ? ms.toFixed(0) : ms.toFixed(1)
}
