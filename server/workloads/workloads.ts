// All workloads that one program runs: at most so many, found by their id, stopped together.

import type { WorkloadReport } from '#shared/events/workload-report.ts'
import { type StartOptions, startWorkload, type Workload, WorkloadError, type WorkloadStatus } from './workload.ts'

/** Processes at a time. */
export const WORKLOADS_MAX = 12
/** Those that have ended and can still be asked about; the oldest are forgotten. */
const ENDED_KEPT_MAX = 20

export interface WorkloadsOptions extends Pick<StartOptions, 'entry'> {
  /** Asked at every start: members come and go. */
  readonly connectString: () => string
  readonly onReport?: (id: string, report: WorkloadReport) => void
  /** Called when a workload's process has ended, for whatever reason. */
  readonly onEnd?: (status: WorkloadStatus) => void
}

export class Workloads {
  readonly #options: WorkloadsOptions
  readonly #running = new Map<string, Workload>()
  readonly #ended = new Map<string, WorkloadStatus>()
  #started = 0

  constructor(options: WorkloadsOptions) {
    this.#options = options
  }

  /** Throws WorkloadError, also when WORKLOADS_MAX of them run already. */
  start(kind: string, settings: unknown, options: Pick<StartOptions, 'root'> = {}): Workload {
    if (this.#running.size >= WORKLOADS_MAX)
      throw new WorkloadError(`${WORKLOADS_MAX} workloads run already, which is the limit: stop one first.`)
    const id = String(this.#started + 1)
    const { entry, connectString, onReport, onEnd } = this.#options
    const workload = startWorkload(kind, settings, {
      ...{ ...options, entry, connectString: connectString(), id },
      onReport: (report) => onReport?.(id, report),
    })
    this.#started += 1
    this.#running.set(id, workload)
    void workload.ended.then(() => {
      this.#running.delete(id)
      this.#ended.set(id, workload.status())
      const [oldest] = this.#ended.keys()
      if (this.#ended.size > ENDED_KEPT_MAX && oldest !== undefined) this.#ended.delete(oldest)
      onEnd?.(workload.status())
    })
    return workload
  }

  /** The one that runs under this id. Throws WorkloadError when none does. */
  get(id: string): Workload {
    const workload = this.#running.get(id)
    if (workload) return workload
    const ids = [...this.#running.keys()].join(', ')
    throw new WorkloadError(`No workload ${JSON.stringify(id)} runs; ${ids === '' ? 'none does' : `there are ${ids}`}.`)
  }

  /** Those that run, and then the newest of those that have ended. */
  list(): readonly WorkloadStatus[] {
    return [...[...this.#running.values()].map((workload) => workload.status()), ...this.#ended.values()]
  }

  /** Resolves when all processes have ended. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.#running.values()].map((workload) => workload.stop()))
  }

  killAll(): void {
    for (const workload of this.#running.values()) workload.kill()
  }
}
