// A workload as everybody who looks at the ensemble sees it: part of the view that events fold into. What its process
// reports is workload-report.ts; how much of that is told, and how often, is decided by who tells (server/gateway/workloads).

import type { WorkloadReport } from './workload-report.ts'
import type { AnySettings, WorkloadKind } from './workload-settings.ts'

export type WorkloadState = 'starting' | 'running' | 'stopping' | 'ended' | 'failed'

export interface WorkloadView {
  readonly id: string
  readonly kind: WorkloadKind
  readonly state: WorkloadState
  readonly pid: number | null
  /** The znode under which it happens. */
  readonly root: string
  readonly settings: AnySettings
  /** The newest, shortened; null before the first. */
  readonly report: WorkloadReport | null
  /** Why it ended by itself, as a sentence; null while it runs or when it was asked to end. */
  readonly problem: string | null
}

/** Those that run, and the newest of those that have ended. */
export const WORKLOADS_SHOWN_MAX = 24

export function isOver({ state }: Pick<WorkloadView, 'state'>): boolean {
  return state === 'ended' || state === 'failed'
}

/** Keeps `workload` in `workloads`, in place; the oldest that has ended makes room. */
export function foldWorkload(workloads: Record<string, WorkloadView>, workload: WorkloadView): void {
  workloads[workload.id] = workload
  const all = Object.values(workloads)
  if (all.length <= WORKLOADS_SHOWN_MAX) return
  const oldest = all.find(isOver) ?? all[0]
  if (oldest) delete workloads[oldest.id]
}
