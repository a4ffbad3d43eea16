import { expect, test } from 'vitest'
import type { PeerEffect, PeerInput } from '#shared/peer/contract.ts'
import { createPeer, freshRecovered, type Peer } from '#shared/peer/peer.ts'
import type { DiskOp } from '#shared/zab/contract.ts'
import { asSid } from '#shared/zk/ids.ts'
import type { Notification } from '#shared/zk/vote.ts'
import { ZERO_ZXID } from '#shared/zk/zxid.ts'
import { createHost, type Host, type MemberDisk } from './host.ts'
import { silentLogger } from './logging.ts'
import { createCoreMetrics } from './metrics/core-metrics.ts'
import { testConfig } from './testing/test-config.ts'
import { createTraffic } from './traffic.ts'

const VOTE: Notification = {
  leader: asSid(1),
  zxid: ZERO_ZXID,
  electionEpoch: 1,
  peerEpoch: 0,
  state: 'LOOKING',
  version: 2,
  config: null,
}

function startHost(script: (input: PeerInput) => PeerEffect[]) {
  const config = testConfig(['dataDir=/d', 'clientPort=0'])
  const recovered = freshRecovered()
  const peer = createPeer(
    {
      sid: config.sid,
      quorum: config.quorum,
      tickTimeMs: 2000,
      initLimit: 10,
      syncLimit: 5,
      commitLogCount: 500,
      minSessionTimeoutMs: 4000,
      maxSessionTimeoutMs: 40_000,
      sessionIdSeedMs: 0,
    },
    recovered,
  )
  const traffic = createTraffic()
  const trace: string[] = []
  const now = { ms: 0.9 }
  const host: { current: Host | null } = { current: null }
  const disk: MemberDisk = {
    append: (op) => trace.push(`append ${op}`),
    truncate: (op) => trace.push(`truncate ${op}`),
    installSnapshot: (op) => trace.push(`installSnapshot ${op}`),
    saveEpoch: (op, which, epoch) => {
      trace.push(`saveEpoch ${op} ${which} ${epoch}`)
      // A disk that calls back at once, which the host must survive.
      host.current?.feed({ type: 'persisted', upTo: op })
      trace.push('saveEpoch returned')
    },
    reload: async () => recovered,
    snapshotDue: () => false,
    takeSnapshot: async () => true,
  }
  host.current = createHost({
    peer,
    step: (_: Peer, input: PeerInput, out: PeerEffect[]) => {
      trace.push(input.type === 'tick' ? `tick ${input.nowMs}` : input.type)
      out.push(...script(input))
    },
    disk,
    clients: { perform: (effect) => trace.push(effect.type) },
    election: null,
    quorum: null,
    membership: { onConfigured: () => trace.push('configured'), save: (op) => trace.push(`saveConfig ${op}`) },
    snapshotSlices: () => [].values(),
    metrics: createCoreMetrics(peer, traffic.metrics, true, () => now.ms),
    namespaces: null,
    audit: null,
    observation: {
      setWatched: () => undefined,
      isWatched: () => false,
      onRoleEffect: () => undefined,
      onNotification: () => undefined,
      onInput: () => undefined,
      onEffect: () => undefined,
      onDisconnected: () => undefined,
      delivery: () => null,
      sendStats: () => undefined,
      hello: () => {
        throw new Error('nobody watches')
      },
      dropped: (count) => ({ type: 'dropped', t: 0, sid: 1, count }),
    },
    clock: { monotonicMs: () => now.ms, wallMs: () => 1000, preciseWallMs: () => 1000 },
    traffic,
    notes: { phase: 'ELECTION', leader: null, serving: false, readOnly: false, servingSinceMs: 0 },
    log: silentLogger(),
    onFatal: (error) => trace.push(`fatal ${error}`),
    onDiverged: ({ zxid }) => trace.push(`diverged at ${zxid}`),
  })
  return { host: host.current, trace, now }
}

test('effects are performed in order, and inputs that come meanwhile wait for all of them', () => {
  const op = 1 as DiskOp
  const { host, trace } = startHost((input) =>
    input.type === 'disconnected'
      ? [
          { type: 'saveEpoch', op, which: 'current', epoch: 3 },
          { type: 'closeConn', conn: input.conn, reason: 'test' },
        ]
      : [],
  )
  host.feed({ type: 'disconnected', conn: 1 as never })
  expect(trace).toEqual([
    'tick 0',
    'disconnected',
    'saveEpoch 1 current 3',
    'saveEpoch returned',
    'closeConn',
    'persisted',
  ])
})

test('a vote for ourselves comes back as an input, also out of a tick', () => {
  const { host, trace, now } = startHost((input) =>
    input.type === 'tick' && input.nowMs === 5 ? [{ type: 'notify', to: asSid(1), notification: VOTE }] : [],
  )
  host.tick()
  now.ms = 5.5
  host.tick()
  expect(trace).toEqual(['tick 0', 'tick 5', 'notification'])
})

test('time passes before an input, in whole milliseconds, and never twice', () => {
  const { host, trace, now } = startHost(() => [])
  host.feed({ type: 'linkDown', link: 1 as never, reason: '' })
  now.ms = 1.2
  host.feed({ type: 'linkDown', link: 1 as never, reason: '' })
  now.ms = 1.9
  host.feed({ type: 'linkDown', link: 1 as never, reason: '' })
  expect(trace).toEqual(['tick 0', 'linkDown', 'tick 1', 'linkDown', 'linkDown'])
})
