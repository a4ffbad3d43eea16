// Compares what each contender should sleep on with what the servers' watch tables say it sleeps on. Where they
// disagree is where locks go wrong. Source: locks-and-recipes.md §2.8 and §2.9.

import { formatSessionId, NO_SESSION } from '../../zk/ids.ts'
import { isHolder, isWaiting, type LockPicture, type Standing } from '../recognise/picture.ts'
import { isFullyKnown, type WatchTables, watches } from './watch-tables.ts'

export type WakeVerdict =
  /** It sleeps on what its library should sleep on. */
  | 'agrees'
  /** It need not sleep, and does not. */
  | 'awake'
  /** A member is not heard, or such watches cannot be seen. */
  | 'unknown'
  /** It watches nothing yet: seen once, it may be between two steps. */
  | 'not yet'
  /** Seen twice: nothing will wake it. */
  | 'orphan'
  /** It was woken and has not looked since, or what it slept on went without waking it. */
  | 'lost wake-up'
  | 'self-watch'
  | 'wrong predecessor'
  /** Nothing blocks it, and yet it sleeps on somebody who stays. */
  | 'eligible asleep'
  /** It asks again after a while and watches nothing. */
  | 'polls'

export interface Wake {
  readonly path: string
  readonly verdict: WakeVerdict
  /** Contenders and directories of this lock on which its session has watches. */
  readonly observed: readonly string[]
  /** Looks at complete tables, one after the other, in which it had no watch though it should. */
  readonly missedLooks: number
}

export interface WakeReport {
  readonly wakes: ReadonlyMap<string, Wake>
  /** Contenders on which more than one session sleeps. */
  readonly herds: readonly { readonly path: string; readonly sessions: number }[]
  /** Single nodes: the sessions that watch, in no order. */
  readonly crowd: readonly string[]
}

export interface CompareInput {
  readonly picture: LockPicture
  readonly tables: WatchTables
  /** The report before this one, null at first. */
  readonly before: WakeReport | null
  /** Sessions that were told of a node of this lock and have not set a watch since. */
  readonly woken: ReadonlySet<string>
}

/** For single nodes `tables.data` at the lock's path; the crowd is unordered, as ZooKeeper keeps no order of watchers. */
export function compareWakes({ picture, tables, before, woken }: CompareInput): WakeReport {
  const contenders = picture.standings.filter((standing) => standing.state !== 'member')
  const watchedBy = watchedPaths(picture, tables)
  const wakes = new Map<string, Wake>()
  for (const standing of contenders) {
    const session = formatSessionId(standing.owner)
    const observed = watchedBy.get(session) ?? []
    const missed = before?.wakes.get(standing.path)?.missedLooks ?? 0
    wakes.set(
      standing.path,
      judge(standing, contenders, { tables, session, observed, missed, woken: woken.has(session) }),
    )
  }
  const own = new Set(contenders.map(({ owner }) => formatSessionId(owner)))
  const crowd = [...(tables.data.get(picture.path) ?? [])].filter((session) => !own.has(session))
  return { wakes, herds: picture.recipe === 'single node' ? [] : herds(contenders, tables), crowd }
}

interface Seen {
  readonly tables: WatchTables
  readonly session: string
  readonly observed: readonly string[]
  readonly missed: number
  readonly woken: boolean
}

function judge(standing: Standing, all: readonly Standing[], seen: Seen): Wake {
  const { tables, session, observed, missed, woken } = seen
  const verdict = (name: WakeVerdict, missedLooks = 0): Wake => ({
    path: standing.path,
    verdict: name,
    observed,
    missedLooks,
  })
  if (!isWaiting(standing)) return verdict(sleepsOnOther(standing, all, seen) ? 'eligible asleep' : 'awake')
  if (standing.wake.via === 'polling') return verdict('polls')
  if (standing.owner === NO_SESSION) return verdict('unknown')
  if (isExpected(standing, tables, session)) return verdict('agrees')
  if (watches(tables, 'data', standing.path, session) && !sleepsOnOther(standing, all, seen))
    // Curator's revocable locks watch their own node; a WriteLock that does sleeps on itself.
    return verdict(standing.family === 'curator' ? 'unknown' : 'self-watch')
  if (sleepsOnOther(standing, all, seen))
    return verdict(standing.wake.via === 'unknown' ? 'agrees' : 'wrong predecessor')
  if (standing.wake.via === 'nothing') return verdict('awake')
  const invisible = standing.wake.via === 'children' && !tables.childrenComplete
  if (invisible || standing.wake.via === 'unknown' || !isFullyKnown(tables, session)) return verdict('unknown')
  if (woken) return verdict(missed >= 1 ? 'lost wake-up' : 'not yet', missed + 1)
  return verdict(missed >= 1 ? 'orphan' : 'not yet', missed + 1)
}

function isExpected({ wake }: Standing, tables: WatchTables, session: string): boolean {
  if (wake.via === 'nodes') return wake.paths.some((path) => watches(tables, 'data', path, session))
  if (wake.via === 'children') return wake.paths.some((path) => watches(tables, 'children', path, session))
  return false
}

/** On a contender of another session, which exists: one that has gone wakes whoever watched it. */
function sleepsOnOther(standing: Standing, all: readonly Standing[], { tables, session }: Seen): boolean {
  return all.some((other) => other.owner !== standing.owner && watches(tables, 'data', other.path, session))
}

function watchedPaths(picture: LockPicture, tables: WatchTables): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  const note = (path: string, sessions: ReadonlySet<string> | undefined): void => {
    for (const session of sessions ?? []) found.set(session, [...(found.get(session) ?? []), path])
  }
  const childWatched = new Set([picture.path])
  for (const { path, wake } of picture.standings) {
    note(path, tables.data.get(path))
    if (wake.via === 'children') for (const dir of wake.paths) childWatched.add(dir)
  }
  for (const path of childWatched) note(path, tables.children.get(path))
  return found
}

/** Owners may watch their own node without waiting for anybody. */
function herds(contenders: readonly Standing[], { data }: WatchTables): { path: string; sessions: number }[] {
  return contenders.flatMap(({ path, owner }) => {
    const own = formatSessionId(owner)
    const sessions = [...(data.get(path) ?? [])].filter((session) => session !== own).length
    return sessions > 1 ? [{ path, sessions }] : []
  })
}

/**
 * What the watches make of a library that we do not know: `lock` once somebody sleeps on the one before it; `group` when in
 * two complete looks nobody sleeps on a sibling; null otherwise.
 */
export function judgeUnknown(picture: LockPicture, report: WakeReport): 'lock' | 'group' | null {
  if (picture.confidence !== 'guess' || picture.family !== 'unknown') return null
  const waiting = picture.standings.filter(isWaiting)
  if (
    waiting.some(({ path, soft, hard }) =>
      report.wakes.get(path)?.observed.some((other) => other === soft[0] || other === hard[0]),
    )
  )
    return 'lock'
  const settled =
    waiting.length > 0 && waiting.every(({ path }) => (report.wakes.get(path)?.observed.length ?? 0) === 0)
  return settled && picture.standings.some(isHolder) ? 'group' : null
}
