// For tests only: correct histories of random clients, in which servers lag, connections break and sessions
// move and expire. The same seed gives the same history.

import { chance, nextInt, type Prng, pick } from '../base/prng.ts'
import { PERMS } from '../zk/acl.ts'
import type { SessionId } from '../zk/ids.ts'
import { CREATE_FLAGS } from '../zk/op.ts'
import type { ClientRequest, MultiOp } from '../zk/request.ts'
import { ZERO_ZXID } from '../zk/zxid.ts'
import { CLOSE, create, exists, getChildren, getData, remove, SYNC, setData } from './requests.ts'
import {
  ask,
  authenticate,
  catchUp,
  connect,
  createEnsemble,
  disconnect,
  type Ensemble,
  elect,
  expire,
  isOpen,
  send,
  sessionOf,
} from './testing.ts'

const SERVERS = 3
const CONNECTIONS_OPEN = 5
const PATHS = ['/a', '/b', '/c', '/a/x', '/a/y', '/b/x', '/a/x/deep', '/secret']
const BOB = { scheme: 'digest', id: 'bob:hash' }
const ANYONE = { scheme: 'ip', id: '10.0.0.1' }

/** A run of `steps` choices; call `settle` behind it. */
export function randomEnsemble(prng: Prng, steps: number): Ensemble {
  const e = createEnsemble(SERVERS)
  const open: number[] = []
  const away: SessionId[] = []
  let value = 0
  for (let step = 0; step < steps; step += 1) {
    for (let i = open.length - 1; i >= 0; i -= 1) if (!isOpen(e, open[i] ?? 0)) open.splice(i, 1)
    const dice = nextInt(prng, 100)
    if (open.length === 0 || (dice < 3 && open.length < CONNECTIONS_OPEN))
      open.push(connect(e, 1 + nextInt(prng, SERVERS), { auth: [ANYONE] }))
    else if (dice < 5 && away.length > 0) open.push(comeBack(e, prng, away))
    else if (dice < 7) away.push(leave(e, pick(prng, open)))
    else if (dice < 8 && away.length > 0) expire(e, pick(prng, away))
    else if (dice < 9) elect(e)
    else if (dice < 11) authenticate(e, pick(prng, open), BOB)
    else if (dice < 30) catchUp(e, 1 + nextInt(prng, SERVERS), 1 + nextInt(prng, 4))
    else {
      value += 1
      const conn = pick(prng, open)
      const request = randomRequest(prng, `v${value}`)
      if (chance(prng, 0.3)) send(e, conn, request)
      else ask(e, conn, request)
    }
  }
  return e
}

function leave(e: Ensemble, conn: number): SessionId {
  const session = sessionOf(e, conn)
  disconnect(e, conn)
  return session
}

function comeBack(e: Ensemble, prng: Prng, away: SessionId[]): number {
  const [session] = away.splice(nextInt(prng, away.length), 1)
  const conn = connect(e, 1 + nextInt(prng, SERVERS), session === undefined ? {} : { resume: session, auth: [ANYONE] })
  const some = () => PATHS.filter(() => chance(prng, 0.3))
  if (isOpen(e, conn) && chance(prng, 0.8))
    send(e, conn, {
      type: 'setWatches2',
      relativeZxid: e.seen.get(sessionOf(e, conn)) ?? ZERO_ZXID,
      data: some(),
      exist: some(),
      child: some(),
      persistent: some(),
      persistentRecursive: chance(prng, 0.2) ? ['/a'] : [],
    })
  return conn
}

function randomRequest(prng: Prng, text: string): ClientRequest {
  const path = pick(prng, PATHS)
  const watch = chance(prng, 0.5)
  const version = chance(prng, 0.5) ? -1 : nextInt(prng, 3)
  switch (nextInt(prng, 20)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return randomCreate(prng, path, text)
    case 4:
    case 5:
    case 6:
      return setData(path, text, version)
    case 7:
    case 8:
      return remove(path, version)
    case 9:
      return { type: 'multi', ops: [...randomOps(prng, text)] }
    case 10:
      return { type: 'setACL', path: '/secret', acl: [{ ...BOB, perms: PERMS.ALL }], version: -1 }
    case 11:
      return chance(prng, 0.1) ? CLOSE : { type: 'create2', ...seq(path, text) }
    case 12:
      return { type: 'addWatch', path, mode: nextInt(prng, 2) }
    case 13:
      return { type: chance(prng, 0.5) ? 'removeWatches' : 'checkWatches', path, watcherType: 1 + nextInt(prng, 5) }
    case 14:
      return SYNC
    case 15:
      return exists(path, watch)
    case 16:
      return { type: 'getChildren2', path, watch }
    case 17:
      return chance(prng, 0.5) ? getChildren(path, watch) : { type: 'getEphemerals', prefix: '/' }
    case 18:
      return {
        type: 'multiRead',
        ops: [
          { type: 'getData', path },
          { type: 'getChildren', path: '/' },
        ],
      }
    default:
      return getData(path, watch)
  }
}

function randomCreate(prng: Prng, path: string, text: string): ClientRequest {
  if (path === '/secret') return { ...create(path, text), acl: [{ ...BOB, perms: PERMS.ALL }] }
  return create(path, text, chance(prng, 0.25) ? 'ephemeral' : 'persistent')
}

function seq(path: string, text: string) {
  const { type: _, ...rest } = create(`${path}-`, text)
  return { ...rest, flags: CREATE_FLAGS.ephemeralSequential }
}

function* randomOps(prng: Prng, text: string): Iterable<MultiOp> {
  for (let i = nextInt(prng, 3); i >= 0; i -= 1) {
    const path = pick(prng, PATHS)
    const dice = nextInt(prng, 4)
    if (dice === 0) yield create(path, text)
    else if (dice === 1) yield { type: 'delete', path, version: -1 }
    else if (dice === 2) yield { type: 'setData', path, data: new Uint8Array([i, 1]), version: -1 }
    else yield { type: 'check', path, version: -1 }
  }
}
