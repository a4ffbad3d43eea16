// Ends somebody's session the way ZooKeeper itself knows: by going on with it and then closing it. That takes the
// session's password, which only an ensemble that this process started lets us work out, from its secret.
// Source: client-protocol.md §3.2; the rule is that of server/member/auth/session-password.ts.

import { createHmac } from 'node:crypto'
import { asSessionId } from '#shared/zk/ids.ts'
import { SessionExpiredError } from '../client/errors.ts'
import { ZooKeeper } from '../client/zookeeper.ts'
import { RequestError } from './request-error.ts'

const PASSWORD_BYTES = 16
const TIMEOUT_MS = 5000

/** @param secret of the ensemble, in hex. Rejects with RequestError NO_SUCH_SESSION or NO_ANSWER. */
export async function closeSession(servers: string, secret: string, session: string): Promise<void> {
  const id = asSessionId(BigInt(session))
  try {
    const passwd = passwordOf(secret, id)
    const zk = await ZooKeeper.connect({ servers, session: { id, passwd }, connectTimeoutMs: TIMEOUT_MS })
    await zk.close()
  } catch (error) {
    if (error instanceof SessionExpiredError)
      throw new RequestError('NO_SUCH_SESSION', `There is no session ${session} any more.`)
    throw new RequestError('NO_ANSWER', 'The ensemble does not answer now. Try again when it has a leader.')
  }
}

function passwordOf(secret: string, sessionId: bigint): Uint8Array {
  const id = Buffer.alloc(8)
  id.writeBigUInt64BE(sessionId)
  return createHmac('sha256', Buffer.from(secret, 'hex')).update(id).digest().subarray(0, PASSWORD_BYTES)
}
