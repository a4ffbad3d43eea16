// What pages and scripts ask about znodes besides looking at them: writes that check versions, search, export, import.
// Part of the socket protocol; binary data is base64, ids and zxids are `0x…`.

import type { Answer, StatJson } from './socket-protocol.ts'

export type CreateModeName =
  | 'persistent'
  | 'persistentSequential'
  | 'ephemeral'
  | 'ephemeralSequential'
  | 'container'
  | 'persistentWithTtl'
  | 'persistentSequentialWithTtl'

export interface AclJson {
  /** Letters of `cdrwa`. */
  readonly perms: string
  readonly scheme: string
  readonly id: string
}

export interface CreatedNodeJson {
  /** With its sequence number, if it has one. */
  readonly path: string
  readonly stat: StatJson
}

export interface NodeStat {
  readonly path: string
  readonly stat: StatJson
}

export interface NodeAclJson extends NodeStat {
  /** The hashes of digests are left out. */
  readonly acl: readonly AclJson[]
}

export interface NodeDataJson extends NodeStat {
  /** All of it; null: no data, which is not the same as none of it. */
  readonly dataBase64: string | null
}

/** How large a subtree is. */
export interface SubtreeSize {
  readonly path: string
  /** With `path` itself. */
  readonly nodes: number
  readonly ephemerals: number
  /** Of data, as the stats have it. */
  readonly bytes: number
  /** Nodes whose children may not be listed. */
  readonly denied: number
  /** False: a limit was reached, there is more. */
  readonly complete: boolean
}

/** One znode of a subtree that was looked into, with all that is below it. */
export interface SizeEntry {
  readonly path: string
  /** With itself. */
  readonly nodes: number
  readonly bytes: number
  /** Exact. */
  readonly children: number
  /** Children that were not looked at, and what they are reckoned to hold; null: all were. */
  readonly others: { readonly count: number; readonly nodes: number; readonly bytes: number } | null
}

/** Where a subtree is large, by a bounded sample. */
export interface SubtreeSizes {
  readonly path: string
  /** Parents before their children, only the largest. */
  readonly entries: readonly SizeEntry[]
  /** Znodes that were looked at. */
  readonly visited: number
  readonly denied: number
  /** All were looked at: nothing is reckoned. */
  readonly complete: boolean
  /** Of the subtree, counted by the server where it can. */
  readonly nodes: number
}

export interface SearchMatch {
  readonly path: string
  readonly where: 'name' | 'data'
}

export interface SearchResult {
  readonly matches: readonly SearchMatch[]
  readonly visited: number
  readonly denied: number
  readonly complete: boolean
  /** Why it is not complete, as a sentence; empty when it is. */
  readonly reason: string
}

/** A file to save; never to be shown as a page. Over REST only: a socket has no place for it. */
export interface FileAnswer {
  readonly fileName: string
  readonly contentType: string
  /** Whole, or a piece at a time. */
  readonly content: string | AsyncIterable<string | Uint8Array>
}

/** One znode of an export. */
export interface ExportedNode {
  /** Below the exported root: ``, `a`, `a/b`. */
  readonly path: string
  readonly dataBase64: string | null
  readonly acl: readonly AclJson[]
  /** Ephemerals are told, and never imported: their sessions are not. */
  readonly ephemeral?: boolean | undefined
}

export const EXPORT_FORMAT = 'zabscope-tree'

export interface TreeExport {
  readonly format: typeof EXPORT_FORMAT
  readonly version: 1
  readonly root: string
  readonly nodes: readonly ExportedNode[]
}

export interface ImportResult {
  readonly dryRun: boolean
  readonly created: number
  /** Their data was replaced. */
  readonly updated: number
  /** They were there with the same data. */
  readonly unchanged: number
  /** They were there with other data and were left as they are; also all ephemerals. */
  readonly skipped: number
  /** The first of the paths that would be, or were, created or updated. */
  readonly changes: readonly { readonly path: string; readonly change: 'create' | 'update' | 'skip' }[]
}

/** How far a long request is. `job` is the number that the page gave it. */
export interface JobProgress {
  readonly job: number
  readonly done: number
  /** null: not known. */
  readonly total: number | null
  /** Found since the last time. */
  readonly matches: readonly SearchMatch[]
}

type Ask<Request, Value> = (request: Request, answer: (a: Answer<Value>) => void) => void
interface OnPath {
  readonly path: string
}
/** A number of the page's own choice, for `job:progress` and `job:cancel`. */
interface WithJob {
  readonly job?: number | undefined
}

export interface TreeRequests {
  'node:stat': Ask<OnPath, NodeStat>
  'node:data': Ask<OnPath, NodeDataJson>
  'node:acl': Ask<OnPath, NodeAclJson>
  'node:create': Ask<
    OnPath & {
      readonly dataBase64: string | null
      readonly mode: CreateModeName
      readonly ttlMs?: number | undefined
      /** Open to everybody when not given. */
      readonly acl?: readonly AclJson[] | undefined
    },
    CreatedNodeJson
  >
  /** `version` -1: any. */
  'node:set': Ask<OnPath & { readonly dataBase64: string | null; readonly version: number }, NodeStat>
  'node:delete': Ask<OnPath & { readonly version: number }, null>
  'node:set-acl': Ask<OnPath & { readonly acl: readonly AclJson[]; readonly aversion: number }, NodeStat>
  'tree:measure': Ask<OnPath & WithJob, SubtreeSize>
  'tree:sizes': Ask<OnPath & WithJob, SubtreeSizes>
  'tree:search': Ask<
    OnPath & WithJob & { readonly text: string; readonly in: 'name' | 'data' | 'both'; readonly limit: number },
    SearchResult
  >
  /** Deletes nothing with `dryRun`; else what is still there of `path` and below it. */
  'tree:delete': Ask<OnPath & WithJob & { readonly dryRun: boolean }, SubtreeSize & { readonly deleted: number }>
  'tree:export': Ask<OnPath & WithJob, FileAnswer>
  'tree:import': Ask<
    OnPath &
      WithJob & {
        readonly tree: TreeExport
        /** What to do with a node that is there with other data. */
        readonly existing: 'skip' | 'overwrite'
        /** keep: as exported. open: everybody may do everything. */
        readonly acl: 'keep' | 'open'
        readonly dryRun: boolean
      },
    ImportResult
  >
  'job:cancel': Ask<{ readonly job: number }, null>
}
