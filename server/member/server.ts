// Puts one server together: configuration, disk, peer, ports, and the timers that move it. Process matters
// (signals, exit codes, the parent's pipe) are main.ts's business.

import { DecodeError } from '#shared/jute/reader.ts'
import { readNotification } from '#shared/jute/records/notification.ts'
import { createPeer, step } from '#shared/peer/peer.ts'
import type { LinkId } from '#shared/zab/contract.ts'
import type { Sid } from '#shared/zk/ids.ts'
import type { ServerSpec } from '#shared/zk/quorum-config.ts'
import { openStorage } from '../storage/open-storage.ts'
import { SnapshotStreamDecoder } from '../storage/snapshot-decode.ts'
import type { Storage } from '../storage/storage.ts'
import type { PasswordRule } from './auth/session-password.ts'
import { createClientPort } from './clients/client-port.ts'
import { type Clock, systemClock } from './clock.ts'
import type { MemberConfig } from './config/config.ts'
import { divergedText } from './diverged.ts'
import { createTextCommands, isTextCommand } from './four-letter/four-letter.ts'
import { createHost, type Host, TICK_EVERY_MS } from './host.ts'
import type { MemberLogger } from './logging.ts'
import { createEventStream, type EventStream } from './observe/event-stream.ts'
import { createObservation, type Observation } from './observe/observe.ts'
import { createElectionPort, type ElectionPort } from './quorum/election-port.ts'
import { createQuorumPort, type QuorumPort } from './quorum/quorum-port.ts'
import { encodeSnapshotStream } from './quorum/snapshot-stream.ts'
import { createConfigFollower } from './reconfig/follow-config.ts'
import type { RoleNotes, ServerFacts } from './server-facts.ts'
import { createKeeper, peerConfig, servesClients, withNext } from './start-parts.ts'
import { createTraffic } from './traffic.ts'
import { createTurn, type Turn } from './turn.ts'

const STATS_EVERY_MS = 1000
const HOUR_MS = 3_600_000
/** For answering what clients have asked before a stop. */
const DRAIN_LIMIT_MS = 2000

export interface Ports {
  readonly clientPort: number
  readonly quorumPort: number | null
  readonly electionPort: number | null
  readonly eventPort: number | null
}

export interface RunningServer {
  readonly ports: Ports
  /** Answers what was asked, ends service, closes every connection and drains the disk. */
  stop(): Promise<void>
}

/** What has failed for good. */
export type FatalPart = 'disk' | 'port' | 'tree'

export interface ServerOptions {
  readonly config: MemberConfig
  /** From zabscope.secretFile; null without one. */
  readonly secret: Uint8Array | null
  readonly log: MemberLogger
  /** `disk`: exit 10; `port`: exit 14; `tree`: exit 11. The server must not go on. */
  readonly onFatal: (what: FatalPart, error: unknown) => void
  readonly clock?: Clock
}

/** Rejects with a StorageError or a PortError, each with a sentence for the operator. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { config, secret, log } = options
  const keeper = await createKeeper(config)
  const clock = options.clock ?? systemClock()
  const { storage, recovered } = await openStorage({
    dataDir: config.dataDir,
    dataLogDir: config.dataLogDir,
    snapCount: config.snapCount,
    preAllocSizeKb: config.preAllocBytes / 1024,
    commitLogCount: config.commitLogCount,
    forceSync: config.forceSync,
    digest: config.tree.digest,
    log: (level, message, fields) => log[level](fields ?? {}, message),
  })

  const peer = createPeer(peerConfig(config, clock.wallMs()), withNext(recovered, config))
  // What the log knows may be newer than the file: a crash may have come between the two.
  const self = peer.zab.active.servers.get(config.sid) ?? config.quorum.servers.get(config.sid)
  if (!self) throw new Error(`server ${config.sid} is not in its own configuration`)
  const turn = createTurn()
  const traffic = createTraffic()
  const notes: RoleNotes = { phase: 'ELECTION', leader: null, serving: false, readOnly: false, servingSinceMs: 0 }
  const passwords: PasswordRule = secret ? { type: 'hmac', secret } : { type: 'compatible' }
  const nowMs = () => clock.monotonicMs()
  let stopping = false

  const facts: ServerFacts = {
    config,
    peer,
    traffic,
    notes,
    startedAtMs: nowMs(),
    nowMs,
    connections: () => clients.connections(),
    connectionCount: () => clients.connectionCount(),
  }
  const observation = createObservation({
    facts,
    clock,
    turn,
    connection: (id) => clients.connection(id),
    emit: (event) => events?.emit(event),
  })
  const events = createEvents(options, clock, turn, observation)
  const clients = createClientPort({
    config,
    passwords,
    turn,
    log,
    traffic,
    feed: (input) => host.feed(input),
    isServing: () => servesClients(notes, config, peer) && !stopping,
    nowMs,
    isTextCommand,
    textCommand: createTextCommands(facts),
    onDisconnected: (connection, reason) => observation.onDisconnected(connection, reason),
  })
  const fatalDisk = (error: unknown) => {
    if (!stopping) options.onFatal('disk', error)
  }
  const feed: Host['feed'] = (input) => {
    if (!stopping) host.feed(input)
  }
  const addresses = new Map([...config.quorum.servers, ...peer.zab.active.servers, ...peer.zab.lastSeen.servers])
  const election = config.standalone ? null : createElection(options, self, addresses, feed)
  const quorum = config.standalone ? null : createQuorum(options, self, addresses, turn, feed)
  const membership = createConfigFollower({
    sid: config.sid,
    addresses,
    election,
    quorum,
    clients,
    keeper,
    next: config.membership.next,
    lastSeen: () => peer.zab.lastSeen,
    inOrder: (op, run) => storage.inOrder(op, run),
    log,
    onPortFailed(error) {
      if (!stopping) options.onFatal('port', error)
    },
  })
  const host = createHost({
    peer,
    step,
    disk: storage,
    clients,
    election,
    quorum,
    membership,
    snapshotSlices: encodeSnapshotStream,
    observation,
    clock,
    traffic,
    notes,
    log,
    onFatal: fatalDisk,
    onDiverged(found) {
      if (!stopping) options.onFatal('tree', new Error(divergedText(found, config)))
    },
  })
  storage.listen({ onPersisted: (upTo) => feed({ type: 'persisted', upTo }), onFailed: fatalDisk })

  const close = async () => {
    stopping = true
    for (const timer of timers) clearInterval(timer)
    // Whoever asks for our vote is to learn that nobody is here, before anybody has a reason to ask.
    await Promise.all([clients.close(), election?.close(), events?.close()])
    await quorum?.closeAll()
    await storage.close()
  }
  const timers: NodeJS.Timeout[] = []
  try {
    await quorum?.probe()
    const electionPort = (await election?.listen()) ?? null
    const eventPort = (await events?.listen()) ?? null
    const clientPort = await clients.listen()
    const quorumPort = config.standalone ? null : self.quorumPort
    timers.push(
      setInterval(() => host.tick(), TICK_EVERY_MS),
      setInterval(() => {
        clients.sweep()
        observation.sendStats()
      }, STATS_EVERY_MS),
    )
    if (config.purgeIntervalHours > 0) timers.push(purgeTimer(storage, config, log))
    host.tick()
    const stop = async () => {
      // What was asked is answered while there still is an ensemble to decide it; then the others elect at once.
      if (notes.serving) await clients.drain(DRAIN_LIMIT_MS)
      await close()
    }
    return { ports: { clientPort, quorumPort, electionPort, eventPort }, stop }
  } catch (error) {
    await close()
    throw error
  }
}

function createEvents(options: ServerOptions, clock: Clock, turn: Turn, observation: Observation): EventStream | null {
  const { config, secret, log } = options
  if (config.eventPort === null || secret === null) return null
  return createEventStream({
    port: config.eventPort,
    secret,
    hello: () => observation.hello(),
    onWatched: (on) => observation.setWatched(on),
    dropped: (count) => observation.dropped(count),
    clock,
    turn,
    log,
  })
}

type Addresses = ReadonlyMap<Sid, ServerSpec>

function createElection(
  { config, log }: ServerOptions,
  self: ServerSpec,
  servers: Addresses,
  feed: Host['feed'],
): ElectionPort {
  return createElectionPort({
    self,
    servers,
    listenOnAllIPs: config.quorumListenOnAllIPs,
    connectTimeoutMs: config.timing.electionConnectTimeoutMs,
    handshakeTimeoutMs: config.timing.electionHandshakeTimeoutMs,
    bindRetries: config.timing.electionBindRetries,
    strangersJoin: config.membership.reconfigEnabled,
    keepAlive: config.tcpKeepAlive,
    log,
    onAbsent: (sid) => feed({ type: 'absent', sid }),
    onMessage(from: Sid, payload: Uint8Array) {
      // One bad message never ends the election: it is dropped, and the next one is read.
      try {
        feed({ type: 'notification', from, notification: readNotification(payload) })
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error
        log.warn({ from }, `dropped a notification: ${error.message}`)
      }
    },
  })
}

function createQuorum(
  { config, log, onFatal }: ServerOptions,
  self: ServerSpec,
  servers: Addresses,
  turn: Turn,
  feed: Host['feed'],
): QuorumPort {
  return createQuorumPort({
    self,
    servers,
    listenOnAllIPs: config.quorumListenOnAllIPs,
    connectTimeoutMs: config.timing.leaderConnectTimeoutMs,
    connectDelayMs: config.timing.leaderConnectDelayMs,
    firstPacketTimeoutMs: config.tickTimeMs * config.initLimit,
    keepAlive: config.tcpKeepAlive,
    turn,
    log,
    newSnapshotReader: (zxid) => new SnapshotStreamDecoder(zxid),
    onLinkUp: (link: LinkId) => feed({ type: 'linkUp', link }),
    onLinkDown: (link, reason) => feed({ type: 'linkDown', link, reason }),
    onPacket: (link, packet) => feed({ type: 'packet', link, packet }),
    onSnapshot: (link, tree) => feed({ type: 'snapshotReceived', link, tree }),
    onFatal: (error) => onFatal('port', error),
  })
}

/** autopurge: a timer cannot run for weeks, so hours are counted. */
function purgeTimer(storage: Storage, config: MemberConfig, log: MemberLogger): NodeJS.Timeout {
  let hours = 0
  return setInterval(() => {
    hours += 1
    if (hours % config.purgeIntervalHours !== 0) return
    storage.purge(config.snapRetainCount).then(
      (names) => log.info({ removed: names.length }, 'purged old snapshots and logs'),
      (error: Error) => log.error(`purging failed: ${error.message}`),
    )
  }, HOUR_MS)
}
