// What every kind of workload is given, and what it gives back.

import type { WorkloadKind, WorkloadSettings } from '#shared/events/workload-settings.ts'
import type { Board } from './board.ts'

export interface WorkloadContext<K extends WorkloadKind> {
  readonly connectString: string
  /** The znode under which everything happens. It exists. */
  readonly root: string
  readonly board: Board
  /** As they are now: read them anew at every turn. */
  readonly settings: () => WorkloadSettings<K>
}

export interface RunningKind {
  /** The settings have changed: numbers of clients follow. */
  update(): void
  /** Ends all clients and their sessions. */
  stop(): Promise<void>
}

export interface Kind<K extends WorkloadKind> {
  /** Counts that are shown from the start. */
  readonly counts: readonly string[]
  start(context: WorkloadContext<K>): RunningKind
}
