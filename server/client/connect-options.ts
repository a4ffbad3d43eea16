// What a caller may choose about a client, the defaults, and the wait for the first session.

import { type Dial, dialTcp } from './connection.ts'
import { ConnectFailedError } from './errors.ts'
import { withResolvers } from './pending-calls.ts'
import type { Session } from './session.ts'

export interface ConnectOptions {
  /** `host:port,host:port/chroot`. */
  readonly servers: string
  /** What to ask for; the server has the last word. Default 10 s. */
  readonly sessionTimeoutMs?: number
  /** For the first session. Default 15 s. */
  readonly connectTimeoutMs?: number
  /** Gives up connecting; without effect later. */
  readonly signal?: AbortSignal
  /** For one server to answer the handshake. Default: its share of the session timeout, at most 5 s. */
  readonly handshakeTimeoutMs?: number
  /** Calls that may wait for their answers. Default 100,000. */
  readonly outstandingMax?: number
  /** The longest answer. Default 64 MiB. */
  readonly frameBytesMax?: number
  /** How to reach a server. Default TCP. */
  readonly dial?: Dial
  /** From 0 up to 1, for the order of servers and the waits between tries. */
  readonly random?: () => number
}

const SESSION_TIMEOUT_MS = 10_000
const CONNECT_TIMEOUT_MS = 15_000
const HANDSHAKE_MIN_MS = 500
const HANDSHAKE_MAX_MS = 5000
const OUTSTANDING_MAX = 100_000
/** Servers do not limit their answers: a million children come in one. */
const FRAME_BYTES_MAX = 64 * 1024 * 1024

export function withDefaults(options: ConnectOptions, servers: number) {
  const sessionTimeoutMs = options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS
  const share = Math.min(HANDSHAKE_MAX_MS, Math.max(HANDSHAKE_MIN_MS, sessionTimeoutMs / servers))
  return {
    sessionTimeoutMs,
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? share,
    outstandingMax: options.outstandingMax ?? OUTSTANDING_MAX,
    frameBytesMax: options.frameBytesMax ?? FRAME_BYTES_MAX,
    dial: options.dial ?? dialTcp,
    random: options.random ?? Math.random,
  }
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
