// What a caller may choose about a client, the defaults, and the wait for the first session.

import { utf8Encode } from '#shared/base/text.ts'
import { CLIENT_FRAME_BYTES_MAX } from '#shared/jute/framer.ts'
import { asSessionId } from '#shared/zk/ids.ts'
import { CREDENTIALS_MAX } from './credentials.ts'
import { createTlsDial, type Dial, dialTcp, type TlsOptions } from './dial.ts'
import { badArguments, ConnectFailedError } from './errors.ts'
import { withResolvers } from './pending-calls.ts'
import type { SaslOptions } from './sasl-exchange.ts'
import type { Session } from './session.ts'

/** "I am …", in a scheme's own form: for digest `user:password`. */
export interface Credential {
  readonly scheme: string
  readonly auth: Uint8Array | string
}

export interface ConnectOptions {
  /** `host:port,host:port/chroot`; `[::1]:2181` for IPv6. */
  readonly servers: string
  /** What to ask for; the server has the last word. Default 10 s. */
  readonly sessionTimeoutMs?: number
  /** For the first session. Default 15 s. */
  readonly connectTimeoutMs?: number
  /** For each call that names no `timeoutMs` of its own. Default none: a server that is silent is left anyhow. */
  readonly callTimeoutMs?: number
  /** Gives up connecting; without effect later. */
  readonly signal?: AbortSignal
  /** Speaks TLS with the servers. */
  readonly tls?: TlsOptions
  /** Proves on every connection who this is, before anything else, and that the server knows it too. */
  readonly sasl?: SaslOptions
  /** Said on every connection; as `addAuth`. */
  readonly auth?: readonly Credential[]
  /** Takes a server without a quorum, which only reads, while no other is there; see `readOnly`. Default false. */
  readonly canBeReadOnly?: boolean
  /** Goes on with this session (`sessionId` and `sessionPasswd` of a client), not with a new one. */
  readonly session?: { readonly id: bigint; readonly passwd: Uint8Array }
  /** For one server to answer the handshake. Default: its share of the session timeout, at most 5 s. */
  readonly handshakeTimeoutMs?: number
  /** Calls that may wait for their answers. Default 100,000. */
  readonly outstandingMax?: number
  /** The longest answer. Default 512 MiB, ten million names. */
  readonly frameBytesMax?: number
  /** The longest request, as the servers' `jute.maxbuffer`; a longer one is refused here. Default theirs, 1,048,575 bytes. */
  readonly requestBytesMax?: number
  /** How to reach a server. Default TCP, or TLS with `tls`. */
  readonly dial?: Dial
  /** From 0 up to 1, for the order of servers and the waits between tries. */
  readonly random?: () => number
}

const SESSION_TIMEOUT_MS = 10_000
const CONNECT_TIMEOUT_MS = 15_000
const HANDSHAKE_MIN_MS = 500
const HANDSHAKE_MAX_MS = 5000
const OUTSTANDING_MAX = 100_000
/** Servers do not limit their answers: a million children come in one, and no limit of ours is to stop them. */
const FRAME_BYTES_MAX = 512 * 1024 * 1024
const PASSWD_BYTES = 16

/** Throws BadArgumentsError for what cannot be meant. */
export function withDefaults(options: ConnectOptions, servers: number) {
  const sessionTimeoutMs = options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS
  const share = Math.min(HANDSHAKE_MAX_MS, Math.max(HANDSHAKE_MIN_MS, sessionTimeoutMs / servers))
  const { session, auth = [], callTimeoutMs = Number.POSITIVE_INFINITY } = options
  if (options.tls && options.dial) throw badArguments('tls and dial are two ways to reach a server; choose one')
  if (session && session.passwd.length !== PASSWD_BYTES)
    throw badArguments(
      `session.passwd has ${session.passwd.length} bytes; the password of a session has ${PASSWD_BYTES}`,
    )
  if (!(callTimeoutMs > 0)) throw badArguments('callTimeoutMs is more than 0')
  if (auth.length > CREDENTIALS_MAX) throw badArguments(`auth holds more than ${CREDENTIALS_MAX} credentials`)
  return {
    sessionTimeoutMs,
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? share,
    outstandingMax: options.outstandingMax ?? OUTSTANDING_MAX,
    frameBytesMax: options.frameBytesMax ?? FRAME_BYTES_MAX,
    requestBytesMax: options.requestBytesMax ?? CLIENT_FRAME_BYTES_MAX,
    dial: options.tls ? createTlsDial(options.tls) : (options.dial ?? dialTcp),
    random: options.random ?? Math.random,
    callTimeoutMs,
    canBeReadOnly: options.canBeReadOnly ?? false,
    sasl: options.sasl ?? null,
    auth: auth.map(toAuthPacket),
    resume: session ? { id: asSessionId(session.id), passwd: session.passwd.slice() } : null,
  }
}

export function toAuthPacket({ scheme, auth }: Credential): { readonly scheme: string; readonly auth: Uint8Array } {
  return { scheme, auth: typeof auth === 'string' ? utf8Encode(auth) : auth }
}

/** Resolves when the session is there; otherwise ends it and throws why. */
export async function whenConnected(session: Session, options: ConnectOptions): Promise<void> {
  const timeoutMs = options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS
  const { promise, resolve, reject } = withResolvers<void>()
  const stopListening = session.states.add(({ state, cause }) => {
    if (state === 'connected') resolve()
    else if (state === 'lost') reject(cause)
  })
  const onAbort = () => reject(options.signal?.reason)
  options.signal?.addEventListener('abort', onAbort)
  const timer = setTimeout(() => {
    const why = session.lastProblem?.message ?? 'none answered'
    const message = `no server of ${options.servers} gave a session within ${timeoutMs} ms: ${why}`
    reject(new ConnectFailedError(message, { cause: session.lastProblem }))
  }, timeoutMs)
  try {
    await promise
  } catch (cause) {
    session.end('closed', cause instanceof Error ? cause : new ConnectFailedError('connecting was given up', { cause }))
    throw cause
  } finally {
    clearTimeout(timer)
    options.signal?.removeEventListener('abort', onAbort)
    stopListening()
  }
}
