// The links between leader and learners. Only a leader listens here, and only while it leads; a learner
// connects. Links are numbered: those that come in upwards from 1, those that we open by the core.

import type { Server, Socket } from 'node:net'
import type { DataTree } from '#shared/tree/data-tree.ts'
import type { LinkId } from '#shared/zab/contract.ts'
import type { Sid } from '#shared/zk/ids.ts'
import type { LeaderPacket, LearnerPacket, QuorumPacket } from '#shared/zk/packet.ts'
import type { ServerSpec } from '#shared/zk/quorum-config.ts'
import type { Zxid } from '#shared/zk/zxid.ts'
import { type LinkSeam, SOUND_LINKS } from '../faults/link-faults.ts'
import { listen, PortError, stopListening } from '../listening.ts'
import type { MemberLogger } from '../logging.ts'
import type { Turn } from '../turn.ts'
import type { PeerAuth } from './peer-auth.ts'
import { type PeerTransport, plainTransport } from './peer-transport.ts'
import { type LinkFacts, QuorumLink, type SnapshotReader } from './quorum-link.ts'

/** Learners at a time, the unproven ones included. */
export const INCOMING_LINKS_MAX = 128
/**
 * Pauses between the tries to reach a leader, who may bind its port a moment after we know of it. Apache makes
 * five tries, leaderConnectDelayDuringRetryMs apart; shorter first pauses cover the same time, half a second by
 * default, and usually end after milliseconds.
 */
export function connectPauses(delayMs: number): number[] {
  const pauses: number[] = []
  for (let pause = Math.min(5, delayMs), sum = 0; sum < 5 * delayMs; pause = Math.min(2 * pause, delayMs)) {
    pauses.push(pause)
    sum += pause
  }
  return pauses
}
/** The old leader's sockets may take a moment to leave the port. */
const BIND_PAUSES_MS = [20, 100, 500, 1000] as const

export interface QuorumPortOptions {
  readonly self: ServerSpec
  readonly servers: ReadonlyMap<Sid, ServerSpec>
  readonly listenOnAllIPs: boolean
  /** How long connecting to a leader may take, all tries together. */
  readonly connectTimeoutMs: number
  /** The longest pause between two tries. */
  readonly connectDelayMs: number
  /** A learner must have said who it is by then. */
  readonly firstPacketTimeoutMs: number
  readonly keepAlive: boolean
  readonly turn: Turn
  /** Left out: nothing stands between us and our sockets. */
  readonly links?: LinkSeam
  readonly log: MemberLogger
  readonly newSnapshotReader: (zxid: Zxid) => SnapshotReader
  readonly onLinkUp: (link: LinkId) => void
  readonly onLinkDown: (link: LinkId, reason: string) => void
  readonly onPacket: (link: LinkId, packet: QuorumPacket) => void
  readonly onSnapshot: (link: LinkId, tree: DataTree) => void
  /** The port cannot be opened although we lead. */
  readonly onFatal: (error: Error) => void
  /** Left out: plain connections. */
  readonly transport?: PeerTransport
  /** Left out or null: servers do not prove themselves. */
  readonly auth?: PeerAuth | null
}

export interface QuorumPort {
  /** Opens and closes the port once, to find out early that another program has it. Rejects with a PortError. */
  probe(): Promise<void>
  listen(on: boolean): void
  /** This server is at another place from now on; a leader's port moves at once, its learners stay. */
  move(self: ServerSpec): Promise<void>
  connect(link: LinkId, to: Sid): void
  send(link: LinkId, packet: LearnerPacket | LeaderPacket): void
  sendSnapshot(link: LinkId, slices: Iterator<Uint8Array>): void
  close(link: LinkId, reason: string): void
  link(link: LinkId): LinkFacts | null
  closeAll(): Promise<void>
}

export function createQuorumPort(options: QuorumPortOptions): QuorumPort {
  const { servers, log, auth = null } = options
  let { self } = options
  const transport = options.transport ?? plainTransport(options.keepAlive)
  const links = new Map<LinkId, QuorumLink>()
  /** Attempts that have no link yet; the function gives one up. */
  const attempts = new Map<LinkId, () => void>()
  const seam = options.links ?? SOUND_LINKS
  /** Learners that have not proved themselves yet. */
  const unproven = new Set<Socket>()
  let lastIncoming = 0
  let server: Server | null = null
  const address = () => ({ port: self.quorumPort, ...(options.listenOnAllIPs ? {} : { host: self.host }) })
  const pauses = connectPauses(options.connectDelayMs)

  function onIncoming(socket: Socket): void {
    if (links.size + unproven.size >= INCOMING_LINKS_MAX) {
      log.warn({ from: socket.remoteAddress }, `a learner is refused: ${INCOMING_LINKS_MAX} connections are open`)
      return void socket.destroy()
    }
    if (auth === null) return accept(socket)
    unproven.add(socket)
    socket.on('error', () => socket.destroy())
    auth.check(socket, new Uint8Array(0), (problem) => {
      if (!unproven.delete(socket)) return
      if (problem === null) return accept(socket)
      log.warn({ from: socket.remoteAddress }, `a learner is refused: ${problem}`)
      socket.destroySoon()
    })
  }

  function accept(socket: Socket): void {
    lastIncoming += 1
    const link = lastIncoming as LinkId // positive: the core counts its own downwards
    // Some bytes are no packet yet.
    const timer = setTimeout(() => {
      if (links.get(link)?.hasSpoken === false) lose(link, 'it did not say who it is')
    }, options.firstPacketTimeoutMs)
    socket.once('close', () => clearTimeout(timer))
    addLink(link, (swap) => seam.accepted(socket, 'quorum', swap), 'learner')
  }

  /** `through`: the seam; what it gives is used until it calls with something else. */
  function addLink(
    link: LinkId,
    through: (swap: (socket: Socket) => void) => Socket,
    from: 'leader' | 'learner',
  ): void {
    const added = new QuorumLink({
      socket: through((socket) => added.swap(socket)),
      turn: options.turn,
      mayBeSwapped: seam !== SOUND_LINKS,
      from,
      newSnapshotReader: options.newSnapshotReader,
      onPacket: (packet) => options.onPacket(link, packet),
      onSnapshot: (tree) => options.onSnapshot(link, tree),
      onDown: (reason) => lose(link, reason),
      onSkipped: (what) => log.warn({ link }, `skipped from a ${from}: ${what}`),
    })
    links.set(link, added)
    options.onLinkUp(link)
  }

  function lose(link: LinkId, reason: string): void {
    const lost = links.get(link)
    if (!lost) return
    links.delete(link)
    lost.close()
    log.info({ link }, `quorum link down: ${reason}`)
    options.onLinkDown(link, reason)
  }

  function bind(fresh: Server, pauses: readonly number[]): void {
    listen(fresh, 'quorum', address()).catch((error: Error) => {
      if (server !== fresh) return
      const [pause, ...later] = pauses
      if (pause === undefined) return options.onFatal(error)
      log.warn(`${error.message}; trying again`)
      setTimeout(() => server === fresh && bind(fresh, later), pause)
    })
  }

  function listenAnew(on: boolean): void {
    const old = server
    server = null
    if (old) void stopListening(old)
    if (!on) return
    server = newServer()
    // A server that listens may fail later on, too; the core notices by its learners' silence.
    server.on('error', (error) => log.error(`quorum port: ${error instanceof PortError ? error.message : error}`))
    bind(server, BIND_PAUSES_MS)
  }

  function newServer(): Server {
    return transport.createServer(onIncoming)
  }

  function connect(link: LinkId, to: Sid): void {
    const spec = servers.get(to)
    if (!spec) {
      options.onLinkDown(link, `server ${to} is not in the configuration`)
      return
    }
    let socket: Socket | null = null
    let pause: NodeJS.Timeout | null = null
    let tries = 0
    const giveUp = () => {
      attempts.delete(link)
      clearTimeout(deadline)
      if (pause) clearTimeout(pause)
      socket?.destroy()
    }
    const fail = (reason: string) => {
      giveUp()
      options.onLinkDown(link, reason)
    }
    const deadline = setTimeout(() => fail('connecting took too long'), options.connectTimeoutMs)
    const attempt = () => {
      pause = null
      const fresh = transport.connect(spec, spec.quorumPort, () => {
        if (auth === null) return connected(fresh)
        auth.prove(fresh, (problem) => {
          if (problem === null) connected(fresh)
          else if (attempts.has(link)) fail(`server ${to} does not let us in: ${problem}`)
        })
      })
      socket = fresh
      fresh.once('error', onError)
    }
    const connected = (fresh: Socket) => {
      if (!attempts.delete(link)) return void fresh.destroy()
      clearTimeout(deadline)
      fresh.off('error', onError)
      addLink(link, (swap) => seam.opened(fresh, to, 'quorum', swap), 'leader')
    }
    const onError = (error: Error) => {
      const wait = pauses[tries]
      tries += 1
      if (!attempts.has(link)) return
      if (wait === undefined) return fail(`cannot reach server ${to}: ${error.message}`)
      pause = setTimeout(attempt, wait)
    }
    attempts.set(link, giveUp)
    attempt()
  }

  function close(link: LinkId, reason: string): void {
    attempts.get(link)?.()
    const closing = links.get(link)
    if (!closing) return
    links.delete(link)
    log.info({ link }, `quorum link closed: ${reason}`)
    closing.close()
  }

  return {
    async probe() {
      const probe = newServer()
      await listen(probe, 'quorum', address())
      await stopListening(probe)
    },
    listen(on) {
      // Learners that have not said who they are, only we know: they must not wait for a leader that is none any more.
      if (!on) for (const link of [...links.keys()]) if (link > 0) close(link, 'this server does not lead any more')
      if (!on) for (const socket of unproven) socket.destroy()
      listenAnew(on)
    },
    async move(place) {
      const before = self
      self = place
      const isThere = before.quorumPort === place.quorumPort && (options.listenOnAllIPs || before.host === place.host)
      if (server && !isThere) listenAnew(true)
    },
    connect,
    send: (link, packet) => links.get(link)?.send(packet),
    sendSnapshot: (link, slices) => links.get(link)?.sendSnapshot(slices),
    link: (link) => links.get(link) ?? null,
    close,
    async closeAll() {
      for (const giveUp of [...attempts.values()]) giveUp()
      for (const link of links.values()) link.close()
      links.clear()
      for (const socket of unproven) socket.destroy()
      const old = server
      server = null
      if (old) await stopListening(old)
    },
  }
}
