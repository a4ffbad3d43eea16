// Who a client is: what an auth packet, a client certificate or a SASL exchange adds to its connection. What
// an identity may do is the tree's business. Source: ZooKeeperServer.processPacket and processSasl, the
// AuthenticationProviders; client-protocol.md §10.

import { createHash, timingSafeEqual } from 'node:crypto'
import type { AuthId } from '#shared/zk/acl.ts'
import { CLIENT_SERVICE, DigestMd5Server } from '../../sasl/digest-md5.ts'
import type { AuthConfig } from '../config/auth.ts'
import { subjectOf } from '../tls/distinguished-name.ts'
import type { Traffic } from '../traffic.ts'

export type AuthAnswer =
  /** The connection gains these; maybe none. */
  | { readonly type: 'ok'; readonly ids: readonly AuthId[] }
  /** AUTHFAILED, and the connection is closed: the client gives up. */
  | { readonly type: 'failed'; readonly why: string }
  /** The connection is closed without an answer: the client tries another server. */
  | { readonly type: 'elsewhere'; readonly why: string }

export interface Authenticator {
  /** An auth packet. `certificate`: the connection's, DER, or null. */
  authPacket(scheme: string, credential: Uint8Array, certificate: Uint8Array | null): AuthAnswer
  /** What a client's verified certificate (DER) stands for; empty when its subject cannot be read. */
  certificate(certificate: Uint8Array): readonly AuthId[]
  /** For one connection; null: no SASL here. */
  newSasl(): DigestMd5Server | null
  /** What a SASL user stands for. */
  saslUser(user: string): readonly AuthId[]
  /** Null: nothing is enforced. */
  readonly enforcedSchemes: ReadonlySet<string> | null
  /** A client that fails at SASL may stay, as nobody in particular. */
  readonly keepsSaslFailures: boolean
}

/** `bob:fyVmFCwVbTJYrznoSu1koqYEYF0=` for `bob:secret`. */
export function digestOf(credential: Uint8Array, algorithm = 'sha1'): string {
  const end = credential.indexOf(0x3a)
  const user = Buffer.from(end === -1 ? credential : credential.subarray(0, end)).toString('utf8')
  return `${user}:${createHash(algorithm).update(credential).digest('base64')}`
}

export function createAuthenticator(config: AuthConfig, traffic: Traffic): Authenticator {
  const { clientSasl, enforcedSchemes, schemes } = config

  function authPacket(scheme: string, credential: Uint8Array, certificate: Uint8Array | null): AuthAnswer {
    // `ip` is implicit; asking for it again is allowed and adds nothing.
    if (scheme === 'ip') return { type: 'ok', ids: [] }
    if (scheme === 'digest' && config.digestEnabled) return { type: 'ok', ids: digestIds(credential) }
    if (scheme === 'ensemble' && config.ensembleProvider) return ensemble(credential)
    if (scheme === 'x509' && schemes.x509) {
      const ids = certificate === null ? [] : certificateIds(certificate)
      return ids.length > 0 ? { type: 'ok', ids } : { type: 'failed', why: 'the connection has no client certificate' }
    }
    // SASL has an operation of its own; Apache's provider fails here, too.
    if (scheme === 'sasl' && schemes.sasl) return { type: 'failed', why: 'SASL is not spoken in auth packets' }
    return { type: 'failed', why: 'the scheme is not offered' }
  }

  function digestIds(credential: Uint8Array): readonly AuthId[] {
    const id = digestOf(credential, config.digestAlgorithm)
    const ids: AuthId[] = [{ scheme: 'digest', id }]
    if (config.superDigest !== null && sameText(id, config.superDigest)) ids.push({ scheme: 'super', id: '' })
    return ids
  }

  /** Not an identity: a client makes sure that it has reached the ensemble that it means. */
  function ensemble(credential: Uint8Array): AuthAnswer {
    if (credential.length === 0 || config.ensembleNames === null) {
      traffic.ensembleAuthSkipped += 1
      return { type: 'ok', ids: [] }
    }
    if (config.ensembleNames.has(Buffer.from(credential).toString('utf8'))) {
      traffic.ensembleAuthSucceeded += 1
      return { type: 'ok', ids: [] }
    }
    traffic.ensembleAuthFailed += 1
    return { type: 'elsewhere', why: 'the client means another ensemble' }
  }

  function certificateIds(certificate: Uint8Array): readonly AuthId[] {
    const subject = subjectOf(certificate)
    if (subject === null) return []
    const ids: AuthId[] = [{ scheme: 'x509', id: subject }]
    if (subject === config.x509SuperUser) ids.push({ scheme: 'super', id: subject })
    return ids
  }

  return {
    authPacket,
    certificate: certificateIds,
    newSasl: () => (clientSasl === null ? null : new DigestMd5Server(CLIENT_SERVICE, clientSasl)),
    saslUser: (user) => [
      { scheme: 'sasl', id: user },
      ...(config.saslSuperUsers.has(user) ? [{ scheme: 'super', id: '' }] : []),
    ],
    enforcedSchemes,
    keepsSaslFailures: config.allowSaslFailedClients && !enforcedSchemes?.has('sasl'),
  }
}

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
