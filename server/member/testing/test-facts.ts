// For tests: what text commands and HTTP ask about a server, without one.

import type { ConnId } from '#shared/peer/contract.ts'
import { createPeer, freshRecovered } from '#shared/peer/peer.ts'
import { asSessionId, asSid } from '#shared/zk/ids.ts'
import { makeZxid } from '#shared/zk/zxid.ts'
import type { ClientConnection } from '../clients/client-connection.ts'
import type { ClientOutput } from '../clients/client-output.ts'
import { TRACE_MASK_DEFAULT } from '../four-letter/trace-mask.ts'
import { createCoreMetrics } from '../metrics/core-metrics.ts'
import { createNamespaces } from '../metrics/namespaces.ts'
import type { ServerFacts } from '../server-facts.ts'
import { addLatency, createLatency, createTraffic } from '../traffic.ts'
import { testConfig } from './test-config.ts'

export const SESSION = asSessionId(0x100000f8aa3001an)

/** As much of a connection as texts look at. */
export const CONNECTION = {
  id: 1 as ConnId,
  address: '127.0.0.1',
  port: 40802,
  received: 5,
  hasSession: true,
  sessionId: SESSION,
  lastOp: 'ADDW',
  establishedWallMs: 1795347472743,
  timeoutMs: 10_000,
  lastCxid: 4,
  output: {
    outstanding: 0,
    sent: 5,
    lastReplyZxid: makeZxid(0, 0x94),
    lastReplyMs: 1175152.3,
    lastLatencyMs: 0.4,
    latency: { ...createLatency(), count: 2, sumMs: 3, maxMs: 2 },
  } satisfies Partial<ClientOutput> as unknown as ClientOutput,
  resetCounts: () => undefined,
} satisfies Partial<ClientConnection> as unknown as ClientConnection

/** Of a standalone server, or of the ensemble in `lines`, which has done what srvr's sample shows. */
export function testFacts(lines: string[] = [], connections = [CONNECTION]): ServerFacts & { nowMs: () => number } {
  const config = testConfig(['dataDir=/nowhere', 'clientPort=2181', '4lw.commands.whitelist=*', ...lines])
  const peer = createPeer(
    {
      sid: asSid(1),
      quorum: config.quorum,
      tickTimeMs: 2000,
      initLimit: 10,
      syncLimit: 5,
      commitLogCount: 500,
      minSessionTimeoutMs: 4000,
      maxSessionTimeoutMs: 40_000,
      sessionIdSeedMs: 0,
    },
    freshRecovered(),
  )
  peer.zxid = makeZxid(0, 0x91)
  const traffic = createTraffic()
  traffic.received = 188
  traffic.sent = 215
  for (const ms of [0.2, 9.1, 1.5]) addLatency(traffic.latency, ms)
  return {
    config,
    peer,
    traffic,
    coreMetrics: createCoreMetrics(peer, traffic.metrics, config.standalone, () => 5000),
    namespaces: createNamespaces(),
    trace: { mask: TRACE_MASK_DEFAULT },
    notes: { phase: 'BROADCAST', leader: asSid(1), serving: true, readOnly: false, servingSinceMs: 0 },
    startedAtMs: 0,
    nowMs: () => 5000,
    connections: () => connections,
    connectionCount: () => connections.length,
    link: () => null,
  }
}
