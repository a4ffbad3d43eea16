// Reads, answered at once from the tree as it is applied here; a watch that comes with one is set in the
// same step, so that no change can slip between the two. Source: FinalRequestProcessor.

import { isAllowed } from '../tree/acl.ts'
import { readRequest } from '../tree/read.ts'
import { addPersistentWatch, applySetWatches, checkWatches, removeWatches } from '../tree/watch-requests.ts'
import { addWatch } from '../tree/watch-table.ts'
import { type Acl, PERMS } from '../zk/acl.ts'
import { ERROR_CODES, type ErrorCode } from '../zk/errors.ts'
import { NO_BODY, type ReplyBody } from '../zk/reply.ts'
import type { ReadRequest, UndecodableRequest } from '../zk/request.ts'
import type { ConnId, PeerEffect } from './contract.ts'
import type { Conn, Peer } from './state.ts'

export function answerRead(peer: Peer, conn: Conn, xid: number, request: LocalRequest, out: PeerEffect[]): void {
  const { err, body } = read(peer, conn, request, out)
  out.push({ type: 'reply', conn: conn.id, xid, zxid: peer.zxid, err, body, request })
}

/** What is answered here; an undecodable read keeps its place among them. */
type LocalRequest = ReadRequest | UndecodableRequest

interface Answer {
  readonly err: ErrorCode
  readonly body: ReplyBody
}

function done(err: ErrorCode, body: ReplyBody = NO_BODY): Answer {
  return { err, body }
}

function read(peer: Peer, conn: Conn, request: LocalRequest, out: PeerEffect[]): Answer {
  const { tree, watches } = peer
  switch (request.type) {
    case 'undecodable':
      return done(ERROR_CODES.MARSHALLINGERROR)
    case 'ping':
      return done(ERROR_CODES.OK)
    case 'whoAmI':
      return done(ERROR_CODES.OK, {
        type: 'whoAmI',
        ids: conn.auth.map(({ scheme, id }) => ({ scheme, id: userOf(scheme, id) })),
      })
    case 'addWatch': {
      const err = addPersistentWatch(watches, conn.id, request.path, request.mode)
      return err === ERROR_CODES.OK ? done(err, { type: 'errorCode', err }) : done(err)
    }
    case 'checkWatches':
      return done(checkWatches(watches, conn.id, request.path, request.watcherType))
    case 'removeWatches':
      return done(removeWatches(watches, conn.id, request.path, request.watcherType))
    case 'setWatches':
    case 'setWatches2':
      // What was missed comes before the reply, in the order of the lists.
      for (const { conn: id, event, mode } of applySetWatches(watches, tree, conn.id, request, canRead(peer)))
        out.push({ type: 'watchEvent', conn: id, zxid: peer.zxid, event, mode })
      return done(ERROR_CODES.OK)
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getChildren2': {
      const answer = readRequest(tree, request, conn.auth, conn.sessionId, peer.options)
      if (!request.watch) return answer
      // exists on an absent node leaves a watch for its creation.
      const absent = request.type === 'exists' && answer.err === ERROR_CODES.NONODE
      if (answer.err === ERROR_CODES.OK || absent)
        addWatch(watches, conn.id, request.path, kindOf(request.type), 'standard')
      return answer
    }
    default:
      return readRequest(tree, request, conn.auth, conn.sessionId, peer.options)
  }
}

function kindOf(type: 'exists' | 'getData' | 'getChildren' | 'getChildren2'): 'data' | 'child' {
  return type === 'getChildren' || type === 'getChildren2' ? 'child' : 'data'
}

/** A digest id is `user:hash`; only the user is anybody's business. `super` has no provider that would name one. */
function userOf(scheme: string, id: string): string {
  if (scheme === 'super') return ''
  return scheme === 'digest' ? (id.split(':')[0] ?? id) : id
}

/** Whether a connection may know of a node with this ACL (W-9). */
export function canRead(peer: Peer): (id: ConnId, acl: readonly Acl[] | null) => boolean {
  return (id, acl) =>
    peer.options.skipAcl || isAllowed(acl, PERMS.READ, peer.conns.get(id)?.auth ?? [], peer.options.schemes)
}
