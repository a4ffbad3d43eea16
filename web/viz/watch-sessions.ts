// Watches by session instead of by path; the gap between the firing of a one-shot watch and the next one of the same
// session on the same path, in which it hears of no change; and what counts as a herd. Pure.

import { LIVES_SHOWN, type WatchLife } from './watch-groups.ts'

/** So many sessions woken by one change are called a herd. */
export const HERD_LEAST = 5

export interface SessionWatches {
  readonly session: string
  readonly sid: number
  /** Newest first. */
  readonly lives: readonly WatchLife[]
  readonly waiting: number
  readonly fired: number
  readonly lastAt: number
}

export type SessionWatchRow =
  | { readonly type: 'session'; readonly watches: SessionWatches }
  | { readonly type: 'life'; readonly life: WatchLife }
  | { readonly type: 'rest'; readonly session: string; readonly count: number }

/** Whoever was active last first. `needle` is looked for in sessions and paths. */
export function watchesBySession(lives: readonly WatchLife[], needle: string): SessionWatchRow[] {
  const wanted = needle.trim().toLowerCase()
  const bySession = new Map<string, WatchLife[]>()
  for (const life of lives) {
    const list = bySession.get(life.session)
    if (list) list.push(life)
    else bySession.set(life.session, [life])
  }
  return [...bySession]
    .filter(([session, own]) => session.includes(wanted) || own.some(({ path }) => path.toLowerCase().includes(wanted)))
    .map(([session, own]): SessionWatches => {
      const newest = own.toSorted((a, b) => b.lastAt - a.lastAt)
      return {
        session,
        sid: newest[0]?.sid ?? 0,
        lives: newest,
        waiting: own.filter(({ event, ended }) => event === null && !ended).length,
        fired: own.filter(({ event }) => event !== null).length,
        lastAt: newest[0]?.lastAt ?? 0,
      }
    })
    .sort((a, b) => b.lastAt - a.lastAt || (a.session < b.session ? -1 : 1))
    .flatMap((watches): SessionWatchRow[] => {
      const rest = watches.lives.length - LIVES_SHOWN
      return [
        { type: 'session', watches },
        ...watches.lives.slice(0, LIVES_SHOWN).map((life) => ({ type: 'life' as const, life })),
        ...(rest > 0 ? [{ type: 'rest' as const, session: watches.session, count: rest }] : []),
      ]
    })
}

/**
 * Of each one-shot that fired, by its key: ms from its firing until its session watched the path again, or null when it
 * has not. Persistent watches have no gap.
 */
export function watchGaps(lives: readonly WatchLife[]): Map<string, number | null> {
  const gaps = new Map<string, number | null>()
  const later = new Map<string, number[]>()
  for (const { session, path, setAt } of lives) {
    if (setAt === null) continue
    const key = `${session} ${path}`
    const times = later.get(key)
    if (times) times.push(setAt)
    else later.set(key, [setAt])
  }
  for (const { key, session, path, kind, event, triggeredAt } of lives) {
    if (event === null || triggeredAt === null || kind === null || kind.startsWith('persistent')) continue
    const next = (later.get(`${session} ${path}`) ?? []).filter((at) => at >= triggeredAt)
    gaps.set(key, next.length === 0 ? null : Math.min(...next) - triggeredAt)
  }
  return gaps
}
