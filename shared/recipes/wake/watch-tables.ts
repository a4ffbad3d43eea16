// Who really sleeps on what: the watches that servers report, merged over all members. Where a member is not
// heard, a watch that is not here may still exist there. Which events or commands they come from is left to others.
// Source: locks-and-recipes.md §1.1, §8 B3.

/** `data` holds data and exists watches alike: a server does not tell them apart later. */
export type WatchKind = 'data' | 'children'

export interface WatchTables {
  /** By path: the sessions that watch it, as `0x…`, those to be ignored left out. */
  readonly data: ReadonlyMap<string, ReadonlySet<string>>
  /** Those that were seen to be set; wchp of Apache's servers lists data watches only. */
  readonly children: ReadonlyMap<string, ReadonlySet<string>>
  /** False: a child watch that is not here may exist all the same. */
  readonly childrenComplete: boolean
  /** Members that are not heard, or whose report was cut: their watches are unknown. */
  readonly missing: readonly number[]
  /** Where a session is connected, `0x…` → member; a session on a heard member is fully known. */
  readonly homes: ReadonlyMap<string, number>
}

export const NO_TABLES: WatchTables = {
  data: new Map(),
  children: new Map(),
  childrenComplete: false,
  missing: [],
  homes: new Map(),
}

/** Whether a watch of this session would be seen if there were one. */
export function isFullyKnown({ missing, homes }: WatchTables, session: string): boolean {
  if (missing.length === 0) return true
  const home = homes.get(session)
  return home !== undefined && !missing.includes(home)
}

export function watches(tables: WatchTables, kind: WatchKind, path: string, session: string): boolean {
  return tables[kind].get(path)?.has(session) ?? false
}
