// Connections between election ports: at most one a pair of servers, kept by the one with the larger sid.
// Carries opaque messages; what they mean is the core's business. Source: QuorumCnxManager, election.md §2.

import type { Server, Socket } from 'node:net'
import { ELECTION_FRAME_BYTES_MAX, Framer } from '#shared/jute/framer.ts'
import { type Handshake, readHandshake, writeHandshake } from '#shared/jute/records/notification.ts'
import { isQuorumAuth } from '#shared/jute/records/quorum-auth.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import type { Sid } from '#shared/zk/ids.ts'
import type { ServerSpec } from '#shared/zk/quorum-config.ts'
import { type LinkSeam, SOUND_LINKS } from '../faults/link-faults.ts'
import { listen, PortError, stopListening } from '../listening.ts'
import type { MemberLogger } from '../logging.ts'
import type { PeerAuth } from './peer-auth.ts'
import { type PeerTransport, plainTransport } from './peer-transport.ts'

/** Connections from servers outside the configuration, for example tools that look for the leader. */
export const STRANGERS_MAX = 16
/** Connections that have not said yet who they are. */
export const NAMELESS_MAX = 64
/** Tries to reach a server that refuses, before the next message to it starts them anew. */
export const RETRIES_MAX = 10
export const RETRY_DELAY_MS = 250
const BIND_PAUSE_MS = 1000
/** The larger sid, which may have replaced a connection itself, is given this time before the smaller announces itself again. */
const CALL_BACK_MS = 100
/** A message that a connection took within this before its end may have gone down with it. */
const LOST_WITHIN_MS = 1000

const NOTHING = new Uint8Array(0)

export interface ElectionPortOptions {
  readonly self: ServerSpec
  readonly servers: ReadonlyMap<Sid, ServerSpec>
  readonly listenOnAllIPs: boolean
  readonly connectTimeoutMs: number
  readonly handshakeTimeoutMs: number
  /** Tries to open the port, a second apart; 0: without end. Left out: one. */
  readonly bindRetries?: number
  /** Servers that are not in the configuration yet may join: they are called back at the address they come from. */
  readonly strangersJoin?: boolean
  readonly keepAlive: boolean
  /** Left out: nothing stands between us and our sockets. */
  readonly links?: LinkSeam
  readonly log: MemberLogger
  readonly onMessage: (from: Sid, payload: Uint8Array) => void
  /** Its port refused us: no process of that server runs. */
  readonly onAbsent: (sid: Sid) => void
  /** Left out: plain connections. */
  readonly transport?: PeerTransport
  /** Left out or null: servers do not prove themselves. */
  readonly auth?: PeerAuth | null
}

export interface ElectionPort {
  listen(): Promise<number>
  /** `frame`: a message with its length before it. A newer one replaces one that is still unsent. */
  send(to: Sid, frame: Uint8Array): void
  /** Opens the port at another place, where the configuration says that this server is; connections stay. */
  move(self: ServerSpec): Promise<void>
  /** Servers that we have a connection with. */
  connected(): Sid[]
  close(): Promise<void>
}

type Place = Pick<ServerSpec, 'host' | 'electionPort'>

/** What we know of one other server. */
interface Remote {
  readonly sid: Sid
  socket: Socket | null
  /** Our own attempt to connect, until its handshake is sent. */
  attempt: Socket | null
  retries: number
  retryTimer: NodeJS.Timeout | null
  unsent: Uint8Array | null
  /** Where a server said it is that is not in the configuration (yet). */
  joiner: Place | null
  /** Sent again on a fresh connection: the one before may have lost it. */
  last: Uint8Array | null
  lastSentMs: number
}

export function createElectionPort(options: ElectionPortOptions): ElectionPort {
  const { servers, log, auth = null } = options
  let { self } = options
  const transport = options.transport ?? plainTransport(options.keepAlive)
  const remotes = new Map<Sid, Remote>()
  const nameless = new Set<Socket>()
  const seam = options.links ?? SOUND_LINKS
  let closed = false
  let hello = helloOf(self)
  let server = newServer()

  function newServer(): Server {
    return transport.createServer((socket) => onIncoming(seam.accepted(socket, 'election')))
  }

  /** Apache's electionPortBindRetry: whoever had the port before may be about to leave it. */
  async function bind(): Promise<number> {
    for (let tries = 1; ; tries += 1) {
      try {
        const { electionPort: port, host } = self
        return await listen(server, 'election', { port, ...(options.listenOnAllIPs ? {} : { host }) })
      } catch (error) {
        const { bindRetries = 1 } = options
        if (closed || !(error instanceof PortError) || (bindRetries !== 0 && tries >= bindRetries)) throw error
        log.warn(`${error.message}; trying again`)
        await new Promise((resolve) => setTimeout(resolve, BIND_PAUSE_MS))
        server = newServer()
      }
    }
  }

  function remoteOf(sid: Sid): Remote {
    let remote = remotes.get(sid)
    if (!remote) {
      remote = {
        sid,
        socket: null,
        attempt: null,
        retries: 0,
        retryTimer: null,
        unsent: null,
        joiner: null,
        last: null,
        lastSentMs: 0,
      }
      remotes.set(sid, remote)
    }
    return remote
  }

  function onIncoming(socket: Socket): void {
    if (nameless.size >= NAMELESS_MAX) return void socket.destroy()
    nameless.add(socket)
    const framer = new Framer(ELECTION_FRAME_BYTES_MAX)
    const timer = setTimeout(() => refuse('says nothing'), options.handshakeTimeoutMs)
    const refuse = (reason: string) => {
      log.warn({ from: socket.remoteAddress }, `election connection closed: it ${reason}`)
      // What we have answered is still sent.
      socket.destroySoon()
    }
    const onData = (chunk: Buffer) => {
      framer.push(chunk)
      const read = readHandshake(framer.view())
      if (read.type === 'incomplete') return
      if (read.type === 'malformed') return refuse(`sends ${read.reason}`)
      framer.skip(read.length)
      socket.off('data', onData)
      const { handshake } = read
      const { sid } = handshake
      if (auth === null) return named(framer, handshake)
      auth.check(socket, framer.view().slice(), (problem) => {
        if (problem === null) named(new Framer(ELECTION_FRAME_BYTES_MAX), handshake)
        else refuse(`claims server id ${sid}, but ${problem}`)
      })
    }
    const named = (behind: Framer, handshake: Handshake) => {
      nameless.delete(socket)
      clearTimeout(timer)
      onNamed(socket, behind, handshake)
    }
    socket.on('data', onData)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      nameless.delete(socket)
      clearTimeout(timer)
    })
  }

  function onNamed(socket: Socket, framer: Framer, { sid, addresses }: Handshake): void {
    if (sid === self.sid) {
      log.warn({ from: socket.remoteAddress }, `another process claims server id ${sid}, which is ours`)
      return void socket.destroy()
    }
    if (sid < self.sid) {
      // The larger sid keeps the connection that it opens itself: call back, at the configured address.
      const joiner = servers.has(sid) ? null : joinerAt(socket, addresses)
      socket.destroy()
      if (!servers.has(sid) && (!joiner || (!remotes.has(sid) && strangers() >= STRANGERS_MAX))) return
      const remote = remoteOf(sid)
      remote.joiner = joiner
      if (remote.attempt) return
      dropSocket(remote)
      connect(remote)
      return
    }
    if (!servers.has(sid) && !remotes.has(sid) && strangers() >= STRANGERS_MAX) return void socket.destroy()
    adopt(remoteOf(sid), socket, framer)
  }

  /** Where a server is that wants to join: at the port that it names, on the machine that it comes from and no other. */
  function joinerAt(socket: Socket, addresses: readonly string[]): Place | null {
    const port = Number(/:(\d{1,5})$/.exec(addresses[0] ?? '')?.[1])
    const host = socket.remoteAddress
    return options.strangersJoin && host && port >= 1 && port <= 65535 ? { host, electionPort: port } : null
  }

  function strangers(): number {
    let count = 0
    for (const sid of remotes.keys()) if (!servers.has(sid)) count += 1
    return count
  }

  /** `socket` becomes the connection with this server, in place of any earlier one. */
  function adopt(remote: Remote, socket: Socket, framer: Framer): void {
    dropSocket(remote)
    remote.socket = socket
    remote.retries = 0
    cancelRetry(remote)
    const onBytes = () => {
      for (;;) {
        const frame = framer.next()
        if (frame.type === 'incomplete') return
        if (frame.type === 'badLength') {
          const what = isQuorumAuth(frame.length)
            ? 'it wants SASL (quorum.auth.enableSasl), which this server does not offer'
            : `a message of ${frame.length} bytes`
          log.warn({ peer: remote.sid }, `election connection closed: ${what}`)
          return void socket.destroy()
        }
        options.onMessage(remote.sid, frame.bytes)
      }
    }
    socket.on('data', (chunk: Buffer) => {
      framer.push(chunk)
      onBytes()
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      if (remote.socket === socket) {
        remote.socket = null
        // What was just handed to a connection that is gone has reached nobody.
        if (remote.last && performance.now() - remote.lastSentMs < LOST_WITHIN_MS) {
          remote.unsent ??= remote.last
          if (self.sid > remote.sid) connect(remote)
          else retryLater(remote, CALL_BACK_MS)
        }
      }
      if (!remote.socket && !servers.has(remote.sid)) remotes.delete(remote.sid)
    })
    remote.unsent ??= remote.last
    // With TLS a handshake is still on its way out; what waits goes behind it.
    if (socket.writableLength > 0) socket.write(NOTHING, () => sendUnsent(remote))
    else sendUnsent(remote)
    onBytes()
  }

  function dropSocket(remote: Remote): void {
    const socket = remote.socket
    remote.socket = null
    socket?.destroy()
  }

  function sendUnsent(remote: Remote): void {
    const { socket, unsent } = remote
    if (!socket || !unsent || socket.writableLength > 0) return
    remote.unsent = null
    remote.last = unsent
    remote.lastSentMs = performance.now()
    socket.write(unsent, () => sendUnsent(remote))
  }

  function connect(remote: Remote): void {
    const spec = servers.get(remote.sid) ?? remote.joiner
    if (!spec || closed || remote.attempt || remote.socket) return
    cancelRetry(remote)
    const to = { sid: remote.sid, host: spec.host }
    const socket = transport.connect(to, spec.electionPort, () => {
      // Called back meanwhile: to announce ourselves now would make the other side replace the connection that is there,
      // whose end would make us announce ourselves again, and so on without end.
      if (remote.socket) return void socket.destroy()
      const link = seam.opened(socket, remote.sid, 'election')
      link.write(hello.view())
      if (auth === null) return announced(link)
      auth.prove(link, (problem) => {
        if (problem === null) return announced(link)
        log.warn({ peer: remote.sid }, `election connection closed: ${problem}`)
        socket.destroy()
      })
    })
    const announced = (link: Socket) => {
      clearTimeout(timer)
      if (remote.attempt !== socket || socket.destroyed) return void socket.destroy()
      remote.attempt = null
      // The smaller sid only announces itself, and is called back.
      if (self.sid < remote.sid) link.end()
      else adopt(remote, link, new Framer(ELECTION_FRAME_BYTES_MAX))
    }
    remote.attempt = socket
    const timer = setTimeout(() => socket.destroy(), options.connectTimeoutMs)
    let refused = false
    socket.on('error', (error: NodeJS.ErrnoException) => {
      refused = error.code === 'ECONNREFUSED'
      socket.destroy()
    })
    socket.on('close', () => {
      clearTimeout(timer)
      if (remote.attempt !== socket) return
      remote.attempt = null
      retryLater(remote)
      if (refused) options.onAbsent(remote.sid)
    })
  }

  function retryLater(remote: Remote, delayMs = RETRY_DELAY_MS): void {
    if (closed || remote.socket || remote.retryTimer || !remote.unsent || remote.retries >= RETRIES_MAX) return
    remote.retries += 1
    remote.retryTimer = setTimeout(() => {
      remote.retryTimer = null
      connect(remote)
    }, delayMs)
  }

  function cancelRetry(remote: Remote): void {
    if (remote.retryTimer) clearTimeout(remote.retryTimer)
    remote.retryTimer = null
  }

  return {
    listen: bind,
    async move(place) {
      const before = self
      self = place
      if (closed || isSamePlace(before, place, options.listenOnAllIPs)) return
      hello = helloOf(place)
      await stopListening(server)
      server = newServer()
      await bind()
      log.info({ host: place.host, port: place.electionPort }, 'the election port has moved')
    },
    send(to, frame) {
      const remote = remotes.get(to) ?? (servers.has(to) ? remoteOf(to) : null)
      if (!remote || closed) return
      remote.unsent = frame
      remote.retries = 0
      if (remote.socket) sendUnsent(remote)
      else connect(remote)
    },
    connected: () => [...remotes.values()].filter((remote) => remote.socket !== null).map((remote) => remote.sid),
    async close() {
      closed = true
      for (const socket of nameless) socket.destroy()
      for (const remote of remotes.values()) {
        cancelRetry(remote)
        remote.attempt?.destroy()
        dropSocket(remote)
      }
      await stopListening(server)
    },
  }
}

function isSamePlace(a: ServerSpec, b: ServerSpec, onAllIPs: boolean): boolean {
  return a.electionPort === b.electionPort && (onAllIPs || a.host === b.host)
}

/** What whoever connects says first. */
function helloOf(self: ServerSpec): JuteWriter {
  const hello = new JuteWriter()
  writeHandshake(hello, { sid: self.sid, addresses: [`${bracketed(self.host)}:${self.electionPort}`] })
  return hello
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
