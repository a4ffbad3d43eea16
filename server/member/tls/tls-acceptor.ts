// Takes sockets in on a port that speaks TLS, or both TLS and plain: looks at the first byte where both are
// allowed, performs the handshake within limits, and hands over a socket that can be read. Who the other side is
// and what it says then is for others. Source: NettyServerCnxnFactory, UnifiedServerSocket.

import type { Socket } from 'node:net'
import { createServer, type Server, type TLSSocket } from 'node:tls'
import type { TlsConfig } from '../config/tls.ts'
import type { KeyMaterial } from './key-material.ts'

/** Netty's own. */
export const HANDSHAKE_TIMEOUT_MS = 10_000
/** The content type of a TLS handshake record; no frame and no text command begins with it. */
const TLS_HANDSHAKE = 0x16

export interface TlsAcceptorOptions {
  readonly config: TlsConfig
  readonly material: KeyMaterial
  /** `both`: plain connections are taken, too. */
  readonly mode: 'tls' | 'both'
  /** Null: this connection may begin its handshake; otherwise why not. */
  readonly mayHandshake: () => string | null
  /** Null: the other side may come in; otherwise why not. Beyond what its certificate alone tells. */
  readonly verify?: (socket: TLSSocket) => string | null
  readonly onSecure: (socket: TLSSocket) => void
  readonly onPlain: (socket: Socket) => void
  /** `handshake`: that is what failed; the socket is closed by then. */
  readonly onFailed: (from: string, reason: string, handshake: boolean) => void
  /** A handshake begins (1) or is over (-1), however it ended. */
  readonly onHandshakes: (change: 1 | -1) => void
}

export interface TlsAcceptor {
  /** A fresh connection of a server that listens. */
  accept(socket: Socket): void
  /** Cuts the connections that have not come through yet. */
  close(): void
}

export function createTlsAcceptor(options: TlsAcceptorOptions): TlsAcceptor {
  const { config, material } = options
  /** Connections that have not sent their first byte. */
  const silent = new Set<Socket>()
  /** Connections before the end of their handshake, by address and port of the other side. */
  const pending = new Map<string, Socket>()
  // It never listens: it is given connections that somebody else has accepted.
  const server: Server = createServer({
    ...material.current(),
    requestCert: config.clientAuth !== 'none',
    rejectUnauthorized: config.clientAuth === 'need',
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
  })
  const unwatch = material.watch((fresh) => server.setSecureContext(fresh))

  server.on('secureConnection', (socket) => {
    settle(nameOf(socket))
    // `want`: no certificate is fine, a bad one is not.
    if (config.clientAuth === 'want' && !socket.authorized && socket.getPeerX509Certificate() !== undefined)
      return fail(socket, `its certificate is not trusted (${String(socket.authorizationError)})`)
    const doubt = options.verify?.(socket) ?? null
    if (doubt !== null) return fail(socket, doubt)
    options.onSecure(socket)
  })
  server.on('tlsClientError', (error, socket) => fail(socket, `the TLS handshake failed: ${error.message}`))

  function fail(socket: Socket, reason: string): void {
    const from = socket.remoteAddress ?? 'an address that is gone'
    socket.destroy()
    options.onFailed(from, reason, true)
  }

  /** The handshake of `name` is over. */
  function settle(name: string): void {
    if (pending.delete(name)) options.onHandshakes(-1)
  }

  function handshake(socket: Socket): void {
    const refusal = options.mayHandshake()
    if (refusal !== null) {
      const from = socket.remoteAddress ?? 'an address that is gone'
      socket.destroy()
      options.onFailed(from, refusal, false)
      return
    }
    const name = nameOf(socket)
    pending.set(name, socket)
    options.onHandshakes(1)
    socket.once('close', () => {
      if (pending.get(name) === socket) settle(name)
    })
    server.emit('connection', socket)
  }

  function detect(socket: Socket): void {
    const decide = (chunk: Buffer | null) => {
      stop()
      socket.off('data', decide).off('close', stop)
      socket.pause()
      // Whoever reads next sees the connection from its first byte.
      if (chunk !== null) socket.unshift(chunk)
      if (chunk?.[0] === TLS_HANDSHAKE) return handshake(socket)
      options.onPlain(socket)
      socket.resume()
    }
    const stop = () => {
      clearTimeout(timer)
      silent.delete(socket)
    }
    const timer = setTimeout(() => decide(null), config.detectionTimeoutMs)
    silent.add(socket)
    socket.on('data', decide).on('close', stop)
  }

  return {
    accept(socket) {
      socket.on('error', () => socket.destroy())
      if (options.mode === 'both') detect(socket)
      else handshake(socket)
    },
    close() {
      unwatch()
      for (const socket of [...silent, ...pending.values()]) socket.destroy()
    },
  }
}

function nameOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`
}
