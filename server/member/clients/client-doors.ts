// The ports on which clients come in: plain, TLS, or one that takes both. Hands over sockets that are ready to
// be read, with the certificate that the client has shown. Who may come in is client-port.ts's business.

import { createServer, type Server, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { MemberConfig } from '../config/config.ts'
import type { ClientAddress } from '../config/membership.ts'
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
  /** Opens the port without TLS at another place; the connections stay. Rejects with a PortError. */
  move(place: ClientAddress): Promise<void>
  /** Takes nobody in any more. */
  shut(): void
  /** Resolves when nobody new comes in and the connections that came are gone, which others end. */
  close(): Promise<void>
}

/** Throws a TlsError when keys and certificates cannot be used. */
export function createClientDoors(options: ClientDoorsOptions): ClientDoors {
  const { config, log, traffic } = options
  const { tls } = config
  const material = tls.client === null ? null : loadKeyMaterial(tls.client, log)
  const acceptors: TlsAcceptor[] = []
  /** Each with what resolves when it is closed and its connections are gone; null while it listens. */
  const servers = new Map<Server, Promise<void> | null>()
  const backlog = config.clientPortListenBacklog === null ? {} : { backlog: config.clientPortListenBacklog }
  const both = tls.clientPortUnification ? newAcceptor('both') : null
  let place: ClientAddress = { clientPort: config.clientPort, clientPortAddress: config.clientPortAddress }
  let plain: Server | null = null

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
    servers.set(server, null)
    return server
  }

  function openPlain(): Promise<number> {
    plain = open((socket) => (both ? both.accept(socket) : onPlain(socket)))
    const host = place.clientPortAddress === null ? {} : { host: place.clientPortAddress }
    return listen(plain, 'client', { port: place.clientPort, ...host, ...backlog })
  }

  function openSecure(port: number): Promise<number> {
    const acceptor = newAcceptor('tls')
    const host = tls.secureClientPortAddress === null ? {} : { host: tls.secureClientPortAddress }
    return listen(
      open((socket) => acceptor?.accept(socket)),
      'TLS client',
      { port, ...host, ...backlog },
    )
  }

  function shut(): void {
    for (const [server, closed] of servers) if (closed === null) servers.set(server, stopListening(server))
  }

  return {
    async listen() {
      const clientPort = place.clientPort === -1 ? -1 : await openPlain()
      const secureClientPort = tls.secureClientPort === null ? null : await openSecure(tls.secureClientPort)
      return { clientPort, secureClientPort }
    },
    async move(next) {
      if (next.clientPort === place.clientPort && next.clientPortAddress === place.clientPortAddress) return
      place = next
      // The old place is given up first: both may be the same port, of one address and of all of them.
      if (plain) servers.set(plain, stopListening(plain))
      await openPlain()
      log.info({ host: next.clientPortAddress ?? '*', port: next.clientPort }, 'the client port has moved')
    },
    shut,
    async close() {
      shut()
      for (const acceptor of acceptors) acceptor.close()
      material?.close()
      await Promise.all(servers.values())
    },
  }
}

function certificateOf(socket: TLSSocket): Uint8Array | null {
  return socket.authorized ? (socket.getPeerX509Certificate()?.raw ?? null) : null
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (/^(::ffff:)?127\./.test(address) || address === '::1')
}
