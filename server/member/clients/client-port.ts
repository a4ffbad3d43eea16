// The client port: takes connections in, within the limits, and hands the peer's effects to the one they
// are for. What a connection does with its bytes is client-connection.ts's business.

import type { Socket } from 'node:net'
import type { ClientEffect, ConnId, PeerInput } from '#shared/peer/contract.ts'
import { createAuthenticator } from '../auth/authenticator.ts'
import type { PasswordRule } from '../auth/session-password.ts'
import type { MemberConfig } from '../config/config.ts'
import type { ClientAddress } from '../config/membership.ts'
import type { ClientLinks } from '../faults/client-links.ts'
import type { MemberLogger } from '../logging.ts'
import type { Traffic } from '../traffic.ts'
import type { Turn } from '../turn.ts'
import { ClientConnection } from './client-connection.ts'
import { type ClientPorts, createClientDoors } from './client-doors.ts'
import type { ConnectionHost } from './connection-host.ts'
import { createFailureLimiter } from './failure-limiter.ts'

export interface ClientPortOptions {
  readonly config: MemberConfig
  readonly passwords: PasswordRule
  readonly turn: Turn
  readonly log: MemberLogger
  readonly traffic: Traffic
  readonly feed: (input: PeerInput) => void
  readonly isServing: () => boolean
  /** Monotonic. */
  readonly nowMs: () => number
  readonly isTextCommand: (word: string) => boolean
  readonly textCommand: ConnectionHost['textCommand']
  readonly onDisconnected: (connection: ClientConnection, reason: string) => void
  /** Present where faults may be switched. */
  readonly links?: ClientLinks
}

export interface ClientPort {
  listen(): Promise<ClientPorts>
  /** Opens the port without TLS at another place; connections stay. */
  move(place: ClientAddress): Promise<void>
  /** `onDelivered`: for a watch event, when the operating system has it. */
  perform(effect: ClientEffect, onDelivered: (() => void) | null): void
  /** Cuts off connections that have said nothing in time. To be called now and then. */
  sweep(): void
  connection(id: ConnId): ClientConnection | null
  /** All of them, those without a session included. */
  connections(): Iterable<ClientConnection>
  connectionCount(): number
  /** Takes nobody in any more, answers what was asked, closes; resolves when that is done, or after `limitMs`. */
  drain(limitMs: number): Promise<void>
  close(): Promise<void>
}

export function createClientPort(options: ClientPortOptions): ClientPort {
  const { config, traffic, log, turn, nowMs } = options
  const connections = new Map<ConnId, ClientConnection>()
  const byAddress = new Map<string, number>()
  const failures = createFailureLimiter()
  let held = new Set<ClientConnection>()
  let releasing = false
  let lastConn = 0
  /** Sockets, also those whose TLS handshake is under way. */
  let admitted = 0
  /** Somebody waits until everything is answered. */
  let onAnswered: (() => void) | null = null
  const doors = createClientDoors({ config, log, traffic, isServing: options.isServing, admit, onOpen })

  const host: ConnectionHost = {
    turn,
    log,
    traffic,
    frameBytesMax: config.frameBytesMax,
    outstandingMax: config.outstandingMax,
    passwords: options.passwords,
    authenticator: createAuthenticator(config.auth, traffic),
    feed: options.feed,
    isServing: options.isServing,
    nowMs,
    isTextCommand: options.isTextCommand,
    textCommand: options.textCommand,
    mayResume: (address) => failures.mayTry(address, nowMs()),
    onWrongPassword(address) {
      if (failures.failed(address, nowMs())) log.warn({ from: address }, 'a session was resumed with a wrong password')
    },
    onHeld: (connection) => held.add(connection),
    othersWait: () => releasing || held.size > 0,
    onClosed,
  }

  function admit(socket: Socket): boolean {
    const address = socket.remoteAddress ?? ''
    const count = byAddress.get(address) ?? 0
    const tooMany = config.maxClientCnxns > 0 && count >= config.maxClientCnxns
    if (tooMany || (config.maxCnxns > 0 && admitted >= config.maxCnxns)) {
      traffic.connectionsRejected += 1
      const limit = tooMany ? `maxClientCnxns is ${config.maxClientCnxns}` : `maxCnxns is ${config.maxCnxns}`
      log.warn({ from: address }, `connection refused: ${limit}`)
      socket.destroy()
      return false
    }
    admitted += 1
    byAddress.set(address, count + 1)
    socket.once('close', () => {
      admitted -= 1
      const left = (byAddress.get(address) ?? 1) - 1
      if (left > 0) byAddress.set(address, left)
      else byAddress.delete(address)
    })
    return true
  }

  function onOpen(socket: Socket, certificate: Uint8Array | null): void {
    lastConn += 1
    const id = lastConn as ConnId // numbered by the host, as the contract says
    const connection = new ClientConnection(id, socket, certificate, host)
    connections.set(id, connection)
    options.links?.opened(connection)
  }

  function onClosed(connection: ClientConnection, reason: string): void {
    connections.delete(connection.id)
    options.links?.closed(connection)
    held.delete(connection)
    options.feed({ type: 'disconnected', conn: connection.id })
    options.onDisconnected(connection, reason)
    releaseHeld()
    checkAnswered()
  }

  function checkAnswered(): void {
    if (onAnswered && traffic.outstanding === 0) onAnswered()
  }

  /**
   * Reads on from the connections that waited for others' requests to be answered: from each the same number of frames,
   * since the first ones would take all that there is room for, and the last ones wait for seconds.
   */
  function releaseHeld(): void {
    if (releasing || held.size === 0 || traffic.outstanding >= config.outstandingMax) return
    releasing = true
    turn.atEnd(() => {
      const waiting = held
      held = new Set()
      const share = Math.ceil((config.outstandingMax - traffic.outstanding) / waiting.size)
      for (const connection of waiting) connection.proceed(Math.max(1, share))
      releasing = false
      releaseHeld()
    })
  }

  return {
    listen: () => doors.listen(),
    move: (place) => doors.move(place),
    perform(effect, onDelivered) {
      const connection = connections.get(effect.conn)
      if (!connection) return
      switch (effect.type) {
        case 'reply':
          connection.onReply(effect)
          checkAnswered()
          return releaseHeld()
        case 'watchEvent':
          return connection.onWatchEvent(effect, onDelivered)
        case 'session':
          return connection.onSession(effect)
        case 'closeConn':
          return connection.end(effect.reason)
      }
    },
    sweep() {
      const deadline = nowMs() - config.sessionlessTimeoutMs
      for (const connection of connections.values())
        if (connection.isSessionless && connection.openedAtMs < deadline) {
          traffic.metrics.counters.sessionless_connections_expired += 1
          connection.cut('it did not connect a session in time')
        }
    },
    connection: (id) => connections.get(id) ?? null,
    connections: () => connections.values(),
    connectionCount: () => connections.size,
    async drain(limitMs) {
      doors.shut()
      const answered = new Promise<void>((resolve) => {
        onAnswered = resolve
      })
      for (const connection of [...connections.values()]) connection.endInTurn('this server is stopping')
      checkAnswered()
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, limitMs)
      })
      await Promise.race([answered, late])
      clearTimeout(timer)
      onAnswered = null
    },
    async close() {
      const stopped = doors.close()
      for (const connection of [...connections.values()]) connection.end('this server is stopping')
      await stopped
    },
  }
}
