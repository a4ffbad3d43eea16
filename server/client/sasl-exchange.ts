// One SASL exchange of one connection, DIGEST-MD5: tokens go out and come in until both sides have proved that they
// know the password. The mechanism itself is in server/sasl. Source: ZooKeeperSaslClient, client-protocol.md §10.

import type { JuteReader } from '#shared/jute/reader.ts'
import { readReplyHeader } from '#shared/jute/records/header.ts'
import { ERROR_CODES } from '#shared/zk/errors.ts'
import { CLIENT_SERVICE, DigestMd5Client, SASL_TOKEN_BYTES_MAX, type SaslService } from '../sasl/digest-md5.ts'
import { AuthFailedError } from './errors.ts'

export interface SaslOptions {
  /** The only one that ZooKeeper has beside Kerberos. */
  readonly mechanism?: 'DIGEST-MD5'
  readonly user: string
  readonly password: string
  /** What the servers call themselves. Default `zookeeper` and `zk-sasl-md5`. */
  readonly service?: SaslService
}

const EMPTY = new Uint8Array(0)

export class SaslExchange {
  readonly #client: DigestMd5Client
  #state: 'fresh' | 'responded' | 'done' = 'fresh'

  constructor({ user, password, service = CLIENT_SERVICE }: SaslOptions) {
    this.#client = new DigestMd5Client(service, user, password)
  }

  /** What goes out first: in DIGEST-MD5 the server has the first word. */
  get opening(): Uint8Array {
    return EMPTY
  }

  /**
   * Takes a frame of the server; returns what goes out next, or null when both sides have proved themselves.
   * Throws AuthFailedError when the server refuses, SaslError when it does not follow the mechanism.
   */
  next(frame: JuteReader): Uint8Array | null {
    const { err } = readReplyHeader(frame)
    if (err !== ERROR_CODES.OK) throw new AuthFailedError(ERROR_CODES.AUTHFAILED, null, REFUSED)
    const token = frame.remaining > 0 ? frame.bufferView() : null
    // A server that knows nothing of SASL answers with nothing: to go on would be to go on as nobody.
    if (token === null) throw new AuthFailedError(ERROR_CODES.AUTHFAILED, null, UNKNOWN)
    if (token.length > SASL_TOKEN_BYTES_MAX) throw new RangeError(`a SASL token of ${token.length} bytes`)
    if (this.#state === 'fresh') {
      this.#state = 'responded'
      return this.#client.respond(token)
    }
    this.#client.finish(token)
    this.#state = 'done'
    return null
  }
}

const REFUSED = 'the server refused the user or the password that `sasl` names'
const UNKNOWN = 'the server does not authenticate with SASL DIGEST-MD5; leave out `sasl`, or use `auth`'
