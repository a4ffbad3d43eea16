// The load generator's process: does one job after the other as they come from the benchmark, and answers each. It
// ends when the benchmark does.

import { unreachable } from '#shared/base/assert.ts'
import { runConnectStorm } from './connect-storm.ts'
import { runFailover } from './failover.ts'
import { runFanOut } from './fan-out.ts'
import { runFill } from './fill.ts'
import { firstWrite } from './first-write.ts'
import type { Job, JobAnswer, JobMessage, JobResults } from './jobs.ts'
import { prepare } from './prepare.ts'
import { runProbe } from './probe.ts'
import { runCell } from './run-cell.ts'
import { runSoak } from './soak.ts'
import { runSteady } from './steady.ts'

/** Listens to the parent process until the channel to it closes. */
export function runGenerator(): void {
  process.on('disconnect', () => process.exit(0))
  process.on('message', (message) => {
    const { id, job } = message as JobMessage // nobody else has the other end of the channel
    runJob(job).then(
      (result) => answer({ id, ok: true, result }),
      (error: unknown) => answer({ id, ok: false, error: error instanceof Error ? error.message : String(error) }),
    )
  })
}

function answer(message: JobAnswer): void {
  // When the benchmark has just ended nobody is there to be told.
  process.send?.(message, undefined, undefined, () => undefined)
}

function runJob(job: Job): Promise<JobResults[keyof JobResults]> {
  switch (job.type) {
    case 'prepare':
      return prepare(job.target, job.sizes)
    case 'cell':
      return runCell(job.target, job.cell, job, job.seed)
    case 'fanOut':
      return runFanOut(job.target, job.plan, job)
    case 'connect':
      return runConnectStorm(job.target, job.lanes, job)
    case 'firstWrite':
      return firstWrite(job.ports)
    case 'failover':
      return runFailover(job)
    case 'steady':
      return runSteady(job)
    case 'fill':
      return runFill(job.target, job.count, job.bytes)
    case 'probe':
      return runProbe(job.target, job.measureMs, job.seed)
    case 'soak':
      return runSoak(job.target, job.sessions, job.watchesEach, job.measureMs)
    default:
      return unreachable(job)
  }
}
