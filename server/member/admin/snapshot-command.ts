// The command `snapshot` of ZooKeeper 3.9: takes one, and streams the file. It holds everybody's data whatever the ACLs
// say, so it is off unless switched on, and for the superuser alone. Source: SnapshotCommand, operations.md §2; ZK-7.

import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { formatZxid } from '#shared/zk/zxid.ts'
import { listNumbered } from '../../storage/file-names.ts'
import { createAuthenticator } from '../auth/authenticator.ts'
import { createFailureLimiter } from '../clients/failure-limiter.ts'
import { NOT_SERVING } from '../four-letter/four-letter.ts'
import type { HttpAnswer, HttpRequest } from '../http/http-port.ts'
import type { MemberLogger } from '../logging.ts'
import type { ServerFacts } from '../server-facts.ts'
import { fields, type Json, jsonText } from './json-text.ts'

export const SNAPSHOT_NAMES: readonly string[] = ['snapshot', 'snap']

export interface SnapshotOptions {
  readonly facts: ServerFacts
  readonly log: MemberLogger
  /** Between two of them. */
  readonly intervalMs: number
  /** Whether a snapshot came of it. */
  readonly takeSnapshot: () => Promise<boolean>
}

export function createSnapshotCommand(options: SnapshotOptions): (request: HttpRequest) => Promise<HttpAnswer> {
  const { facts, log, intervalMs, takeSnapshot } = options
  const failures = createFailureLimiter()
  const authenticator = createAuthenticator(facts.config.auth, facts.traffic)
  let nextMs = 0

  /** Null when this is the superuser; else why not. */
  function refusal({ authorization, address }: HttpRequest): HttpAnswer | null {
    const [, scheme = '', credential = ''] = /^(\S+)\s+(.+)$/.exec(authorization ?? '') ?? []
    if (!failures.mayTry(address, facts.nowMs())) return refused(429, 'too many wrong passwords from this address')
    const answer = authorization === null ? null : authenticator.authPacket(scheme, Buffer.from(credential), null)
    const ids = answer?.type === 'ok' ? answer.ids : null
    if (ids?.some((id) => id.scheme === 'super')) return null
    if (authorization !== null && failures.failed(address, facts.nowMs()))
      log.warn({ from: address }, 'AdminServer: snapshot asked for with a wrong password')
    return ids === null
      ? refused(401, 'Authorization: digest super:<password> is needed')
      : refused(403, 'only the superuser may take everybody’s data')
  }

  return async (request) => {
    const no = refusal(request)
    if (no) return no
    if (!facts.notes.serving) return refused(503, NOT_SERVING)
    const nowMs = facts.nowMs()
    if (nowMs < nextMs) return refused(429, `once in ${intervalMs} ms; admin.rateLimiterIntervalInMS`)
    nextMs = nowMs + intervalMs
    log.warn({ from: request.address }, 'AdminServer: the superuser takes a snapshot')
    if (!(await takeSnapshot())) return refused(500, 'no snapshot came of it: another one is being written')
    const newest = (await listNumbered(join(facts.config.dataDir, 'version-2'), 'snapshot')).at(-1)
    if (!newest) return refused(500, 'the snapshot has disappeared')
    // Held open, so that a purge cannot take it away meanwhile.
    const file = await open(newest.path)
    const { size } = await file.stat()
    const zxid = formatZxid(newest.zxid)
    if (request.url.searchParams.get('streaming') === 'false') {
      await file.close()
      return json(200, { last_zxid: zxid, snapshot_size: String(size), command: 'snapshot', error: null })
    }
    return {
      status: 200,
      contentType: 'application/octet-stream',
      headers: { last_zxid: zxid, snapshot_size: String(size) },
      body: createReadStream('', { fd: file, end: size - 1 }),
      bytes: size,
    }
  }
}

function refused(status: number, error: string): HttpAnswer {
  return json(status, { command: 'snapshot', error })
}

function json(status: number, answer: Readonly<Record<string, Json>>): HttpAnswer {
  return { status, contentType: 'application/json', body: jsonText(fields(answer)) }
}
