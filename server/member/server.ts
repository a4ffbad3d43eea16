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
import { type Clock, oncePerTurn, systemClock } from './clock.ts'
import type { MemberConfig } from './config/config.ts'
import { divergedText } from './diverged.ts'
import { controlFaults, FAULT_WORD } from './faults/fault-control.ts'
import { FaultSeams } from './faults/fault-seams.ts'
import type { LinkSeam } from './faults/link-faults.ts'
import { createTextCommands, isTextCommand } from './four-letter/four-letter.ts'
import { TRACE_MASK_DEFAULT } from './four-letter/trace-mask.ts'
import { createHost, type Host, TICK_EVERY_MS } from './host.ts'
import { limitedLogger } from './limited-logger.ts'
import type { MemberLogger } from './logging.ts'
import { createCoreMetrics } from './metrics/core-metrics.ts'
import { createNamespaces } from './metrics/namespaces.ts'
import { measureStorage } from './metrics/storage-metrics.ts'
import { createEventStream, type EventStream } from './observe/event-stream.ts'
import { createObservation, type Observation } from './observe/observe.ts'
import { createOperations, type Operations, type OperationsOptions } from './operations.ts'
import { createElectionPort, type ElectionPort } from './quorum/election-port.ts'
import { createPeerAuth, type PeerAuth } from './quorum/peer-auth.ts'
import { createPeerTransport, type PeerTransport } from './quorum/peer-transport.ts'
import { createQuorumPort, type QuorumPort } from './quorum/quorum-port.ts'
import { encodeSnapshotStream } from './quorum/snapshot-stream.ts'
import type { RoleNotes, ServerFacts } from './server-facts.ts'
import { createTraffic } from './traffic.ts'
import { createTurn, type Turn } from './turn.ts'

const STATS_EVERY_MS = 1000
const HOUR_MS = 3_600_000

export interface Ports {
  /** -1: none. */
  readonly clientPort: number
  readonly secureClientPort: number | null
  readonly quorumPort: number | null
  readonly electionPort: number | null
  readonly eventPort: number | null
  /** null: switched off, or taken by another program. */
  readonly adminPort: number | null
  readonly metricsPort: number | null
}

export interface RunningServer {
  readonly ports: Ports
  /** Ends service, closes every connection and drains the disk. */
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
  const self = config.quorum.servers.get(config.sid)
  if (!self) throw new Error(`server ${config.sid} is not in its own configuration`)
  const traffic = createTraffic()
  const turn = createTurn()
  const soundClock = options.clock ?? systemClock()
  const faults = config.faults.enabled ? new FaultSeams(soundClock, log) : null
  const clock = oncePerTurn(faults?.clock ?? soundClock, turn)
  const { storage, recovered } = await openStorage({
    measured: measureStorage(traffic, log),
    dataDir: config.dataDir,
    dataLogDir: config.dataLogDir,
    snapCount: config.snapCount,
    preAllocSizeKb: config.preAllocBytes / 1024,
    commitLogCount: config.commitLogCount,
    forceSync: config.forceSync,
    digest: config.tree.digest,
    disk: faults?.disk,
    log: (level, message, fields) => log[level](fields ?? {}, message),
  })

  const peer = createPeer(
    {
      sid: config.sid,
      quorum: config.quorum,
      standalone: config.standalone,
      tickTimeMs: config.tickTimeMs,
      initLimit: config.initLimit,
      syncLimit: config.syncLimit,
      commitLogCount: config.commitLogCount,
      minSessionTimeoutMs: config.minSessionTimeoutMs,
      maxSessionTimeoutMs: config.maxSessionTimeoutMs,
      sessionIdSeedMs: clock.wallMs(),
      tree: config.tree,
    },
    recovered,
  )
  const notes: RoleNotes = { phase: 'ELECTION', leader: null, serving: false, servingSinceMs: 0 }
  const passwords: PasswordRule = secret ? { type: 'hmac', secret } : { type: 'compatible' }
  const nowMs = () => clock.monotonicMs()
  let stopping = false
  /** What comes over the ports, anybody can cause as often as they like. */
  const guarded: ServerOptions = { ...options, log: limitedLogger(log, nowMs) }

  const facts: ServerFacts = {
    config,
    peer,
    traffic,
    coreMetrics: createCoreMetrics(peer, traffic.metrics, config.standalone, nowMs),
    namespaces: config.operations.metrics ? createNamespaces() : null,
    trace: { mask: TRACE_MASK_DEFAULT },
    notes,
    startedAtMs: nowMs(),
    nowMs,
    connections: () => clients.connections(),
    connectionCount: () => clients.connectionCount(),
    link: (id) => quorum?.link(id) ?? null,
  }
  const observation = createObservation({
    facts,
    clock,
    turn,
    connection: (id) => clients.connection(id),
    emit: (event) => events?.emit(event),
  })
  const events = createEvents(options, clock, turn, observation, faults)
  const clients = createClientPort({
    config,
    passwords,
    turn,
    log: guarded.log,
    traffic,
    feed: (input) => host.feed(input),
    isServing: () => notes.serving && !stopping,
    nowMs,
    isTextCommand,
    textCommand: createTextCommands(facts),
    onDisconnected: (connection, reason) => observation.onDisconnected(connection, reason),
  })
  const operations = await startOperations(storage, {
    facts,
    turn,
    log,
    clock,
    addressOf: (id) => clients.connection(id)?.address ?? null,
    // R-1549: only of a tree that is whole.
    takeSnapshot: async () => !stopping && !peer.zab.reloading && storage.takeSnapshot(peer.tree),
  })
  const fatalDisk = (error: unknown) => {
    traffic.metrics.counters.unrecoverable_error_count += 1
    if (!stopping) options.onFatal('disk', error)
  }
  const feed: Host['feed'] = (input) => {
    if (!stopping) host.feed(input)
  }
  const addresses = new Map(config.quorum.servers)
  const peers = config.standalone ? null : createPeers(config, addresses, guarded.log, faults)
  const election = peers && createElection(guarded, addresses, peers, feed)
  const quorum = peers && createQuorum(guarded, addresses, peers, turn, feed)
  const host = createHost({
    peer,
    step,
    disk: storage,
    clients,
    election,
    quorum,
    addresses,
    snapshotSlices: encodeSnapshotStream,
    observation,
    metrics: facts.coreMetrics,
    namespaces: facts.namespaces,
    audit: operations.audit,
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
    faults?.heal()
    for (const timer of timers) clearInterval(timer)
    peers?.transport.close()
    await Promise.all([clients.close(), election?.close(), quorum?.closeAll(), events?.close()])
    await storage.close()
    await operations.close()
  }
  const timers: NodeJS.Timeout[] = []
  try {
    await quorum?.probe()
    const electionPort = (await election?.listen()) ?? null
    const eventPort = (await events?.listen()) ?? null
    const operationPorts = await operations.listen()
    const { clientPort, secureClientPort } = await clients.listen()
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
    operations.started()
    const ports = { clientPort, secureClientPort, quorumPort, electionPort, eventPort, ...operationPorts }
    return { ports, stop: close }
  } catch (error) {
    await close()
    throw error
  }
}

async function startOperations(storage: Storage, options: OperationsOptions): Promise<Operations> {
  try {
    return createOperations(options)
  } catch (error) {
    await storage.close()
    throw error
  }
}

function createEvents(
  options: ServerOptions,
  clock: Clock,
  turn: Turn,
  observation: Observation,
  faults: FaultSeams | null,
): EventStream | null {
  const { config, secret, log } = options
  if (config.eventPort === null || secret === null) return null
  return createEventStream({
    port: config.eventPort,
    secret,
    hello: () => observation.hello(),
    onWatched: (on) => observation.setWatched(on),
    dropped: (count) => observation.dropped(count),
    converse(word, socket, said) {
      if (word === FAULT_WORD) controlFaults(socket, said, faults)
      return word === FAULT_WORD
    },
    clock,
    turn,
    log,
  })
}

type Addresses = ReadonlyMap<Sid, ServerSpec>

/** How servers reach each other, and how they prove who they are. */
interface Peers {
  readonly transport: PeerTransport
  readonly auth: PeerAuth | null
  /** Present where faults may be switched. */
  readonly links?: LinkSeam
}

function createPeers(config: MemberConfig, servers: Addresses, log: MemberLogger, faults: FaultSeams | null): Peers {
  const { tls, auth, tcpKeepAlive, tickTimeMs, initLimit } = config
  return {
    transport: createPeerTransport({ tls, servers, keepAlive: tcpKeepAlive, log }),
    auth: auth.quorumSasl && createPeerAuth(auth.quorumSasl, tickTimeMs * initLimit),
    ...(faults ? { links: faults.links } : {}),
  }
}

function createElection(
  { config, log }: ServerOptions,
  servers: Addresses,
  peers: Peers,
  feed: Host['feed'],
): ElectionPort {
  return createElectionPort({
    self: selfOf(config),
    servers,
    listenOnAllIPs: config.quorumListenOnAllIPs,
    connectTimeoutMs: config.electionConnectTimeoutMs,
    handshakeTimeoutMs: config.tickTimeMs * config.syncLimit,
    keepAlive: config.tcpKeepAlive,
    ...peers,
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
  servers: Addresses,
  peers: Peers,
  turn: Turn,
  feed: Host['feed'],
): QuorumPort {
  return createQuorumPort({
    self: selfOf(config),
    servers,
    listenOnAllIPs: config.quorumListenOnAllIPs,
    connectTimeoutMs: config.tickTimeMs * config.initLimit,
    firstPacketTimeoutMs: config.tickTimeMs * config.initLimit,
    keepAlive: config.tcpKeepAlive,
    ...peers,
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

function selfOf(config: MemberConfig) {
  const self = config.quorum.servers.get(config.sid)
  if (!self) throw new Error(`server ${config.sid} is not in its own configuration`)
  return self
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
