// The ports on which clients come in: plain, TLS, or one that takes both. Hands over sockets that are ready to
// be read, with the certificate that the client has shown. Who may come in is client-port.ts's business.

import { createServer, type Server, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { MemberConfig } from '../config/config.ts'
import { listen, stopListening } from '../listening.ts'
import type { MemberLogger } from '../logging.ts'
import { loadKeyMaterial } from '../tls/key-material.ts'
import { createTlsAcceptor, type TlsAcceptor } from '../tls/tls-acceptor.ts'
import type { Traffic } from '../traffic.ts'

export interface ClientPorts {
  /** -1: none. */
  readonly clientPort: number
  readonly secureClientPort: number | null
}

export interface ClientDoorsOptions {
  readonly config: MemberConfig
  readonly log: MemberLogger
  readonly traffic: Traffic
  readonly isServing: () => boolean
  /** Counts a fresh connection against the limits; false: it has been refused and closed. */
  readonly admit: (socket: Socket) => boolean
  /** `certificate`: a verified one, DER. */
  readonly onOpen: (socket: Socket, certificate: Uint8Array | null) => void
}

export interface ClientDoors {
  /** Rejects with a PortError. */
  listen(): Promise<ClientPorts>
  /** Resolves once nobody new comes in. */
  close(): Promise<void>
}

/** Throws a TlsError when keys and certificates cannot be used. */
export function createClientDoors(options: ClientDoorsOptions): ClientDoors {
  const { config, log, traffic } = options
  const { tls } = config
  const material = tls.client === null ? null : loadKeyMaterial(tls.client, log)
  const acceptors: TlsAcceptor[] = []
  const servers: Server[] = []

  function newAcceptor(mode: 'tls' | 'both'): TlsAcceptor | null {
    if (tls.client === null || material === null) return null
    const acceptor = createTlsAcceptor({
      config: tls.client,
      material,
      mode,
      mayHandshake,
      onSecure(socket) {
        traffic.tlsHandshakes += 1
        options.onOpen(socket, certificateOf(socket))
      },
      onPlain,
      onFailed(from, reason, handshake) {
        if (handshake) {
          traffic.tlsHandshakesFailed += 1
          traffic.authFailed += 1
        } else traffic.connectionsRejected += 1
        log.warn({ from }, `client refused: ${reason}`)
      },
      onHandshakes(change) {
        traffic.tlsHandshakesUnderWay += change
      },
    })
    acceptors.push(acceptor)
    return acceptor
  }

  function mayHandshake(): string | null {
    if (tls.earlyDrop && !options.isServing()) return 'this server does not serve'
    if (tls.handshakesMax === 0 || traffic.tlsHandshakesUnderWay < tls.handshakesMax) return null
    traffic.tlsHandshakesExceeded += 1
    return `${tls.handshakesMax} TLS handshakes are under way (netty.server.outstandingHandshake.limit)`
  }

  function onPlain(socket: Socket): void {
    // Where there is no TLS nobody asks how many do without it: Apache's plain connection factory does not count either.
    if (tls.client !== null) {
      if (isLoopback(socket.remoteAddress)) traffic.nonMtlsLocal += 1
      else traffic.nonMtlsRemote += 1
    }
    options.onOpen(socket, null)
  }

  function open(onSocket: (socket: Socket) => void): Server {
    const server = createServer({ noDelay: true, keepAlive: config.clientTcpKeepAlive }, (socket) => {
      if (options.admit(socket)) onSocket(socket)
    })
    servers.push(server)
    return server
  }

  return {
    async listen() {
      const both = tls.clientPortUnification ? newAcceptor('both') : null
      const secure = tls.secureClientPort === null ? null : newAcceptor('tls')
      const backlog = config.clientPortListenBacklog === null ? {} : { backlog: config.clientPortListenBacklog }
      const clientPort =
        config.clientPort === -1
          ? -1
          : await listen(
              open((socket) => (both ? both.accept(socket) : onPlain(socket))),
              'client',
              {
                port: config.clientPort,
                ...(config.clientPortAddress === null ? {} : { host: config.clientPortAddress }),
                ...backlog,
              },
            )
      if (secure === null || tls.secureClientPort === null) return { clientPort, secureClientPort: null }
      const secureClientPort = await listen(
        open((socket) => secure.accept(socket)),
        'TLS client',
        {
          port: tls.secureClientPort,
          ...(tls.secureClientPortAddress === null ? {} : { host: tls.secureClientPortAddress }),
          ...backlog,
        },
      )
      return { clientPort, secureClientPort }
    },
    async close() {
      const stopped = servers.map(stopListening)
      for (const acceptor of acceptors) acceptor.close()
      material?.close()
      await Promise.all(stopped)
    },
  }
}

function certificateOf(socket: TLSSocket): Uint8Array | null {
  return socket.authorized ? (socket.getPeerX509Certificate()?.raw ?? null) : null
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (/^(::ffff:)?127\./.test(address) || address === '::1')
}
