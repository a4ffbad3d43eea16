// Workloads that pages start, tune and stop, told to all pages as events. The processes, their settings and reports are
// server/workloads; all of them end with the gateway.

import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import type { WorkloadView } from '#shared/events/workload-view.ts'
import { WorkloadError } from '../../workloads/workload.ts'
import { Workloads } from '../../workloads/workloads.ts'
import type { Handlers } from '../api/handlers.ts'
import type { ActionName } from '../api/operation.ts'
import { nowMs } from '../member-streams.ts'
import { RequestError } from '../request-error.ts'
import { REPORT_MS, workloadView } from './short-report.ts'

type WorkloadRequests = Extract<ActionName, `workload:${string}`>

export interface WorkloadControlOptions {
  /** dist/server/workload.js; null: there is none here, and starting one is refused. */
  readonly entry: string | null
  /** Asked at every start. */
  readonly connectString: () => string
  readonly emit: (event: GatewayEvent) => void
}

export class WorkloadControl {
  readonly handlers: Pick<Handlers, WorkloadRequests>
  readonly #options: WorkloadControlOptions
  readonly #workloads: Workloads
  /** By id, monotonic: when its report was last told. */
  readonly #told = new Map<string, number>()

  constructor(options: WorkloadControlOptions) {
    this.#options = options
    const { entry, connectString } = options
    this.#workloads = new Workloads({
      entry: entry ?? '',
      connectString,
      onReport: (id) => this.#onReport(id),
      onEnd: (status) => {
        this.#told.delete(status.id)
        this.#tell(workloadView(status))
      },
    })
    this.handlers = {
      'workload:start': async (_client, { kind, settings }) => this.start(kind, settings),
      'workload:update': async (_client, { id, settings }) => this.update(id, settings),
      'workload:stop': async (_client, { id }) => {
        await this.stop(id)
        return null
      },
      'workload:list': async () => this.#workloads.list().map(workloadView),
    }
  }

  /** Throws RequestError with a sentence, as all that follow. `root`: the znode under which it happens. */
  start(kind: string, settings: unknown, root?: string): WorkloadView {
    if (this.#options.entry === null)
      throw new RequestError('NOT_BUILT', 'The program of the workloads is not here. Build it: npm run build.')
    return explained(() => {
      const workload = this.#workloads.start(kind, settings, root === undefined ? {} : { root })
      return this.#tell(workloadView(workload.status()))
    })
  }

  update(id: string, settings: unknown): WorkloadView {
    return explained(() => {
      const workload = this.#workloads.get(id)
      workload.update(settings)
      return this.#tell(workloadView(workload.status()))
    })
  }

  /** Resolves when its process has ended. */
  async stop(id: string): Promise<void> {
    const workload = explained(() => this.#workloads.get(id))
    const ended = workload.stop()
    this.#tell(workloadView(workload.status()))
    await ended
  }

  /** Resolves when all processes have ended. */
  close(): Promise<void> {
    return this.#workloads.stopAll()
  }

  #onReport(id: string): void {
    const now = performance.now()
    const last = this.#told.get(id)
    if (last !== undefined && now - last < REPORT_MS) return
    this.#told.set(id, now)
    this.#tell(workloadView(this.#workloads.get(id).status()))
  }

  #tell(workload: WorkloadView): WorkloadView {
    this.#options.emit({ type: 'workload', t: nowMs(), sid: 0, workload })
    return workload
  }
}

function explained<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof WorkloadError) throw new RequestError('BAD_ARGUMENT', error.message)
    throw error
  }
}
