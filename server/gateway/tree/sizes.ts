// Where a subtree is large: a bounded walk from the top, level by level, that looks at some of the children where there are
// many and says so. What was not looked at is reckoned from what was; the number of all znodes is exact where servers count.

import type { SizeEntry, SubtreeSizes } from '#shared/events/tree-requests.ts'
import { joinPath } from '#shared/zk/path.ts'
import type { EnsembleReader } from '../ensemble-reader.ts'
import {
  SIZES_CHILDREN_MAX,
  SIZES_CHILDREN_MIN,
  SIZES_ENTRIES_MAX,
  SIZES_VISITS_MAX,
  WALK_AT_ONCE,
  WALK_REQUESTS_PER_SECOND,
} from '../limits.ts'
import { RequestError } from '../request-error.ts'
import type { Job } from './jobs.ts'
import { NameList } from './name-list.ts'
import { noNode } from './node-service.ts'
import { cancelled, Pace } from './walk.ts'

/** One znode of the sample, and those of its children that belong to it. */
interface Sampled {
  readonly path: string
  bytes: number
  children: number
  readonly below: Sampled[]
  /** Whether it was looked at; its parent's list alone tells nothing but its name. */
  seen: boolean
  gone: boolean
}

/** Rejects with RequestError: NONODE, NOAUTH for the root; CANCELLED. */
export async function sizesOf(reader: EnsembleReader, path: string, { signal, progress }: Job): Promise<SubtreeSizes> {
  const pace = new Pace(WALK_REQUESTS_PER_SECOND)
  const root: Sampled = { path, bytes: 0, children: 0, below: [], seen: false, gone: false }
  let waiting = [root]
  let [visited, denied] = [0, 0]
  while (waiting.length > 0 && visited < SIZES_VISITS_MAX) {
    const level: Sampled[] = []
    for (let from = 0; from < waiting.length && visited < SIZES_VISITS_MAX; from += WALK_AT_ONCE) {
      if (signal.aborted) throw cancelled()
      const batch = waiting.slice(from, Math.min(from + WALK_AT_ONCE, from + SIZES_VISITS_MAX - visited))
      await pace.wait(batch.length, signal)
      // The same share of what is left for each that still waits on this level.
      const left = SIZES_VISITS_MAX - visited - waiting.length - level.length
      const share = Math.max(
        SIZES_CHILDREN_MIN,
        Math.min(SIZES_CHILDREN_MAX, Math.floor(left / Math.max(1, waiting.length - from))),
      )
      const answers = await Promise.all(batch.map((node) => look(reader, node, share, node === root)))
      denied += answers.filter((answer) => answer === 'denied').length
      visited += batch.length
      for (const node of batch) level.push(...node.below)
      progress(visited, Math.max(visited, Math.min(SIZES_VISITS_MAX, visited + waiting.length - from + level.length)))
    }
    waiting = level
  }
  const entries: SizeEntry[] = []
  const whole = reckon(root, entries)
  const counted = await reader.countBelow(path).catch(() => null)
  const complete = entries.every(({ others }) => others === null)
  return {
    path,
    entries: largest(entries),
    visited,
    denied,
    complete,
    nodes: counted === null ? whole.nodes : counted + 1,
  }
}

async function look(
  reader: EnsembleReader,
  node: Sampled,
  share: number,
  isRoot: boolean,
): Promise<'seen' | 'gone' | 'denied'> {
  try {
    const { names: packed, stat } = await reader.packedChildren(node.path)
    node.seen = true
    node.bytes = stat.dataLength
    const names = NameList.unsorted(packed)
    node.children = names.count
    const taken = Math.min(names.count, share)
    for (let i = 0; i < taken; i += 1) {
      // Spread over all of them: neighbours are often alike.
      const name = names.at(Math.floor((i * names.count) / taken))
      const path = joinPath(node.path, name)
      node.below.push({ path, bytes: 0, children: 0, below: [], seen: false, gone: false })
    }
    return 'seen'
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    if (error.code === 'NONODE') {
      if (isRoot) throw noNode(node.path)
      node.gone = true
      return 'gone'
    }
    if (error.code !== 'NOAUTH' || isRoot) throw error
    node.seen = true
    node.bytes = (await reader.stat(node.path))?.dataLength ?? 0
    return 'denied'
  }
}

interface Size {
  readonly nodes: number
  readonly bytes: number
}

/** The entries of what was looked at, parents first; others are reckoned as the mean of their siblings. */
function reckon(node: Sampled, entries: SizeEntry[]): Size {
  const at = entries.length
  // Its place, before those of its children; filled when these are known.
  entries.push({ path: node.path, nodes: 1, bytes: node.bytes, children: node.children, others: null })
  const seen = node.below.filter((child) => child.seen)
  const gone = node.below.filter((child) => child.gone).length
  let [nodes, bytes] = [0, 0]
  for (const child of seen) {
    const size = reckon(child, entries)
    nodes += size.nodes
    bytes += size.bytes
  }
  const missing = Math.max(0, node.children - gone - seen.length)
  const mean = seen.length === 0 ? { nodes: 1, bytes: 0 } : { nodes: nodes / seen.length, bytes: bytes / seen.length }
  const others =
    missing === 0
      ? null
      : { count: missing, nodes: Math.round(missing * mean.nodes), bytes: Math.round(missing * mean.bytes) }
  const size = { nodes: 1 + nodes + (others?.nodes ?? 0), bytes: node.bytes + bytes + (others?.bytes ?? 0) }
  entries[at] = { path: node.path, ...size, children: node.children, others }
  return size
}

/** Those that matter; what is left out of a parent belongs to its others, which the page sees by what is missing. */
function largest(entries: readonly SizeEntry[]): readonly SizeEntry[] {
  if (entries.length <= SIZES_ENTRIES_MAX) return entries
  const weight = ({ nodes, bytes }: SizeEntry) => nodes * 100 + bytes
  const least = entries.map(weight).sort((a, b) => b - a)[SIZES_ENTRIES_MAX - 1] ?? 0
  // A parent weighs as much as its children together, so that no entry loses its parent; of equals the first stay.
  return entries.filter((entry) => weight(entry) >= least).slice(0, SIZES_ENTRIES_MAX)
}
