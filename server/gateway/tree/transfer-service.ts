// A subtree as a file, and back: a dry run first, then in small portions. What an import would overwrite is the caller's
// explicit choice; ephemerals are never made; every path stays under the chosen root. Rules: I-1 to I-4.

import {
  type AclJson,
  EXPORT_FORMAT,
  type ExportedNode,
  type FileAnswer,
  type ImportResult,
  type TreeExport,
} from '#shared/events/tree-requests.ts'
import { OPEN_ACL } from '#shared/zk/acl.ts'
import { NO_SESSION } from '#shared/zk/ids.ts'
import { baseName, isUnder, parentPath, pathProblem } from '#shared/zk/path.ts'
import type { Handlers } from '../api/handlers.ts'
import type { EnsembleReader } from '../ensemble-reader.ts'
import type { EnsembleWriter } from '../ensemble-writer.ts'
import { EXPORT_BYTES_MAX, IMPORT_CHANGES_SHOWN, WALK_AT_ONCE, WALK_REQUESTS_PER_SECOND } from '../limits.ts'
import { RequestError } from '../request-error.ts'
import { aclFromJson, aclToJson, isMasked } from './acl-text.ts'
import type { Job, Jobs } from './jobs.ts'
import { fromBase64, refuseSystem, SYSTEM } from './node-service.ts'
import { cancelled, Pace, type VisitedNode, walkTree } from './walk.ts'

type Both = EnsembleReader & EnsembleWriter
type Request<Name extends keyof Handlers> = Parameters<Handlers[Name]>[1]

export function transferHandlers(ensemble: Both, jobs: Jobs): Pick<Handlers, 'tree:export' | 'tree:import'> {
  return {
    'tree:export': (client, { path, job }) => jobs.run(client, job, (running) => exportTree(ensemble, path, running)),
    'tree:import': (client, request, trail) =>
      jobs.run(client, request.job, async (running) => {
        const result = await importTree(ensemble, request, running)
        const { changes: _, ...counts } = result
        trail?.(counts)
        return result
      }),
  }
}

async function exportTree(ensemble: EnsembleReader, root: string, { signal, progress }: Job): Promise<FileAnswer> {
  const nodes: ExportedNode[] = []
  let bytes = 0
  const onNodes = async (found: readonly VisitedNode[]): Promise<void> => {
    for (const node of await Promise.all(found.map((each) => exportNode(ensemble, root, each)))) {
      if (node === null) continue
      nodes.push(node)
      bytes += (node.dataBase64?.length ?? 0) + node.path.length
    }
    if (bytes > EXPORT_BYTES_MAX)
      throw new RequestError('TOO_LARGE', `This is more than ${EXPORT_BYTES_MAX} bytes. Export parts of it.`)
    progress(nodes.length, null)
  }
  const { complete } = await walkTree(ensemble, root, { signal, onNodes })
  if (!complete) throw new RequestError('TOO_LARGE', 'There are too many znodes here. Export parts of it.')
  const file: TreeExport = { format: EXPORT_FORMAT, version: 1, root, nodes }
  const name = (baseName(root) || 'root').replaceAll(/[^\w.-]/g, '_').slice(0, 64)
  return { fileName: `${name}.tree.json`, contentType: 'application/json', content: JSON.stringify(file) }
}

/** Null when it has gone, or may not be read. */
async function exportNode(ensemble: EnsembleReader, root: string, { path }: VisitedNode): Promise<ExportedNode | null> {
  if (root === '/' && isUnder(path, SYSTEM)) return null
  try {
    const [{ data, stat }, acl] = await Promise.all([ensemble.data(path), ensemble.acl(path)])
    const below = path === root ? '' : path.slice(root === '/' ? 1 : root.length + 1)
    const dataBase64 = data && Buffer.from(data).toString('base64')
    const ephemeral = stat.ephemeralOwner !== NO_SESSION
    return { path: below, dataBase64, acl: acl.map(aclToJson), ...(ephemeral ? { ephemeral } : {}) }
  } catch (error) {
    if (error instanceof RequestError && ['NONODE', 'NOAUTH'].includes(error.code)) return null
    throw error
  }
}

interface Planned {
  readonly path: string
  readonly data: Uint8Array | null
  readonly acl: readonly AclJson[]
  /** Whether others of the import are below it. */
  readonly inner: boolean
}

async function importTree(ensemble: Both, request: Request<'tree:import'>, job: Job): Promise<ImportResult> {
  const { dryRun } = request
  const { planned, ephemerals } = plan(request)
  const pace = new Pace(WALK_REQUESTS_PER_SECOND)
  const counts = { created: 0, updated: 0, unchanged: 0, skipped: ephemerals }
  const changes: ImportResult['changes'][number][] = []
  const later: Planned[] = []
  let done = 0
  for (const batch of byDepth(planned)) {
    if (job.signal.aborted) throw cancelled()
    await pace.wait(2 * batch.length, job.signal)
    const outcomes = await Promise.all(batch.map((node) => importNode(ensemble, node, request)))
    for (const [i, outcome] of outcomes.entries()) {
      const node = batch[i]
      if (!node) continue
      if (outcome === 'create') counts.created += 1
      else if (outcome === 'update') counts.updated += 1
      else if (outcome === 'skip') counts.skipped += 1
      else counts.unchanged += 1
      if (outcome === 'create' && node.inner && request.acl === 'keep') later.push(node)
      if (outcome !== 'same' && changes.length < IMPORT_CHANGES_SHOWN)
        changes.push({ path: node.path, change: outcome })
    }
    done += batch.length
    job.progress(done, planned.length)
  }
  // An ACL that forbids creating would stop what is still to come below it, so those of inner nodes come last.
  if (!dryRun) for (const { path, acl } of later.reverse()) await ensemble.setAcl(path, acl.map(aclFromJson), -1)
  return { dryRun, ...counts, changes }
}

/** Checks everything before anything is changed. */
function plan({ path: root, tree, acl }: Request<'tree:import'>): { planned: readonly Planned[]; ephemerals: number } {
  const wanted = tree.nodes.filter(({ ephemeral }) => ephemeral !== true)
  const paths = new Set<string>()
  const inner = new Set<string>()
  for (const node of wanted) {
    const path = targetOf(root, node.path)
    const problem = pathProblem(path)
    if (problem) throw new RequestError('MALFORMED', `The import has a path that cannot be (${problem}).`)
    if (path !== '/') refuseSystem(path)
    if (paths.has(path)) throw new RequestError('MALFORMED', `The import has the path ${path} twice.`)
    if (acl === 'keep' && node.acl.some(isMasked))
      throw new RequestError(
        'MALFORMED',
        `The ACL of ${path} has a digest whose hash is not in the file. Import with acl "open", and set it afterwards.`,
      )
    paths.add(path)
    if (path !== '/') inner.add(parentPath(path))
  }
  const planned = wanted
    .map((node) => {
      const path = targetOf(root, node.path)
      return { path, data: fromBase64(node.dataBase64), acl: node.acl, inner: inner.has(path) }
    })
    .sort((a, b) => depthOf(a.path) - depthOf(b.path))
  return { planned, ephemerals: tree.nodes.length - wanted.length }
}

function targetOf(root: string, below: string): string {
  if (below === '') return root
  return root === '/' ? `/${below}` : `${root}/${below}`
}

/** What was done with a node, or in a dry run would be. */
async function importNode(
  ensemble: Both,
  { path, data, acl, inner }: Planned,
  { dryRun, existing, acl: policy }: Request<'tree:import'>,
): Promise<'create' | 'update' | 'same' | 'skip'> {
  const there = await present(ensemble, path)
  if (!there) {
    const wanted = policy === 'keep' && !inner ? acl.map(aclFromJson) : OPEN_ACL
    if (!dryRun) await ensemble.create({ path, data, mode: 'persistent', acl: wanted })
    return 'create'
  }
  if (sameBytes(there.data, data)) return 'same'
  if (existing === 'skip' || path === '/') return 'skip'
  // With the version that was compared: what somebody else has written since then is not overwritten.
  if (!dryRun) await ensemble.setData(path, data, there.version)
  return 'update'
}

async function present(
  ensemble: EnsembleReader,
  path: string,
): Promise<{ data: Uint8Array | null; version: number } | null> {
  try {
    const { data, stat } = await ensemble.data(path)
    return { data, version: stat.version }
  } catch (error) {
    if (error instanceof RequestError && error.code === 'NONODE') return null
    throw error
  }
}

function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === null || b === null ? a === b : Buffer.compare(a, b) === 0
}

/** Portions of nodes that are equally deep. */
function* byDepth(planned: readonly Planned[]): Generator<readonly Planned[]> {
  for (let from = 0; from < planned.length; ) {
    const depth = depthOf(planned[from]?.path ?? '')
    let end = from
    while (end < planned.length && end - from < WALK_AT_ONCE && depthOf(planned[end]?.path ?? '') === depth) end += 1
    yield planned.slice(from, end)
    from = end
  }
}

function depthOf(path: string): number {
  return path === '/' ? 0 : path.split('/').length
}
