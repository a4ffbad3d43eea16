// What pages get of a workload's report: they all keep it, and so does the history, so it is told once a second and without
// the tail of its lists. Counts and latencies are whole.

import type { WorkloadReport } from '#shared/events/workload-report.ts'
import type { WorkloadView } from '#shared/events/workload-view.ts'
import type { WorkloadStatus } from '../../workloads/workload.ts'

/** A report is told this often; beginning, end and changes of settings at once. */
export const REPORT_MS = 1000
/** Clients told singly; the rest are a number. */
export const ACTORS_TOLD_MAX = 24
export const NOTES_TOLD_MAX = 8

export function workloadView(status: WorkloadStatus): WorkloadView {
  return { ...status, report: status.report && shortReport(status.report) }
}

export function shortReport(report: WorkloadReport): WorkloadReport {
  const actors = report.actors.slice(0, ACTORS_TOLD_MAX)
  const actorsLeftOut = report.actorsLeftOut + report.actors.length - actors.length
  return { ...report, actors, actorsLeftOut, notes: report.notes.slice(-NOTES_TOLD_MAX) }
}
