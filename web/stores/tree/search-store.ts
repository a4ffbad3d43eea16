// A search in the tree on the servers: bounded, with progress, and it can be stopped. One at a time; the last result
// stays until it is closed.

import { create } from 'zustand'
import type { SearchResult } from '#shared/events/tree-requests.ts'
import { ask } from '../ask.ts'
import { cancelJob, runJob } from '../job-store.ts'

export type SearchScope = 'name' | 'data' | 'both'
const LIMIT = 500

type SearchState =
  | { readonly type: 'none' }
  | { readonly type: 'running'; readonly text: string; readonly path: string; readonly job: number }
  | { readonly type: 'done'; readonly text: string; readonly path: string; readonly result: SearchResult }
  | { readonly type: 'failed'; readonly text: string; readonly path: string; readonly message: string }

export const useSearch = create<{ readonly search: SearchState }>(() => ({ search: { type: 'none' } }))

export async function searchTree(path: string, text: string, scope: SearchScope): Promise<void> {
  closeSearch()
  let mine = 0
  const begin = (job: number) => {
    mine = job
    useSearch.setState({ search: { type: 'running', text, path, job } })
  }
  const answer = await runJob(begin, (job) => ask('tree:search', { path, text, in: scope, limit: LIMIT, job }))
  const { search } = useSearch.getState()
  if (search.type !== 'running' || search.job !== mine) return // another one began, or it was closed
  useSearch.setState({
    search: answer.ok
      ? { type: 'done', text, path, result: answer.value }
      : { type: 'failed', text, path, message: answer.message },
  })
}

export function closeSearch(): void {
  const { search } = useSearch.getState()
  if (search.type === 'running') cancelJob(search.job)
  useSearch.setState({ search: { type: 'none' } })
}
