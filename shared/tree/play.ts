// For tests only: a random program played on a leader and on the model at once. Proposals are prepared while
// earlier ones are in flight; reads and watches see what is applied. Differences throw, with what led to them.

import { ERROR_CODES as E } from '../zk/errors.ts'
import { asSessionId, type SessionId } from '../zk/ids.ts'
import { type ReplyBody, withNames } from '../zk/reply.ts'
import type { ReadRequest, WriteRequest } from '../zk/request.ts'
import type { Entry } from '../zk/txn.ts'
import { isAllowed } from './acl.ts'
import { modelEquals } from './model/equals.ts'
import { readModel } from './model/reads.ts'
import { type Expected, runModel } from './model/run.ts'
import { copyModel, createModel, type Model } from './model/state.ts'
import {
  addWatchModel,
  fireModel,
  type ModelWatches,
  removeWatchesModel,
  setWatchesModel,
  type Told,
  watchOfRead,
} from './model/watches.ts'
import { digestAll } from './node-digest.ts'
import { anyPath, anyRead, anyWrite, type Choose, PEOPLE, quotaRequests } from './programs.ts'
import { readRequest } from './read.ts'
import { commitNext, createWorld, nodeAt, propose, type World } from './testing.ts'
import { addPersistentWatch, applySetWatches, checkWatches, removeWatches } from './watch-requests.ts'
import { addWatch, createWatches, trigger, type Watches } from './watch-table.ts'

const WHO = Object.values(PEOPLE)
const WRITES = { allFlags: true, racy: true, quotaTexts: true }
/** Two steps before the counter of /b overflows. */
const LAST_SEQUENCES = 2 ** 31 - 2

interface InFlight {
  readonly request: WriteRequest
  readonly expected: Expected
  /** The model behind it. */
  readonly after: Model
}

export interface Play {
  readonly world: World
  /** As far as it is proposed, and as far as it is applied. */
  readonly ahead: Model
  applied: Model
  readonly inFlight: InFlight[]
  readonly watches: Watches
  readonly modelWatches: ModelWatches
  /** One a person; a session that is over is followed by a new one. */
  readonly sessions: SessionId[]
  lastSession: number
  /** What happened: types of txns, of reads, of events, and errors; so that a test can say that enough did. */
  readonly seen: Set<string>
}

/** @param overflow whether a parent may be near the end of its sequence numbers, which no log led to */
export function startPlay(choose: Choose, overflow = true): Play {
  const model = createModel()
  const play: Play = {
    world: createWorld({ extendedTypesEnabled: true, enforceQuota: true }),
    ahead: model,
    applied: copyModel(model),
    inFlight: [],
    watches: createWatches(),
    modelWatches: { list: [] },
    sessions: [],
    lastSession: 0,
    seen: new Set(),
  }
  for (const who of WHO.keys()) openSession(play, who)
  const scene = choose(4)
  if (scene === 1) for (const request of quotaRequests(2, 45)) ask(play, 0, request)
  if (scene === 2 && overflow) overflowSoon(play)
  commit(play, play.inFlight.length)
  return play
}

function openSession(play: Play, who: number): void {
  play.lastSession += 1
  play.sessions[who] = asSessionId(0x100000000000000n + BigInt(play.lastSession))
  ask(play, who, { type: 'createSession', timeoutMs: 4000 + who })
}

/** As if two thousand million children of /b had been created and deleted. */
function overflowSoon(play: Play): void {
  const { world } = play
  ask(play, 0, {
    type: 'create',
    path: '/b',
    data: null,
    acl: [{ perms: 31, scheme: 'world', id: 'anyone' }],
    flags: 0,
  })
  commit(play, play.inFlight.length)
  nodeAt(world.tree, '/b').cversion = LAST_SEQUENCES
  world.tree.digest = digestAll(world.tree)
  for (const model of [play.ahead, play.applied]) {
    const node = model.nodes.get('/b')
    if (node) model.nodes.set('/b', { ...node, created: LAST_SEQUENCES, cversion: (2 * LAST_SEQUENCES) | 0 })
  }
}

/** One step of a program: something is asked, or some of what is in flight is applied. */
export function stepPlay(play: Play, choose: Choose): void {
  const who = choose(WHO.length)
  const kind = choose(20)
  if (kind < 9) ask(play, who, anyWrite(choose, WRITES))
  else if (kind < 15) read(play, who, anyRead(choose, play.world.tree.lastProcessedZxid))
  else if (kind < 18) commit(play, 1 + choose(6))
  else if (kind === 18) ask(play, who, { type: 'deleteContainer', path: anyPath(choose) })
  else ask(play, who, { type: 'closeSession' })
}

export function endPlay(play: Play): void {
  while (play.inFlight.length > 0) commit(play, 1)
}

function ask(play: Play, who: number, request: WriteRequest): void {
  const { world, ahead, applied } = play
  const sessionId = play.sessions[who] ?? asSessionId(0n)
  const auth = WHO[who] ?? []
  const entry = propose(world, request, { sessionId, auth })
  const { zxid, timeMs } = entry
  const expected = runModel(ahead, request, { zxid, timeMs, sessionId, auth, options: world.options, applied })
  play.inFlight.push({ request, expected, after: copyModel(ahead) })
  const err = entry.txn.type === 'error' ? entry.txn.err : E.OK
  play.seen.add(err === E.OK ? entry.txn.type : `error ${err}`)
  if (entry.txn.type === 'multi') for (const member of entry.txn.txns) play.seen.add(`member ${member.type}`)
  same(`${show(request)} by ${who}`, err, expected.err)
}

function commit(play: Play, count: number): void {
  for (let left = count; left > 0; left -= 1) {
    const next = play.inFlight.shift()
    const entry = play.world.inFlight[0]
    if (!next || !entry) return
    const applied = commitNext(play.world)
    const what = `${show(next.request)} at ${entry.zxid}`
    same(what, { err: applied?.err, body: applied?.body }, { err: next.expected.err, body: next.expected.body })
    play.applied = next.after
    const difference = modelEquals(play.applied, play.world.tree)
    if (difference !== null) throw new Error(`${what}: ${difference}`)
    const told = (applied?.changes ?? []).flatMap((change) => [
      ...trigger(play.watches, change, (conn, acl) => isAllowed(acl, 1, WHO[conn] ?? [])),
    ])
    const shouldBeTold = fireModel(play.modelWatches, next.expected.changes, (conn) => WHO[conn] ?? [])
    compareTold(play, what, told, shouldBeTold, entry.txn.type === 'closeSession')
    if (entry.txn.type === 'closeSession') afterClose(play, entry)
  }
}

/** Whoever had the session gets a new one. */
function afterClose(play: Play, entry: Entry): void {
  const who = play.sessions.indexOf(entry.sessionId)
  if (who >= 0) openSession(play, who)
}

function compareTold(
  play: Play,
  what: string,
  told: readonly Told[],
  expected: readonly Told[],
  anyOrder: boolean,
): void {
  for (const conn of WHO.keys()) {
    const events = (of: readonly Told[]) =>
      of.filter((one) => one.conn === conn).map(({ event }) => `${event.type} ${event.path}`)
    const [actual, should] = [events(told), events(expected)]
    for (const event of actual) play.seen.add(event.split(' ')[0] ?? '')
    same(`${what} tells ${conn}`, anyOrder ? actual.sort() : actual, anyOrder ? should.sort() : should)
  }
}

/** Each person is the connection of that number. */
function read(play: Play, who: number, request: ReadRequest): void {
  const { world, watches, modelWatches, applied } = play
  const auth = WHO[who] ?? []
  const sessionId = play.sessions[who] ?? asSessionId(0n)
  const what = `${show(request)} by ${who}`
  play.seen.add(request.type)
  switch (request.type) {
    case 'addWatch':
      same(
        what,
        addPersistentWatch(watches, who, request.path, request.mode),
        addWatchModel(modelWatches, who, request.path, request.mode),
      )
      return
    case 'removeWatches':
    case 'checkWatches': {
      const run = request.type === 'removeWatches' ? removeWatches : checkWatches
      const err = run(watches, who, request.path, request.watcherType)
      same(what, err, removeWatchesModel(modelWatches, request, who))
      play.seen.add(`${request.type} ${err}`)
      return
    }
    case 'setWatches':
    case 'setWatches2': {
      const told = applySetWatches(watches, world.tree, who, request, (_conn, acl) => isAllowed(acl, 1, auth))
      compareTold(
        play,
        what,
        told,
        setWatchesModel(modelWatches, applied, request, who, () => auth),
        false,
      )
      return
    }
    case 'whoAmI':
    case 'ping':
      return // the peer's
    default: {
      const { err, body } = readRequest(world.tree, request, auth, sessionId, world.options)
      const expected = readModel(applied, request, auth, sessionId)
      same(what, { err, body: sorted(withNames(body)) }, { err: expected.err, body: sorted(expected.body) })
      play.seen.add(`${request.type} ${err}`)
      play.seen.add(`read ${err}`)
      // As the peer does it.
      const kind = request.type === 'getChildren' || request.type === 'getChildren2' ? 'child' : 'data'
      const absent = request.type === 'exists' && err === E.NONODE
      if ('watch' in request && request.watch && (err === E.OK || absent))
        addWatch(watches, who, request.path, kind, 'standard')
      watchOfRead(modelWatches, who, request, err)
    }
  }
}

function sorted(body: ReplyBody): ReplyBody {
  switch (body.type) {
    case 'children':
    case 'childrenStat':
      return { ...body, children: [...body.children].sort() }
    case 'ephemerals':
      return { ...body, paths: [...body.paths].sort() }
    case 'multi':
      return {
        ...body,
        results: body.results.map((one) =>
          one.type === 'getChildren' ? { ...one, children: [...one.children].sort() } : one,
        ),
      }
    default:
      return body
  }
}

function same(what: string, actual: unknown, expected: unknown): void {
  if (show(actual) !== show(expected))
    throw new Error(`${what}\n  gives         ${show(actual)}\n  and should be ${show(expected)}`)
}

/** As text, in which nothing is lost that matters. */
function show(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) => {
    if (typeof one === 'bigint') return `0x${one.toString(16)}`
    if (one instanceof Uint8Array) return `bytes ${one.join(' ')}`
    return isPlainObject(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one
  })
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
