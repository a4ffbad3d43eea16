// Puts one server together: configuration, disk, peer, ports, and the timers that move it. Process matters
// (signals, exit codes, the parent's pipe) are main.ts's business.

import { createPeer, step } from '#shared/peer/peer.ts'
import type { SessionId } from '#shared/zk/ids.ts'
import type { Storage } from '../storage/storage.ts'
import { ownSecret } from './auth/own-secret.ts'
import type { PasswordRule } from './auth/session-password.ts'
import { createClientPort } from './clients/client-port.ts'
import { type Clock, oncePerTurn, systemClock } from './clock.ts'
import type { MemberConfig } from './config/config.ts'
import { divergedText } from './diverged.ts'
import { controlFaults, FAULT_WORD } from './faults/fault-control.ts'
import { FaultSeams } from './faults/fault-seams.ts'
import { createTextCommands, isTextCommand } from './four-letter/four-letter.ts'
import { TRACE_MASK_DEFAULT } from './four-letter/trace-mask.ts'
import { createHost, type Host, TICK_EVERY_MS } from './host.ts'
import { limitedLogger } from './limited-logger.ts'
import type { MemberLogger } from './logging.ts'
import { openMemberStorage, startPurging } from './member-storage.ts'
import { createCoreMetrics } from './metrics/core-metrics.ts'
import { createNamespaces } from './metrics/namespaces.ts'
import { createEventStream, type EventStream } from './observe/event-stream.ts'
import { createObservation, type Observation } from './observe/observe.ts'
import { createOperations, type Operations, type OperationsOptions } from './operations.ts'
import { createElection, createPeers, createQuorum, type PeerPortsOptions } from './quorum/peer-ports.ts'
import { encodeSnapshotStream } from './quorum/snapshot-stream.ts'
import { createConfigFollower } from './reconfig/follow-config.ts'
import type { RoleNotes, ServerFacts } from './server-facts.ts'
import { createKeeper, peerConfig, servesClients, withNext } from './start-parts.ts'
import { createTraffic } from './traffic.ts'
import { createTurn, type Turn } from './turn.ts'

const STATS_EVERY_MS = 1000
/** For answering what clients have asked before a stop. */
const DRAIN_LIMIT_MS = 2000

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
  const { config, log } = options
  const keeper = await createKeeper(config)
  const traffic = createTraffic()
  const turn = createTurn()
  const soundClock = options.clock ?? systemClock()
  const faults = config.faults.enabled ? new FaultSeams(soundClock, log) : null
  const clock = oncePerTurn(faults?.clock ?? soundClock, turn)
  const { storage, recovered } = await openMemberStorage(config, { traffic, disk: faults?.disk, log })
  const peer = createPeer(peerConfig(config, clock.wallMs()), withNext(recovered, config))
  // What the log knows may be newer than the file: a crash may have come between the two.
  const self = peer.zab.active.servers.get(config.sid) ?? config.quorum.servers.get(config.sid)
  if (!self) throw new Error(`server ${config.sid} is not in its own configuration`)
  const notes: RoleNotes = { phase: 'ELECTION', leader: null, serving: false, readOnly: false, servingSinceMs: 0 }
  const passwords = await passwordRule(options, storage, recovered.tree.sessions.keys())
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
    isServing: () => servesClients(notes, config, peer) && !stopping,
    nowMs,
    isTextCommand,
    textCommand: createTextCommands(facts),
    onDisconnected: (connection, reason) => observation.onDisconnected(connection, reason),
    ...(faults && { links: faults.clients }),
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
  const addresses = new Map([...config.quorum.servers, ...peer.zab.active.servers, ...peer.zab.lastSeen.servers])
  const peers = config.standalone ? null : createPeers(config, addresses, guarded.log, faults?.links)
  const peerPorts: PeerPortsOptions = { ...guarded, self, servers: addresses, turn, feed }
  const election = peers && createElection(peerPorts, peers)
  const quorum = peers && createQuorum(peerPorts, peers)
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
    step: faults === null ? step : faults.crashes.around(step),
    disk: storage,
    clients,
    election,
    quorum,
    membership,
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
    // Whoever asks for our vote is to learn that nobody is here, before anybody has a reason to ask.
    await Promise.all([clients.close(), election?.close(), events?.close()])
    await quorum?.closeAll()
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
    if (config.storage.purgeIntervalHours > 0) timers.push(startPurging(storage, peer, config.storage, log))
    host.tick()
    operations.started()
    const stop = async () => {
      // What was asked is answered while there still is an ensemble to decide it; then the others elect at once.
      if (notes.serving) await clients.drain(DRAIN_LIMIT_MS)
      await close()
    }
    return { ports: { clientPort, secureClientPort, quorumPort, electionPort, eventPort, ...operationPorts }, stop }
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

/** Only in an ensemble, where Apache's servers may check them, have passwords to be what anybody can compute. */
async function passwordRule(
  { config, secret }: ServerOptions,
  storage: Storage,
  existing: Iterable<SessionId>,
): Promise<PasswordRule> {
  if (secret) return { type: 'hmac', secret }
  if (!config.standalone) return { type: 'compatible' }
  try {
    return ownSecret(config.dataDir, existing)
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
