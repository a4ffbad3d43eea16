// Imports and copies: a tree goes to the gateway in portions that fit into its messages, parents first. What one
// portion did is done, also when a later one fails or is cancelled; the caller says so.

import { EXPORT_FORMAT, type ExportedNode, type ImportResult, type TreeExport } from '#shared/events/tree-requests.ts'
import { ask } from '../ask.ts'

/** The gateway takes messages of 256 KiB; this leaves room for what stands around the nodes. */
const PORTION_CHARS_MAX = 200_000
/** Largest data, in bytes, that a message carries. */
export const DATA_BYTES_MAX = 144 * 1024
const CHANGES_SHOWN = 200

export type Portions =
  | { readonly ok: true; readonly portions: readonly TreeExport[] }
  | { readonly ok: false; readonly tooLarge: string }

const depthOf = (path: string): number => (path === '' ? 0 : path.split('/').length)

/** Parents before children. */
export function portionsOf(tree: TreeExport): Portions {
  const nodes = tree.nodes.toSorted((a, b) => depthOf(a.path) - depthOf(b.path))
  const portions: ExportedNode[][] = []
  let room = 0
  for (const node of nodes) {
    const size = JSON.stringify(node).length
    if (size > PORTION_CHARS_MAX) return { ok: false, tooLarge: node.path }
    if (size > room) {
      portions.push([])
      room = PORTION_CHARS_MAX
    }
    portions.at(-1)?.push(node)
    room -= size + 1
  }
  return { ok: true, portions: portions.map((part) => ({ ...tree, nodes: part })) }
}

/** A file that tree:export made; null when it is something else. The gateway checks every node itself. */
export function readTree(text: string): TreeExport | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return null
    const { format, version, nodes } = value as Partial<Record<keyof TreeExport, unknown>>
    const fits = format === EXPORT_FORMAT && version === 1 && Array.isArray(nodes) && nodes.every(hasPath)
    // Every field that is used here was looked at; the rest is the gateway's to check.
    return fits ? (value as TreeExport) : null
  } catch {
    return null
  }
}

function hasPath(node: unknown): boolean {
  return typeof node === 'object' && node !== null && 'path' in node && typeof node.path === 'string'
}

export interface ImportPlan {
  readonly path: string
  readonly portions: readonly TreeExport[]
  readonly existing: 'skip' | 'overwrite'
  readonly acl: 'keep' | 'open'
  readonly dryRun: boolean
}

export type ImportOutcome =
  | { readonly ok: true; readonly value: ImportResult; readonly stopped: boolean }
  | { readonly ok: false; readonly message: string; readonly value: ImportResult }

/** Portion after portion; `goOn` is told how many nodes are done and says whether there is to be another. */
export async function importPortions(
  plan: ImportPlan,
  job: number,
  goOn: (nodesDone: number) => boolean,
): Promise<ImportOutcome> {
  const { path, existing, acl, dryRun } = plan
  let sum: ImportResult = { dryRun, created: 0, updated: 0, unchanged: 0, skipped: 0, changes: [] }
  let done = 0
  for (const tree of plan.portions) {
    if (!goOn(done)) return { ok: true, value: sum, stopped: true }
    const answer = await ask('tree:import', { path, tree, existing, acl, dryRun, job })
    if (!answer.ok) return { ok: false, message: answer.message, value: sum }
    sum = add(sum, answer.value)
    done += tree.nodes.length
  }
  return { ok: true, value: sum, stopped: false }
}

function add(a: ImportResult, b: ImportResult): ImportResult {
  return {
    dryRun: b.dryRun,
    created: a.created + b.created,
    updated: a.updated + b.updated,
    unchanged: a.unchanged + b.unchanged,
    skipped: a.skipped + b.skipped,
    changes: [...a.changes, ...b.changes].slice(0, CHANGES_SHOWN),
  }
}

/** Offers the browser a file to save. */
export function saveFile(fileName: string, contentType: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: contentType }))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  URL.revokeObjectURL(url)
}
