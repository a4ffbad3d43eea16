// What the proofs of one client lead to: identities for the peer, an answer for the client, an end for who fails. How proofs
// are checked is connection-auth.ts. Source: ZooKeeperServer.processPacket, processSasl.

import type { AuthPacket } from '#shared/jute/records/client-frame.ts'
import type { ConnId } from '#shared/peer/contract.ts'
import type { AuthId } from '#shared/zk/acl.ts'
import { ERROR_CODES } from '#shared/zk/errors.ts'
import { OP_CODES, XIDS } from '#shared/zk/op.ts'
import { ZERO_ZXID } from '#shared/zk/zxid.ts'
import type { ClientOutput } from './client-output.ts'
import { ConnectionAuth } from './connection-auth.ts'
import type { ConnectionHost } from './connection-host.ts'

const NO_TOKEN = { type: 'saslToken', token: null } as const

/** The connection whose client proves who it is. */
export interface Proving {
  readonly id: ConnId
  readonly address: string
  readonly output: ClientOutput
  /** Sends what is queued, then closes. */
  end(reason: string): void
  /** Closes at once. */
  cut(reason: string): void
}

export class ConnectionProof {
  readonly #connection: Proving
  readonly #host: ConnectionHost
  readonly #auth: ConnectionAuth

  /** `certificate`: the client's, verified, DER. */
  constructor(connection: Proving, host: ConnectionHost, certificate: Uint8Array | null) {
    this.#connection = connection
    this.#host = host
    this.#auth = new ConnectionAuth(host.authenticator, connection.address, certificate)
  }

  /** Who the client is before it says anything. */
  get initial(): readonly AuthId[] {
    return this.#auth.initial
  }

  /** Enforced authentication: nothing is answered before the client has proved who it is. */
  get isMissing(): boolean {
    return this.#auth.mustProve
  }

  /** While a proof is missing; false for a frame with which the client may give it. */
  refuse(xid: number, op: number): boolean {
    if (op === OP_CODES.auth || op === OP_CODES.sasl) return false
    const { traffic, log } = this.#host
    const { address, output } = this.#connection
    traffic.authFailed += 1
    log.warn({ from: address }, 'client closed: it has not proved who it is (enforced authentication)')
    output.ownReply(xid, ZERO_ZXID, ERROR_CODES.SESSIONCLOSEDREQUIRESASLAUTH)
    this.#connection.end('it has not proved who it is')
    return true
  }

  onAuth(packet: AuthPacket): void {
    const { log, traffic } = this.#host
    const { address, output } = this.#connection
    const answer = this.#auth.authPacket(packet)
    if (answer.type === 'ok') {
      this.#gain(answer.ids)
      return output.ownReply(XIDS.auth, ZERO_ZXID, ERROR_CODES.OK)
    }
    traffic.authFailed += 1
    log.warn({ from: address, scheme: packet.scheme.slice(0, 32) }, `authentication failed: ${answer.why}`)
    // So that the client tries another server, it must not learn of an error (EnsembleAuthenticationProvider).
    if (answer.type === 'elsewhere') return this.#connection.cut(answer.why)
    output.ownReply(XIDS.auth, ZERO_ZXID, ERROR_CODES.AUTHFAILED)
    this.#connection.end('authentication failed')
  }

  onSasl(xid: number, token: Uint8Array): void {
    const { log, traffic } = this.#host
    const { address, output } = this.#connection
    const answer = this.#auth.saslToken(token)
    if (answer.type === 'ok') {
      this.#gain(answer.ids)
      return output.ownReply(xid, ZERO_ZXID, ERROR_CODES.OK, { type: 'saslToken', token: answer.token })
    }
    traffic.authFailed += 1
    log.warn({ from: address, scheme: 'sasl' }, `authentication failed: ${answer.why}`)
    if (answer.type === 'kept') return output.ownReply(xid, ZERO_ZXID, ERROR_CODES.OK, NO_TOKEN)
    output.ownReply(xid, ZERO_ZXID, answer.err, NO_TOKEN)
    this.#connection.end('authentication failed')
  }

  #gain(ids: readonly AuthId[]): void {
    const { feed, log } = this.#host
    const { id, address } = this.#connection
    if (ids.some((one) => one.scheme === 'super')) log.warn({ from: address }, 'superuser authenticated')
    for (const one of ids) feed({ type: 'authenticated', conn: id, id: one })
  }
}
