// A lock as a whole: what the znodes around a path are together, how sure that is and why, and where each
// contender stands. read-site.ts makes it; wake edges, history and sentences start from it.

import type { SessionId } from '../../zk/ids.ts'
import type { Zxid } from '../../zk/zxid.ts'
import type { Family, Kind, Lint, LockChild, Recipe } from '../contract.ts'
import type { Application } from './applications.ts'

/** One znode as read: with its children when they were listed. */
export interface SiteNode {
  readonly path: string
  readonly czxid: Zxid
  readonly ctimeMs: number
  /** As in its Stat. */
  readonly cversion: number
  readonly numChildren: number
  readonly ephemeralOwner: SessionId
  readonly data: Uint8Array | null
  readonly children: readonly LockChild[]
}

/** The path that a person opened, and the znodes around it that belong to the same recipe; null: does not exist. */
export interface Site {
  readonly path: string
  readonly nodes: ReadonlyMap<string, SiteNode | null>
}

/** Why we think that it is what we say, for the person who doubts it. */
export interface Fact {
  readonly type: 'person' | 'path' | 'names' | 'flags' | 'siblings' | 'data' | 'numbers' | 'watches'
  /** The glob, path pattern, regular expression or names used. */
  readonly detail: string
}

export type StandingState = 'granted' | 'acknowledged' | 'waiting' | 'pending lease' | 'item' | 'member'

/** How the client of a contender learns that its turn may have come. */
export type WakeExpectation =
  /** Watches on the data or the existence of these nodes. */
  | { readonly via: 'nodes'; readonly paths: readonly string[] }
  /** A watch on the children of these directories. */
  | { readonly via: 'children'; readonly paths: readonly string[] }
  /** It asks again after a while. */
  | { readonly via: 'polling' }
  | { readonly via: 'unknown' }
  /** It need not wait. */
  | { readonly via: 'nothing' }

/** Blockers that are named; their number is exact. */
export const BLOCKERS_NAMED_MAX = 20

export interface Standing {
  readonly path: string
  readonly name: string
  readonly family: Family
  readonly kind: Kind
  /** NO_SESSION for persistent ones. */
  readonly owner: SessionId
  readonly sequence: number
  /** The fencing token: its czxid. Rises with every grant, also when the directory is made anew. */
  readonly token: Zxid
  readonly sinceMs: number
  readonly state: StandingState
  /** 0 for whoever need not wait, else its place among those who wait, from 1. */
  readonly position: number
  /** Contenders that hold and must end first; at most BLOCKERS_NAMED_MAX, nearest first. */
  readonly hard: readonly string[]
  readonly hardCount: number
  /** Contenders that wait themselves and go first. */
  readonly soft: readonly string[]
  readonly softCount: number
  readonly wake: WakeExpectation
}

/** How many may hold at once, and how that is known. */
export interface Permits {
  readonly count: number
  readonly basis: 'exactly one' | 'person' | 'data' | 'pending lease' | 'at least'
}

/** Of the directory's life, from its Stat alone. Children that are no contenders count as well. */
export interface LifetimeCounters {
  readonly creates: number
  readonly deletes: number
}

export interface LockPicture {
  readonly path: string
  readonly recipe: Recipe
  readonly family: Family | null
  readonly application: Application | null
  /** certain: a person, a well-known path, or names and shape together say so. */
  readonly confidence: 'certain' | 'likely' | 'guess'
  readonly facts: readonly Fact[]
  /** Holders first, then in the order in which their library grants. */
  readonly standings: readonly Standing[]
  readonly permits: Permits | null
  /** What the recipe's own record says: a lease's holder and end, a counter's value. */
  readonly record: Readonly<Record<string, string>> | null
  readonly counters: LifetimeCounters | null
  /** czxid of the directory: another one means another life, and numbers that begin anew. */
  readonly incarnation: Zxid | null
  readonly lints: readonly Lint[]
}

export function isHolder({ state }: Pick<Standing, 'state'>): boolean {
  return state === 'granted' || state === 'acknowledged'
}

export function isWaiting({ state }: Pick<Standing, 'state'>): boolean {
  return state === 'waiting' || state === 'pending lease'
}
