// Who is at the other end of one client connection: what its address and certificate say, what it has proved
// since, and whether that is enough to be served. How proofs are checked is ../auth's business; what is sent
// back is client-connection.ts's. Source: ZooKeeperServer.processPacket, AuthenticationHelper.

import type { AuthPacket } from '#shared/jute/records/client-frame.ts'
import type { AuthId } from '#shared/zk/acl.ts'
import { ERROR_CODES, type ErrorCode } from '#shared/zk/errors.ts'
import { type DigestMd5Server, SaslError } from '../../sasl/digest-md5.ts'
import type { AuthAnswer, Authenticator } from '../auth/authenticator.ts'

export type SaslAnswer =
  /** A token, or null: there is no more to say. */
  | { readonly type: 'ok'; readonly token: Uint8Array | null; readonly ids: readonly AuthId[] }
  /** The client may stay, as nobody in particular. */
  | { readonly type: 'kept'; readonly why: string }
  /** Answered with this error; then the connection is closed. */
  | { readonly type: 'failed'; readonly why: string; readonly err: ErrorCode }

export class ConnectionAuth {
  /** Enforced authentication: nothing is answered before the client has proved who it is. */
  mustProve: boolean
  /** Those that it has before it says anything. */
  readonly initial: readonly AuthId[]
  readonly #authenticator: Authenticator
  readonly #certificate: Uint8Array | null
  #sasl: DigestMd5Server | null = null

  constructor(authenticator: Authenticator, address: string, certificate: Uint8Array | null) {
    this.#authenticator = authenticator
    this.#certificate = certificate
    this.initial = [
      { scheme: 'ip', id: address },
      ...(certificate === null ? [] : authenticator.certificate(certificate)),
    ]
    this.mustProve = authenticator.enforcedSchemes !== null
    this.#gained(this.initial)
  }

  authPacket({ scheme, auth }: AuthPacket): AuthAnswer {
    const answer = this.#authenticator.authPacket(scheme, auth, this.#certificate)
    if (answer.type === 'ok') this.#gained(answer.ids)
    return answer
  }

  saslToken(token: Uint8Array): SaslAnswer {
    const authenticator = this.#authenticator
    this.#sasl ??= authenticator.newSasl()
    // Without a SASL configuration Apache has nothing to say either, and nobody is authenticated by it.
    if (this.#sasl === null) return { type: 'ok', token: null, ids: [] }
    try {
      const step = this.#sasl.evaluate(token)
      const ids = step.type === 'done' ? authenticator.saslUser(step.user) : []
      this.#gained(ids)
      return { type: 'ok', token: step.token, ids }
    } catch (error) {
      if (!(error instanceof SaslError)) throw error
      if (authenticator.keepsSaslFailures) return { type: 'kept', why: error.message }
      const required = authenticator.enforcedSchemes?.has('sasl') ?? false
      const err = required ? ERROR_CODES.SESSIONCLOSEDREQUIRESASLAUTH : ERROR_CODES.AUTHFAILED
      return { type: 'failed', why: error.message, err }
    }
  }

  #gained(ids: readonly AuthId[]): void {
    const { enforcedSchemes } = this.#authenticator
    if (this.mustProve && ids.some((id) => enforcedSchemes?.has(id.scheme))) this.mustProve = false
  }
}
