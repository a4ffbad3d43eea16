// Where a subtree is large, as the gateway has sampled it: one answer at a time, made anew when somebody asks.

import { create } from 'zustand'
import type { SubtreeSizes } from '#shared/events/tree-requests.ts'
import { ask } from '../ask.ts'
import { cancelJob, runJob } from '../job-store.ts'

interface SizeState {
  /** The last answer; it stays while the next one is made. */
  readonly sizes: SubtreeSizes | null
  /** Of the question that runs; null: none does. */
  readonly running: { readonly path: string; readonly job: number } | null
  readonly message: string | null
}

export const useSizes = create<SizeState>(() => ({ sizes: null, running: null, message: null }))

export async function askSizes(path: string): Promise<void> {
  stopSizes()
  let mine = 0
  const begin = (job: number) => {
    mine = job
    useSizes.setState({ running: { path, job }, message: null })
  }
  const answer = await runJob(begin, (job) => ask('tree:sizes', { path, job }))
  if (useSizes.getState().running?.job !== mine) return // another one began, or it was stopped
  useSizes.setState(
    answer.ok ? { sizes: answer.value, running: null, message: null } : { running: null, message: answer.message },
  )
}

export function stopSizes(): void {
  const { running } = useSizes.getState()
  if (!running) return
  cancelJob(running.job)
  useSizes.setState({ running: null })
}
