// A sync takes a round trip to a quorum, a write that was sent after it may be committed sooner: replies leave in
// the order of requests all the same, and none is forgotten.

import { expect, test } from 'vitest'
import type { LinkId } from '../zab/contract.ts'
import { OPEN_ACL } from '../zk/acl.ts'
import type { ClientRequest } from '../zk/request.ts'
import { makeZxid, type Zxid } from '../zk/zxid.ts'
import { applyCommitted } from './apply.ts'
import { onRequest } from './clients.ts'
import type { ConnId, PeerEffect } from './contract.ts'
import { onLeaderAnswer } from './following.ts'
import { newFollowership, type Peer } from './state.ts'
import { Alone, story } from './testing.ts'

const LINK = -1 as LinkId
const CONN = 1 as ConnId

function ask(peer: Peer, xid: number, request: ClientRequest): PeerEffect[] {
  const out: PeerEffect[] = []
  onRequest(peer, { type: 'request', conn: CONN, xid, request }, out)
  return out
}

/** A server that follows, with one client. */
function follower(): Peer {
  const alone = new Alone()
  alone.connect(1)
  const { peer } = alone
  peer.leadership = null
  peer.followership = newFollowership(LINK)
  return peer
}

function commit(peer: Peer, cxid: number, zxid: Zxid, err = 0): PeerEffect[] {
  const sessionId = peer.conns.get(CONN)?.sessionId
  if (sessionId === undefined) throw new Error('the client is connected')
  const txn =
    err === 0
      ? ({
          type: 'create',
          path: `/n${cxid}`,
          data: null,
          acl: OPEN_ACL,
          ephemeral: false,
          parentCVersion: -1,
        } as const)
      : ({ type: 'error', err } as const)
  const out: PeerEffect[] = []
  applyCommitted(peer, { zxid, sessionId, cxid, timeMs: 0, txn, digest: null }, out)
  return out
}

function create(path: string): ClientRequest {
  return { type: 'create', path, data: null, acl: OPEN_ACL, flags: 0 }
}

test('[S-3] a write that is applied while a sync before it waits is answered right behind it (V-3)', () => {
  const peer = follower()
  const next = (n: number) => (peer.tree.lastProcessedZxid + n) as Zxid
  ask(peer, 1, { type: 'sync', path: '/' })
  ask(peer, 2, create('/n2'))
  ask(peer, 3, { type: 'exists', path: '/n2', watch: false })
  ask(peer, 4, create('/n4'))
  expect(story(commit(peer, 2, next(1)))).toEqual([])
  expect(story(commit(peer, 4, next(1), -110))).toEqual([])
  const out: PeerEffect[] = []
  onLeaderAnswer(peer, { type: 'SYNC' }, out)
  expect(story(out)).toEqual(['1:reply 1 0', '1:reply 2 0', '1:reply 3 0', '1:reply 4 -110'])
  const zxids = out.flatMap((effect) => (effect.type === 'reply' ? [effect.zxid] : []))
  expect(zxids).toEqual([...zxids].sort((a, b) => a - b)) // S-4
})

test('[S-6] a session that has moved meanwhile is cut off there, too', () => {
  const peer = follower()
  ask(peer, 1, { type: 'sync', path: '/' })
  ask(peer, 2, create('/n2'))
  const out = commit(peer, 2, makeZxid(9, 1), -118)
  expect(out.some((effect) => effect.type === 'closeConn')).toBe(true)
})
