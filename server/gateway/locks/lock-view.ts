// What a page is shown of a tracked lock: the line, and beside it all that is known. Plain JSON; it reads nothing and
// decides nothing about locks.

import { tryUtf8Decode } from '#shared/base/text.ts'
import type { ConnectionView } from '#shared/events/cluster-view.ts'
import type { LockContention, LockDetail, LockStanding } from '#shared/events/lock-requests.ts'
import type { LockContender, LockView } from '#shared/events/socket-protocol.ts'
import type { LockChild } from '#shared/recipes/contract.ts'
import { whyOf } from '#shared/recipes/explain/why.ts'
import { historyLints } from '#shared/recipes/history/history-lints.ts'
import { type LockHistory, recognised } from '#shared/recipes/history/lock-history.ts'
import { summarizeHistory } from '#shared/recipes/history/summary.ts'
import { isHolder, isWaiting, type Standing } from '#shared/recipes/recognise/picture.ts'
import { judgeUnknown } from '#shared/recipes/wake/compare.ts'
import { wakeLints } from '#shared/recipes/wake/wake-lints.ts'
import { formatSessionId } from '#shared/zk/ids.ts'
import { joinPath } from '#shared/zk/path.ts'
import { formatZxid } from '#shared/zk/zxid.ts'
import { LOCK_DATA_MAX } from '../limits.ts'
import type { LockTracker, WakeLook } from './lock-tracker.ts'

/** Blockers of one contender that are named to a page: a long line would else be told many times over. */
const BLOCKERS_SHOWN_MAX = 5

export interface ViewContext {
  readonly findConnection: (session: string) => ConnectionView | null
  /** Sessions with a connection; null when not all members are heard. */
  readonly connected: ReadonlySet<string> | null
  readonly now: number
}

export function viewOf(tracker: LockTracker, look: WakeLook | null, context: ViewContext): LockView {
  const { path, history } = tracker
  const { picture } = history
  const data = dataByPath(history)
  const contenders = picture.standings
    .filter(({ state }) => state !== 'member')
    .map((standing) => contenderOf(standing, history, data, context))
  return { path, recipe: recognised(history).recipe, contenders, detail: detailOf(tracker, look, context) }
}

function contenderOf(
  standing: Standing,
  history: LockHistory,
  data: ReadonlyMap<string, Uint8Array | null>,
  context: ViewContext,
): LockContender {
  const { name, path, owner, sequence, sinceMs, kind, wake, hard, soft } = standing
  const session = formatSessionId(owner)
  const connection = context.findConnection(session)
  const sleepsOn = wake.via === 'nodes' ? wake.paths[0] : undefined
  return {
    ...{ name, path, session, sequence, sinceMs, kind },
    address: connection?.address ?? null,
    sid: connection?.sid ?? null,
    heldSinceMs: history.open.get(path)?.grantedMs ?? null,
    data: (tryUtf8Decode(data.get(path) ?? new Uint8Array()) ?? '').slice(0, LOCK_DATA_MAX),
    role: isHolder(standing) ? 'holder' : 'waiting',
    waitsFor: isWaiting(standing) ? (sleepsOn ?? soft[0] ?? hard[0] ?? null) : null,
  }
}

function dataByPath({ site }: LockHistory): ReadonlyMap<string, Uint8Array | null> {
  const found = new Map<string, Uint8Array | null>()
  for (const node of site.nodes.values()) {
    if (!node) continue
    found.set(node.path, node.data)
    for (const child of node.children satisfies readonly LockChild[])
      found.set(joinPath(node.path, child.name), child.data)
  }
  return found
}

function detailOf(tracker: LockTracker, look: WakeLook | null, { connected, now }: ViewContext): LockDetail {
  const { history, isSeenAsLock } = tracker
  const { picture } = history
  const { application, permits, record, counters } = picture
  const { family, confidence, facts } = recognised(history)
  const wakes = look?.report ?? null
  const grantedMs = new Map<string, number>()
  for (const { path, grantedMs: granted } of history.open.values()) if (granted !== null) grantedMs.set(path, granted)
  const why = { wakes, grantedMs, connected, now }
  const judged = wakes && judgeUnknown(picture, wakes)
  const summary = summarizeHistory(history, now)
  return {
    ...{ family, application, permits, record, counters },
    confidence: confidence === 'guess' && (judged === 'lock' || isSeenAsLock) ? 'likely' : confidence,
    facts: [
      ...facts,
      ...(judged ? [{ type: 'watches', detail: judged } as const] : []),
      ...(isSeenAsLock ? [{ type: 'watches', detail: 'woken by its end, took it' } as const] : []),
    ],
    incarnation: picture.incarnation === null ? null : formatZxid(picture.incarnation),
    lints: [...picture.lints, ...(wakes ? wakeLints(wakes, picture.path) : []), ...historyLints(history)],
    standings: picture.standings.map((standing): LockStanding => {
      const { path, owner, kind, state, position, token, hard, hardCount, soft, softCount, wake } = standing
      const seen = wakes?.wakes.get(path) ?? null
      return {
        ...{ path, session: formatSessionId(owner), family: standing.family, kind, state, position },
        ...{ token: formatZxid(token), hardCount, softCount, wake },
        hard: hard.slice(0, BLOCKERS_SHOWN_MAX),
        soft: soft.slice(0, BLOCKERS_SHOWN_MAX),
        observed: seen?.observed ?? null,
        verdict: seen?.verdict ?? null,
        why: whyOf(picture, path, why),
      }
    }),
    herds: wakes?.herds ?? [],
    crowd: wakes?.crowd ?? [],
    watchTables: look && { readMs: look.readMs, missing: look.missing },
    history: { ...summary, ended: summary.ended.map((tenure) => ({ ...tenure, token: formatZxid(tenure.token) })) },
  }
}

/** The row of the list. */
export function contentionOf({ history, look }: LockTracker, now: number): LockContention {
  const { picture, tallies } = history
  const { recipe, family } = recognised(history)
  const waiting = picture.standings.filter(({ state }) => state === 'waiting')
  // Watch tables are newer than what the stream told, but only read while a page looks.
  const crowd = recipe === 'single node' ? Math.max(history.waiting.length, look?.report.crowd.length ?? 0) : 0
  const [holder] = picture.standings.filter(isHolder)
  const oldest = waiting.reduce<number | null>((ms, { sinceMs }) => Math.max(ms ?? 0, now - sinceMs), null)
  const lints = [...picture.lints, ...(look ? wakeLints(look.report, picture.path) : []), ...historyLints(history)]
  return {
    ...{ recipe, family },
    application: picture.application?.system ?? null,
    holders: picture.standings.filter(isHolder).length,
    waiters: waiting.length + crowd,
    holder: holder ? formatSessionId(holder.owner) : null,
    oldestWaitMs: oldest,
    waiterSeconds: tallies.waiterMs / 1000,
    grants: tallies.grants,
    lints: lints.map(({ name, params }) => ({ name, params })),
  }
}
