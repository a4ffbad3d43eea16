// Long requests on subtrees: how far each is, what it has found so far, and how to cancel it. The gateway lets a page
// run two at once; here every dialog has one.

import { create } from 'zustand'
import type { JobProgress, SearchMatch } from '#shared/events/tree-requests.ts'
import { ask } from './ask.ts'

/** Matches kept of a running search, as many as a search may answer with. */
const MATCHES_MAX = 1000

export interface Running {
  readonly done: number
  /** null: not known. */
  readonly total: number | null
  readonly matches: readonly SearchMatch[]
}

export const useJobs = create<{ readonly running: ReadonlyMap<number, Running> }>(() => ({ running: new Map() }))

let lastJob = 0

/** Runs `work` with a job number of its own; its progress is in the store until it ends. */
export async function runJob<T>(begin: (job: number) => void, work: (job: number) => Promise<T>): Promise<T> {
  lastJob += 1
  const job = lastJob
  put(job, { done: 0, total: null, matches: [] })
  begin(job)
  try {
    return await work(job)
  } finally {
    useJobs.setState(({ running }) => ({ running: new Map([...running].filter(([each]) => each !== job)) }))
  }
}

export function cancelJob(job: number): void {
  void ask('job:cancel', { job })
}

export function onJobProgress({ job, done, total, matches }: JobProgress): void {
  const before = useJobs.getState().running.get(job)
  if (!before) return
  put(job, { done, total, matches: [...before.matches, ...matches].slice(0, MATCHES_MAX) })
}

function put(job: number, state: Running): void {
  useJobs.setState(({ running }) => ({ running: new Map(running).set(job, state) }))
}
