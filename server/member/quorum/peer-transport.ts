// How servers reach each other: plain, with TLS, or taking both. Hands over sockets that can be read and written;
// what is said on them is for the election port and the quorum port. Source: QuorumCnxManager.initiateConnection,
// Learner.connectToLeader, UnifiedServerSocket, QuorumX509Util.

import { createServer, isIP, type Server, Socket } from 'node:net'
import { type TLSSocket, connect as tlsConnect } from 'node:tls'
import type { Sid } from '#shared/zk/ids.ts'
import type { ServerSpec } from '#shared/zk/quorum-config.ts'
import type { MemberTls, TlsConfig } from '../config/tls.ts'
import type { MemberLogger } from '../logging.ts'
import { nameProblem } from '../tls/host-name.ts'
import { loadKeyMaterial } from '../tls/key-material.ts'
import { createTlsAcceptor, type TlsAcceptor } from '../tls/tls-acceptor.ts'

/** Handshakes of other servers under way, on one port. */
export const PEER_HANDSHAKES_MAX = 64
/** The same trouble with the same server is told once in so long. */
const REPEAT_MS = 10_000

export type Destination = Pick<ServerSpec, 'sid' | 'host'>

export interface PeerTransport {
  /** Not listening yet. `onSocket` gets connections on which the other server may speak. */
  createServer(onSocket: (socket: Socket) => void): Server
  /**
   * Connects to a port of a server; `onConnected` once it can be written to. A failure is the socket's `error`, for
   * which the caller listens.
   */
  connect(to: Destination, port: number, onConnected: () => void): Socket
  /** Cuts connections that have not come through; those handed over stay. */
  close(): void
}

export interface PeerTransportOptions {
  readonly tls: MemberTls
  /** Whose names a certificate may have. */
  readonly servers: ReadonlyMap<Sid, ServerSpec>
  readonly keepAlive: boolean
  readonly log: MemberLogger
}

/** Without TLS. */
export function plainTransport(keepAlive: boolean): PeerTransport {
  return {
    createServer: (onSocket) => createServer({ noDelay: true, keepAlive }, onSocket),
    connect: (to, port, onConnected) =>
      new Socket().setNoDelay(true).setKeepAlive(keepAlive).connect(port, to.host, onConnected),
    close: () => undefined,
  }
}

/** Throws a TlsError when keys and certificates cannot be used. */
export function createPeerTransport(options: PeerTransportOptions): PeerTransport {
  const { tls, servers, keepAlive, log } = options
  const config = tls.quorum
  const plain = plainTransport(keepAlive)
  if (config === null) return plain
  const material = loadKeyMaterial(config, log)
  const acceptors = new Set<TlsAcceptor>()
  const told = new Map<string, number>()

  /** What goes wrong again and again is told now and then. */
  function warn(who: string, text: string): void {
    const key = `${who}: ${text}`
    const now = Date.now()
    if ((told.get(key) ?? 0) > now - REPEAT_MS) return
    if (told.size >= PEER_HANDSHAKES_MAX) told.clear()
    told.set(key, now)
    log.warn({ peer: who }, text)
  }

  function newAcceptor(config: TlsConfig, onSocket: (socket: Socket) => void): TlsAcceptor {
    let handshakes = 0
    return createTlsAcceptor({
      config,
      material,
      mode: tls.quorumPortUnification ? 'both' : 'tls',
      mayHandshake: () => (handshakes < PEER_HANDSHAKES_MAX ? null : `${handshakes} TLS handshakes are under way`),
      verify: (socket) => (config.hostnameVerification ? nameProblem(socket, namesOf(servers)) : null),
      onSecure: onSocket,
      onPlain: onSocket,
      onFailed: (from, reason) => warn(from, `server refused: ${reason}`),
      onHandshakes(change) {
        handshakes += change
      },
    })
  }

  function connectSecurely(config: TlsConfig, to: Destination, port: number, onConnected: () => void): TLSSocket {
    const socket = tlsConnect({
      ...material.current(),
      host: to.host,
      port,
      ...(isIP(to.host) === 0 ? { servername: to.host } : {}),
      // Which names count is decided below, when the address is known, too.
      checkServerIdentity: () => undefined,
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A server that is down refuses connections: that is no news.
      if (error.syscall === undefined) warn(`server ${to.sid}`, `no TLS with server ${to.sid}: ${error.message}`)
    })
    socket.once('secureConnect', () => {
      const problem = config.hostnameVerification ? nameProblem(socket, [to.host]) : null
      if (problem === null) onConnected()
      else socket.destroy(new Error(problem))
    })
    return socket
  }

  return {
    createServer(onSocket) {
      const acceptor = newAcceptor(config, onSocket)
      const server = plain.createServer((socket) => acceptor.accept(socket))
      acceptors.add(acceptor)
      server.once('close', () => {
        acceptor.close()
        acceptors.delete(acceptor)
      })
      return server
    },
    connect(to, port, onConnected) {
      if (!tls.sslQuorum) return plain.connect(to, port, onConnected)
      return connectSecurely(config, to, port, onConnected).setNoDelay(true).setKeepAlive(keepAlive)
    },
    close() {
      for (const acceptor of acceptors) acceptor.close()
      material.close()
    },
  }
}

function namesOf(servers: ReadonlyMap<Sid, ServerSpec>): string[] {
  return [...servers.values()].map((server) => server.host)
}
