// Whole subtrees, in bounded portions: how large, where is what, and gone with it. Everything goes through walk.ts, so it
// is paced, bounded, and can be cancelled.

import type { SubtreeSize } from '#shared/events/tree-requests.ts'
import { NO_SESSION } from '#shared/zk/ids.ts'
import type { Handlers } from '../api/handlers.ts'
import type { EnsembleReader } from '../ensemble-reader.ts'
import type { EnsembleWriter } from '../ensemble-writer.ts'
import { DELETE_ROUNDS_MAX, WALK_AT_ONCE, WALK_NODES_MAX, WALK_REQUESTS_PER_SECOND } from '../limits.ts'
import { RequestError } from '../request-error.ts'
import type { Job, Jobs } from './jobs.ts'
import { refuseSystem } from './node-service.ts'
import { search } from './search.ts'
import { sizesOf } from './sizes.ts'
import { cancelled, Pace, type VisitedNode, walkTree } from './walk.ts'

type SubtreeRequest = 'tree:measure' | 'tree:sizes' | 'tree:search' | 'tree:delete' | 'job:cancel'

export function subtreeHandlers(ensemble: EnsembleReader & EnsembleWriter, jobs: Jobs): Pick<Handlers, SubtreeRequest> {
  return {
    'tree:measure': (client, { path, job }) => jobs.run(client, job, (running) => measure(ensemble, path, running)),
    'tree:sizes': (client, { path, job }) => jobs.run(client, job, (running) => sizesOf(ensemble, path, running)),
    'tree:search': (client, { job, ...wanted }) =>
      jobs.run(client, job, (running) => search(ensemble, wanted, running)),
    'tree:delete': (client, { path, dryRun, job }, trail) =>
      jobs.run(client, job, async (running) => {
        refuseSystem(path)
        if (dryRun) return { ...(await measure(ensemble, path, running)), deleted: 0 }
        const removal = { deleted: 0 }
        try {
          return await deleteTree(ensemble, path, running, removal)
        } finally {
          trail?.({ deleted: removal.deleted })
        }
      }),
    'job:cancel': async (client, { job }) => {
      jobs.cancel(client, job)
      return null
    },
  }
}

/** Also the paths, when they are wanted. */
async function measure(
  ensemble: EnsembleReader,
  path: string,
  { signal, progress }: Job,
  paths?: string[],
): Promise<SubtreeSize> {
  const size = { nodes: 0, ephemerals: 0, bytes: 0 }
  const onNodes = (nodes: readonly VisitedNode[], left: number): void => {
    for (const { path: found, stat } of nodes) {
      size.nodes += 1
      size.bytes += stat.dataLength
      if (stat.ephemeralOwner !== NO_SESSION) size.ephemerals += 1
      paths?.push(found)
    }
    progress(size.nodes, left === 0 ? size.nodes : null)
  }
  const { denied, complete } = await walkTree(ensemble, path, { signal, onNodes })
  return { path, ...size, denied, complete }
}

/** Children before their parents. What others add meanwhile is deleted too, a few times over. */
async function deleteTree(
  ensemble: EnsembleReader & EnsembleWriter,
  path: string,
  job: Job,
  removal: { deleted: number },
): Promise<SubtreeSize & { readonly deleted: number }> {
  const pace = new Pace(WALK_REQUESTS_PER_SECOND)
  for (let round = 1; ; round += 1) {
    const paths: string[] = []
    const size = await measure(ensemble, path, { signal: job.signal, progress: () => undefined }, paths).catch(
      goneAfter(round),
    )
    if (size === null) break
    if (!size.complete)
      throw new RequestError('TOO_LARGE', `There are more than ${WALK_NODES_MAX} znodes. Delete parts of it first.`)
    const total = removal.deleted + paths.length
    // Parents come before their children in a walk, so that this way no node is asked for before what is below it.
    paths.reverse()
    for (let from = 0; from < paths.length; ) {
      if (job.signal.aborted) throw cancelled()
      const batch = sameDepth(paths, from)
      from += batch.length
      await pace.wait(batch.length, job.signal)
      const gone = await Promise.all(batch.map((each) => tryDelete(ensemble, each)))
      removal.deleted += gone.filter(Boolean).length
      job.progress(removal.deleted, total)
    }
    if (round === DELETE_ROUNDS_MAX && (await ensemble.stat(path)) !== null)
      throw new RequestError('NOTEMPTY', 'Others keep adding znodes here. Stop them, then delete the rest.')
  }
  return { path, nodes: 0, ephemerals: 0, bytes: 0, denied: 0, complete: true, deleted: removal.deleted }
}

/** In the first round a missing root is an error; later it is what was wanted. */
function goneAfter(round: number): (error: unknown) => null {
  return (error) => {
    if (round > 1 && error instanceof RequestError && error.code === 'NONODE') return null
    throw error
  }
}

/** Those from `from` on that are as deep as the first: none of them is above another. */
function sameDepth(paths: readonly string[], from: number): readonly string[] {
  const depth = depthOf(paths[from] ?? '')
  let end = from
  while (end < paths.length && end - from < WALK_AT_ONCE && depthOf(paths[end] ?? '') === depth) end += 1
  return paths.slice(from, end)
}

function depthOf(path: string): number {
  return path.split('/').length
}

/** False when there is still something below it, or nothing there. */
async function tryDelete(ensemble: EnsembleWriter, path: string): Promise<boolean> {
  try {
    await ensemble.delete(path, -1)
    return true
  } catch (error) {
    if (error instanceof RequestError && ['NONODE', 'NOTEMPTY'].includes(error.code)) return false
    throw error
  }
}
