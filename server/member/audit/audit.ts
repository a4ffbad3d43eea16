// Who changed what: made from the peer's effects, only while the audit log is on. A client's server audits what it
// asked for; the ephemerals that end with a session are audited by every server, as by Apache's.

import type { PeerEffect } from '#shared/peer/contract.ts'
import { isWrite } from '#shared/peer/leading.ts'
import type { Peer } from '#shared/peer/peer.ts'
import { ERROR_CODES } from '#shared/zk/errors.ts'
import { formatSessionId } from '#shared/zk/ids.ts'
import type { ReplyBody } from '#shared/zk/reply.ts'
import type { Entry } from '#shared/zk/txn.ts'
import { processUser } from '../process-user.ts'
import type { AuditFile } from './audit-file.ts'
import { type AuditEvent, auditedChanges, formatAuditEvent, userNames } from './audit-line.ts'

type ReplyEffect = Extract<PeerEffect, { type: 'reply' }>

export interface Audit {
  onReply(effect: ReplyEffect): void
  onApplied(entry: Entry): void
  onStart(ok: boolean): void
  onStop(): void
}

export interface AuditOptions {
  readonly peer: Peer
  readonly file: AuditFile
  /** Of a connection; null when it has gone. */
  readonly addressOf: (conn: ReplyEffect['conn']) => string | null
}

export function createAudit({ peer, file, addressOf }: AuditOptions): Audit {
  const server = processUser()
  const say = (event: AuditEvent) => file.line(event.result === 'failure' ? 'ERROR' : 'INFO', formatAuditEvent(event))

  return {
    onReply({ conn, request, err, body }) {
      if (!isWrite(request)) return
      const client = peer.conns.get(conn)
      const ip = addressOf(conn)
      const common = {
        ...(client ? { session: formatSessionId(client.sessionId), user: userNames(client.auth) } : {}),
        ...(ip === null ? {} : { ip }),
        result: err === ERROR_CODES.OK && !hasFailed(body) ? 'success' : 'failure',
      }
      const paths = common.result === 'success' ? createdPaths(body) : null
      for (const change of auditedChanges(request, paths)) say({ ...common, ...change })
    },
    onApplied({ sessionId, txn }) {
      if (txn.type !== 'closeSession') return
      for (const znode of txn.paths ?? [])
        say({ session: formatSessionId(sessionId), user: server, operation: EPHEMERAL_GONE, znode, result: 'success' })
    },
    onStart: (ok) => say({ user: server, operation: 'serverStart', result: ok ? 'success' : 'failure' }),
    onStop: () => say({ user: server, operation: 'serverStop', result: 'invoked' }),
  }
}

const EPHEMERAL_GONE = 'ephemeralZNodeDeletionOnSessionCloseOrExpire'

/** A multi that failed is answered OK, with an error in the place of each result. */
function hasFailed(body: ReplyBody): boolean {
  return body.type === 'multi' && body.results.some((result) => result.type === 'error')
}

/** By position in a multi; of a single request at 0. Sequential nodes have their numbers here. */
function createdPaths(body: ReplyBody): (string | null)[] {
  if (body.type === 'path' || body.type === 'pathStat') return [body.path]
  if (body.type !== 'multi') return []
  return body.results.map((result) => ('path' in result ? result.path : null))
}
