// The benchmark of a large database in one process: what it weighs, how long the server stands still while it is filled
// and while a snapshot of it is written, and how long a start on it takes after a kill. No network and no ensemble,
// so it is quick and shows whose fault a figure of `--cells million` is. The work is done by database-load.ts.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type Benchmark, formatCount, formatSeconds, type Report } from './benchmark.ts'
import type { DatabaseJob, Filled, Started } from './database-load.ts'

const BUILT = 'bench-database.js'
const BAR_NODES = 1_000_000
const BAR_BYTES = 100
/** Bars of the project, for a million znodes of 100 bytes. */
const PAUSE_MS_MAX = 50
const RESIDENT_MIB_MAX = 600
/** Apache 3.8.0 serves the same million, from a snapshot alone and on a quiet machine, after 5.3 s; a third of that. */
const START_MS_MAX = 1800

export const databaseBenchmark: Benchmark = {
  about: 'a large database in one process: memory, pauses while it is filled and snapshotted, a start after a kill',
  options: { nodes: BAR_NODES, bytes: BAR_BYTES },
  async run({ nodes = BAR_NODES, bytes = BAR_BYTES }, report, distServer) {
    const hasBar = nodes === BAR_NODES && bytes === BAR_BYTES
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'zabscope-bench-database-'))
    const entry = path.join(distServer, BUILT)
    try {
      reportFilled((await inProcess(entry, { type: 'fill', dir, nodes, bytes })) as Filled, hasBar, report)
      reportStarted((await inProcess(entry, { type: 'start', dir })) as Started, hasBar, report)
    } finally {
      fs.rmSync(dir, { recursive: true })
    }
  },
}

/** A process for itself, so that nobody's garbage is counted twice. It is killed when it has answered. */
async function inProcess(entry: string, job: DatabaseJob): Promise<unknown> {
  const child = fork(entry, [JSON.stringify(job)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const exit = once(child, 'exit')
  const answer = await Promise.race([
    once(child, 'message'),
    exit.then(([code, signal]) => Promise.reject(new Error(`the process of ${job.type} ended with ${code ?? signal}`))),
  ])
  child.kill('SIGKILL')
  await exit
  return answer[0]
}

function reportFilled({ nodes, fillMs, fillPauseMs, ...filled }: Filled, hasBar: boolean, report: Report): void {
  report(`${formatCount(nodes)} znodes created and logged`, formatSeconds(fillMs))
  report('  longest pause meanwhile', `${fillPauseMs.toFixed(0)} ms`)
  report('  snapshots written meanwhile', formatCount(filled.snapshots))
  report('  resident memory then', ...resident(filled.residentBytes, hasBar))
  report('writing a snapshot, with writes going on', formatSeconds(filled.snapshotMs))
  report(
    '  longest pause meanwhile',
    `${filled.snapshotPauseMs.toFixed(0)} ms`,
    hasBar ? { text: `<= ${PAUSE_MS_MAX} ms`, held: filled.snapshotPauseMs <= PAUSE_MS_MAX } : undefined,
  )
  report('  longest pause of garbage collection', `${filled.snapshotGcMs.toFixed(0)} ms`)
  report('  writes meanwhile and before', formatCount(filled.writes))
  report('  resident memory then', ...resident(filled.afterwardsBytes, hasBar))
}

function reportStarted({ startMs, parts, ...started }: Started, hasBar: boolean, report: Report): void {
  report(
    'a start after a kill, until the tree is there',
    formatSeconds(startMs),
    hasBar ? { text: `<= ${START_MS_MAX / 1000} s`, held: startMs <= START_MS_MAX } : undefined,
  )
  report('  processor time, helpers of the garbage collector included', formatSeconds(started.cpuMs))
  for (const [part, ms] of Object.entries(parts)) report(`  ${part}`, formatSeconds(ms))
  report('  records replayed', formatCount(started.replayed))
  report('  longest pause of garbage collection', `${started.gcMs.toFixed(0)} ms`)
  report('  resident memory then', ...resident(started.residentBytes, hasBar))
}

function resident(bytes: number, hasBar: boolean): [string, Parameters<Report>[2]] {
  const mib = bytes / 2 ** 20
  return [
    `${mib.toFixed(0)} MiB`,
    hasBar ? { text: `<= ${RESIDENT_MIB_MAX} MiB`, held: mib <= RESIDENT_MIB_MAX } : undefined,
  ]
}
