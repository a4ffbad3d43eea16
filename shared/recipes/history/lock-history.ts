// The history of one lock: a fold of changes into who queued, who was granted and when, how it ended, and what it
// adds up to. Bounded; what began before we looked is an interval, never a made-up time.
// Source: locks-and-recipes.md §1.2, §8 C1–C7.

import { assert } from '../../base/assert.ts'
import { formatSessionId } from '../../zk/ids.ts'
import { parentPath } from '../../zk/path.ts'
import { formatZxid, type Zxid } from '../../zk/zxid.ts'
import { yields } from '../order.ts'
import type { Override } from '../recognise/overrides.ts'
import { isHolder, isWaiting, type LockPicture, type Standing } from '../recognise/picture.ts'
import { readSite } from '../recognise/read-site.ts'
import { type EndReason, holds, type LockChange, type Tenure } from './change.ts'
import { createGaps, endGap, type Gaps, noteGap, noteSampling } from './gaps.ts'
import { addDuration } from './log-histogram.ts'
import { changeSite, createSite, type MutableSite } from './site-changes.ts'
import {
  AGAIN_WITHIN_MS,
  activeSessions,
  advance,
  createTallies,
  noteAgain,
  sessionTally,
  type Tallies,
} from './tallies.ts'

/** Tenures that have ended, newest kept. */
export const TENURES_MAX = 500
/** Overtakes, token violations and resets, newest kept of each. */
export const INCIDENTS_MAX = 50

export interface Incident {
  readonly t: number
  /** overtake: granted while an older one waited · token: granted with a smaller token · reset: the directory was made anew. */
  readonly type: 'overtake' | 'token' | 'reset'
  readonly path: string
  /** The one overtaken, or with the larger token; the czxid before a reset. */
  readonly other: string
}

export interface LockHistory {
  readonly site: MutableSite
  overrides: readonly Override[]
  picture: LockPicture
  /** What it was when last somebody was there: an empty directory tells nothing. */
  seenAs: SeenAs | null
  /** Those that exist, by path. */
  readonly open: Map<string, Tenure>
  /** Oldest first. */
  readonly ended: Tenure[]
  /** Tenures that ended and are no longer kept. */
  droppedTenures: number
  readonly tallies: Tallies
  readonly incidents: Incident[]
  overtakes: number
  tokenViolations: number
  resets: number
  /** The largest token granted. */
  lastToken: Zxid | null
  sinceMs: number
  /** When something may have been missed. */
  readonly gaps: Gaps
  /** What is seen next may have begun at any time before. */
  blind: boolean
  lastReleaseMs: number | null
  /** Owners of contenders that have gone, for the notifications that come after: path → session. */
  readonly formerOwners: Map<string, string>
  /** Of a single node: who watches it, as far as the stream told. */
  crowd: readonly string[]
  waiting: readonly { readonly session: string; readonly holders: readonly string[] }[]
}

export type SeenAs = Pick<LockPicture, 'recipe' | 'family' | 'confidence' | 'facts'>

export function createHistory(path: string, t: number, overrides: readonly Override[] = []): LockHistory {
  const site = createSite(path)
  return {
    ...{
      site,
      overrides,
      picture: readSite(site, overrides),
      seenAs: null,
      open: new Map(),
      ended: [],
      droppedTenures: 0,
    },
    ...{ tallies: createTallies(t), incidents: [], overtakes: 0, tokenViolations: 0, resets: 0, lastToken: null },
    ...{
      sinceMs: t,
      gaps: createGaps(),
      blind: true,
      lastReleaseMs: null,
      formerOwners: new Map(),
      crowd: [],
      waiting: [],
    },
  }
}

/** Takes in one change; those of the stream in the order of their zxids. */
export function applyChange(history: LockHistory, change: LockChange): void {
  const { tallies, site } = history
  const { t } = change
  if (change.type === 'gap') {
    history.blind = true
    return noteGap(history.gaps, change.reason, t)
  }
  if (change.type === 'sampling') {
    history.blind = true
    return noteSampling(history.gaps, change.on, t)
  }
  if (change.type === 'crowd') {
    advance(tallies, t, history.waiting)
    history.crowd = change.sessions
    history.waiting = crowdWaits(history)
    return
  }
  if (change.type === 'triggered' || change.type === 'delivered') return noteWake(history, change)
  advance(tallies, t, history.waiting)
  const before = history.picture.incarnation
  if (!changeSite(site, change)) return
  look(history)
  const after = history.picture.incarnation
  if (before !== null && after !== null && before !== after && history.picture.recipe !== 'single node') {
    history.resets += 1
    noteIncident(history, { t, type: 'reset', path: site.path, other: formatZxid(before) })
  }
  follow(history, change)
  if (change.type !== 'listed' || change.path !== site.path) return
  history.blind = false
  endGap(history.gaps, t)
}

/** Another person's word about the directory: the same znodes, read anew. What has ended stays as it was. */
export function setOverrides(history: LockHistory, overrides: readonly Override[], t: number): void {
  history.overrides = overrides
  history.seenAs = null
  look(history)
  history.blind = true
  history.open.clear()
  follow(history, { type: 'gap', t, reason: 'session' })
  history.blind = false
}

function look(history: LockHistory): void {
  history.picture = readSite(history.site, history.overrides)
  const { recipe, family, confidence, facts, standings } = history.picture
  if (recipe !== 'unknown' && standings.length > 0) history.seenAs = { recipe, family, confidence, facts }
}

/** What it is, or was when last somebody was there. */
export function recognised({ picture, seenAs }: LockHistory): SeenAs {
  return picture.recipe === 'unknown' && picture.standings.length === 0 && seenAs !== null ? seenAs : picture
}

function follow(history: LockHistory, change: LockChange): void {
  const { t } = change
  const contenders = history.picture.standings.filter(
    ({ state, kind }) => state !== 'item' && state !== 'member' && kind !== 'foreign',
  )
  const tokens = new Map(contenders.map(({ path, token }) => [path, token]))
  // Another znode of the same name is somebody else's turn.
  for (const tenure of [...history.open.values()])
    if (tokens.get(tenure.path) !== tenure.token) end(history, tenure, change)
  const granted: Standing[] = []
  for (const standing of contenders) {
    const tenure = history.open.get(standing.path) ?? begin(history, standing, t)
    if (isHolder(standing) && !holds(tenure)) granted.push(standing)
  }
  granted.sort((a, b) => a.token - b.token)
  for (const standing of granted) grant(history, standing, change)
  if (recognised(history).recipe === 'single node') {
    history.waiting = crowdWaits(history)
    return
  }
  const sessions = new Map(contenders.map((standing) => [standing.path, formatSessionId(standing.owner)]))
  history.waiting = contenders
    .filter(({ state }) => state === 'waiting')
    .map(({ owner, hard }) => ({
      session: formatSessionId(owner),
      holders: [...new Set(hard.flatMap((path) => sessions.get(path) ?? []))],
    }))
}

/** Whoever holds a single node makes all others wait that watch it. */
function crowdWaits({ crowd, picture }: LockHistory): LockHistory['waiting'] {
  const holders = picture.standings.filter(isHolder).map(({ owner }) => formatSessionId(owner))
  return crowd.filter((session) => !holders.includes(session)).map((session) => ({ session, holders }))
}

function begin(history: LockHistory, standing: Standing, t: number): Tenure {
  const session = formatSessionId(standing.owner)
  // Who takes a lease has queued for it before.
  const queued = standing.kind === 'lease' ? openOf(history, session, 'lock') : null
  const tenure: Tenure = {
    ...{ path: standing.path, kind: standing.kind, session, token: standing.token },
    ...{
      enqueuedMs: queued?.enqueuedMs ?? standing.sinceMs,
      grantedMs: null,
      seenMs: t,
      wokenMs: null,
      endedMs: null,
      endedBy: null,
    },
    late: history.blind && isHolder(standing),
  }
  history.open.set(tenure.path, tenure)
  history.tallies.begins += 1
  const tally = sessionTally(history.tallies, session, t)
  if (tally.lastReleaseMs !== null) {
    noteAgain(history.tallies, tenure.enqueuedMs - tally.lastReleaseMs <= AGAIN_WITHIN_MS)
    tally.lastReleaseMs = null
  }
  if (tenure.late) {
    history.tallies.late += 1
    history.lastToken = larger(history.lastToken, tenure.token)
  }
  return tenure
}

function openOf(history: LockHistory, session: string, kind: string): Tenure | null {
  for (const tenure of history.open.values()) if (tenure.session === session && tenure.kind === kind) return tenure
  return null
}

function grant(history: LockHistory, standing: Standing, change: LockChange): void {
  const { t } = change
  const { tallies } = history
  const tenure = history.open.get(standing.path)
  assert(tenure !== undefined, 'whoever is granted has a tenure')
  // Nobody stood in its way: it held from its creation on. Of what a listing shows at once, the end came before the grant.
  const handedOver = change.type === 'listed' && history.lastReleaseMs === t
  const waited = tenure.seenMs < t || tenure.kind === 'lease' || handedOver
  tenure.grantedMs = waited ? Math.max(t, tenure.enqueuedMs) : tenure.enqueuedMs
  const waitMs = tenure.grantedMs - tenure.enqueuedMs
  tallies.grants += 1
  addDuration(tallies.wait, waitMs)
  tallies.window.ended += 1
  tallies.window.waitedMs += waitMs
  const tally = sessionTally(tallies, tenure.session, t)
  tally.acquisitions += 1
  tally.waitMs += waitMs
  checkOrder(history, standing, t)
  if (history.lastToken !== null && standing.token < history.lastToken) {
    history.tokenViolations += 1
    noteIncident(history, { t, type: 'token', path: standing.path, other: formatZxid(history.lastToken) })
  }
  history.lastToken = larger(history.lastToken, standing.token)
}

function larger(a: Zxid | null, b: Zxid): Zxid {
  return a !== null && a > b ? a : b
}

/** A lease is created after its queue's nodes by design; all others are granted in the order of creation or overtake. */
function checkOrder(history: LockHistory, standing: Standing, t: number): void {
  if (standing.kind === 'lease') return
  for (const other of history.picture.standings) {
    if (
      !isWaiting(other) ||
      other.family !== standing.family ||
      other.token > standing.token ||
      !yields(other.kind, standing.kind)
    )
      continue
    history.overtakes += 1
    noteIncident(history, { t, type: 'overtake', path: standing.path, other: other.path })
  }
}

function end(history: LockHistory, tenure: Tenure, change: LockChange): void {
  const { tallies } = history
  const { t } = change
  history.open.delete(tenure.path)
  tenure.endedMs = t
  tenure.endedBy = reasonOf(tenure, change)
  history.formerOwners.set(tenure.path, tenure.session)
  const [oldest] = history.formerOwners.keys()
  if (history.formerOwners.size > INCIDENTS_MAX && oldest !== undefined) history.formerOwners.delete(oldest)
  const tally = sessionTally(tallies, tenure.session, t)
  if (tenure.grantedMs !== null) {
    addDuration(tallies.hold, t - tenure.grantedMs)
    tally.holdMs += t - tenure.grantedMs
  }
  if (holds(tenure)) {
    judgeDepth(history, t)
    tallies.releases += 1
    tally.lastReleaseMs = t
    history.lastReleaseMs = t
  } else if (openOf(history, tenure.session, 'lease')) {
    return // It left the queue with a lease: that tenure goes on.
  } else {
    addDuration(tallies.abandoned, t - tenure.enqueuedMs)
    tallies.window.ended += 1
    tallies.window.waitedMs += t - tenure.enqueuedMs
  }
  history.ended.push(tenure)
  if (history.ended.length > TENURES_MAX) {
    history.ended.shift()
    history.droppedTenures += 1
  }
}

/** A closeSession of the server's own has cxid 0: the session expired. */
function reasonOf(tenure: Tenure, change: LockChange): EndReason {
  switch (change.type) {
    case 'closed':
      return change.cxid === 0 ? 'expiry' : 'close'
    case 'deleted':
      if (tenure.session !== '0x0' && formatSessionId(change.by) !== tenure.session) return 'removed'
      return holds(tenure) ? 'delete' : 'cancel'
    default:
      return 'unknown'
  }
}

function noteWake(history: LockHistory, change: LockChange & { readonly type: 'triggered' | 'delivered' }): void {
  const session = formatSessionId(change.session)
  const { path, t } = change
  if (change.type === 'triggered') {
    const owner = history.formerOwners.get(path) ?? history.open.get(path)?.session
    const ofLock = owner === undefined ? [path, parentPath(path)].includes(history.site.path) : owner !== session
    if (ofLock) history.tallies.triggers += 1
    return
  }
  for (const tenure of history.open.values()) {
    if (tenure.session !== session || tenure.grantedMs === null || tenure.wokenMs !== null) continue
    if (tenure.grantedMs <= tenure.enqueuedMs) continue
    tenure.wokenMs = Math.max(t, tenure.grantedMs)
    addDuration(history.tallies.handOver, tenure.wokenMs - tenure.grantedMs)
  }
}

/** Asked at each release, before whoever released may queue again: is everybody else in the queue? */
function judgeDepth({ tallies, waiting }: LockHistory, t: number): void {
  const active = waiting.length < 2 ? 0 : activeSessions(tallies, t)
  const deep = active >= 3 && waiting.length >= active - 1
  if (!deep) tallies.deepSinceMs = null
  else tallies.deepSinceMs ??= t
}

function noteIncident(history: LockHistory, incident: Incident): void {
  history.incidents.push(incident)
  if (history.incidents.length > INCIDENTS_MAX) history.incidents.shift()
}
