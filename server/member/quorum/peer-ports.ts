// The two ports between servers, as a server's configuration wants them, and how servers prove who they are on them.
// What they carry goes to the peer as inputs.

import { DecodeError } from '#shared/jute/reader.ts'
import { readNotification } from '#shared/jute/records/notification.ts'
import type { Sid } from '#shared/zk/ids.ts'
import type { ServerSpec } from '#shared/zk/quorum-config.ts'
import { SnapshotStreamDecoder } from '../../storage/snapshot-decode.ts'
import type { MemberConfig } from '../config/config.ts'
import type { LinkSeam } from '../faults/link-faults.ts'
import type { Host } from '../host.ts'
import type { MemberLogger } from '../logging.ts'
import type { Turn } from '../turn.ts'
import { createElectionPort, type ElectionPort } from './election-port.ts'
import { createPeerAuth, type PeerAuth } from './peer-auth.ts'
import { createPeerTransport, type PeerTransport } from './peer-transport.ts'
import { createQuorumPort, type QuorumPort } from './quorum-port.ts'

type Addresses = ReadonlyMap<Sid, ServerSpec>

export interface PeerPortsOptions {
  readonly config: MemberConfig
  readonly self: ServerSpec
  /** Live: reconfigurations change it. */
  readonly servers: Addresses
  readonly turn: Turn
  readonly log: MemberLogger
  readonly feed: Host['feed']
  readonly onFatal: (what: 'port', error: unknown) => void
}

/** How servers reach each other. */
export interface Peers {
  readonly transport: PeerTransport
  readonly auth: PeerAuth | null
  /** Present where faults may be switched. */
  readonly links?: LinkSeam
}

/** Throws a TlsError when keys and certificates cannot be used. */
export function createPeers(
  { tls, auth, tcpKeepAlive, tickTimeMs, initLimit }: MemberConfig,
  servers: Addresses,
  log: MemberLogger,
  links: LinkSeam | undefined,
): Peers {
  return {
    transport: createPeerTransport({ tls, servers, keepAlive: tcpKeepAlive, log }),
    auth: auth.quorumSasl && createPeerAuth(auth.quorumSasl, tickTimeMs * initLimit),
    ...(links ? { links } : {}),
  }
}

export function createElection({ config, self, servers, log, feed }: PeerPortsOptions, peers: Peers): ElectionPort {
  const { timing } = config
  return createElectionPort({
    self,
    servers,
    listenOnAllIPs: config.quorumListenOnAllIPs,
    connectTimeoutMs: timing.electionConnectTimeoutMs,
    handshakeTimeoutMs: timing.electionHandshakeTimeoutMs,
    bindRetries: timing.electionBindRetries,
    strangersJoin: config.membership.reconfigEnabled,
    keepAlive: config.tcpKeepAlive,
    ...peers,
    log,
    onAbsent: (sid) => feed({ type: 'absent', sid }),
    onMessage(from, payload) {
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

export function createQuorum(options: PeerPortsOptions, peers: Peers): QuorumPort {
  const { config, self, servers, turn, log, feed, onFatal } = options
  return createQuorumPort({
    self,
    servers,
    listenOnAllIPs: config.quorumListenOnAllIPs,
    connectTimeoutMs: config.timing.leaderConnectTimeoutMs,
    connectDelayMs: config.timing.leaderConnectDelayMs,
    firstPacketTimeoutMs: config.tickTimeMs * config.initLimit,
    keepAlive: config.tcpKeepAlive,
    ...peers,
    turn,
    log,
    newSnapshotReader: (zxid) => new SnapshotStreamDecoder(zxid),
    onLinkUp: (link) => feed({ type: 'linkUp', link }),
    onLinkDown: (link, reason) => feed({ type: 'linkDown', link, reason }),
    onPacket: (link, packet) => feed({ type: 'packet', link, packet }),
    onSnapshot: (link, tree) => feed({ type: 'snapshotReceived', link, tree }),
    onFatal: (error) => onFatal('port', error),
  })
}
