// A feed that tells a made-up story, so that the page can be drawn and looked at without a gateway.
// `?story=` chooses: calm (default), election, killed, five, lost, refused, empty, slow. Development only.

import type { ClusterSummary } from '#shared/events/cluster-list.ts'
import { emptyClusterView } from '#shared/events/cluster-view.ts'
import { FAULT_CATALOGUE } from '#shared/events/fault-catalogue.ts'
import type { About, GatewayEvent } from '#shared/events/socket-protocol.ts'
import { type AskAnswer, type AskName, type AskRequest, type Feed, type FeedSink, failed } from '../feeds/feed.ts'
import { MockCluster } from './mock-cluster.ts'
import { detail, list, lockOf, touch } from './mock-tree.ts'

const ABOUT: About = {
  version: '0.1.0',
  cluster: { id: 'embedded', kind: 'embedded' },
  clusterName: 'local-ensemble',
  dataDir: '/tmp/zabscope',
  connectString: '127.0.0.1:2181,127.0.0.1:2182,127.0.0.1:2183',
  serverTimeMs: Date.now(),
  gatewaySession: '0x1000004f1a30000',
  formerGatewaySessions: [],
  load: { requests: 0, watches: 0, bytesSent: 0, bytesReceived: 0 },
}

const CLUSTERS: readonly ClusterSummary[] = [
  {
    ...{ id: 'embedded', kind: 'embedded', name: 'local-ensemble', connectString: ABOUT.connectString },
    ...{ serving: 3, members: 3, readOnly: false, first: true, kept: true },
  },
  {
    ...{ id: 'staging', kind: 'attached', name: 'Staging', connectString: 'zk1:2181,zk2:2181,zk3:2181' },
    ...{ serving: 2, members: 3, readOnly: true, first: false, kept: false },
  },
]

const DIRECTORIES = [
  { path: '/locks/billing', lastSeenMs: Date.now() - 2000 },
  { path: '/app/leader', lastSeenMs: Date.now() - 94_000 },
]

const OPS: readonly (readonly [string, string])[] = [
  ['setData', '/app/config'],
  ['create', '/app/members/host-9'],
  ['delete', '/app/members/host-2'],
  ['create', '/locks/billing/_c_6f1d0a97-8a3b-4c55-9e21-7c2b1d0f4a3e-lock-0000000125'],
  ['setData', '/services/user-profile'],
  ['multi', '/app/feature-flags'],
]

function write(cluster: MockCluster, t: number): void {
  const random = cluster.random()
  const [op = 'setData', path = '/'] = OPS[Math.floor(random * OPS.length)] ?? []
  const session = `0x${1 + Math.floor(random * 3)}000004f1a3000${Math.floor(cluster.random() * 6)}`
  const broken = random > 0.97
  cluster.write(t, {
    op: broken ? 'error' : op,
    path,
    session,
    cxid: Math.floor(random * 900),
    bytes: Math.floor(random * 400),
    error: broken ? 'BADVERSION' : null,
    ephemeral: op === 'create',
  })
}

function watchStory(cluster: MockCluster, t: number): void {
  const base = { sid: 1, session: '0x1000004f1a30001', conn: 5 }
  const zxid = cluster.zxid()
  const herd = Array.from({ length: 9 }, (_, i) => ({
    sid: (i % 3) + 1,
    conn: 20 + i,
    session: `0x${(i % 3) + 1}000004f1a3000${i}`,
  }))
  for (const one of herd)
    cluster.event({ type: 'watchSet', t: t - 5000, ...one, path: '/app/config', kind: 'data', zxid })
  for (const [i, one] of herd.entries()) {
    const at = { ...one, path: '/app/config', event: 'NodeDataChanged', zxid }
    cluster.event({ type: 'watchTriggered', t, ...at })
    if (i < 8) cluster.event({ type: 'watchDelivered', t: t + 0.3 + i * 0.21, ...at })
  }
  cluster.event({ type: 'watchSet', t: t + 100, ...base, path: '/app/config', kind: 'data', zxid })
  cluster.event({ type: 'watchSet', t: t + 400, ...base, path: '/app/members', kind: 'children', zxid })
  cluster.event({
    type: 'watchSet',
    t: t + 600,
    sid: 2,
    conn: 9,
    session: '0x2000004f1a30003',
    path: '/locks/billing/_c_6f1d0a92-lock-0000000120',
    kind: 'exists',
    zxid,
  })
  cluster.event({
    type: 'watchSet',
    t: t + 900,
    sid: 3,
    conn: 2,
    session: '0x3000004f1a30005',
    path: '/services',
    kind: 'persistentRecursive',
    zxid,
  })
}

function tellPast(cluster: MockCluster, story: string, now: number): void {
  const rate = (t: number) => 3 + 5 * (1 + Math.sin(t / 21_000)) + 6 * cluster.random()
  for (const [sid] of cluster.members) {
    for (let conn = 0; conn < 3 + sid; conn += 1) {
      const session = `0x${sid}000004f1a3000${conn}`
      cluster.event({
        type: 'connected',
        t: now,
        sid,
        conn,
        address: `10.0.0.${conn + 4}:51${820 + conn}`,
        session,
        timeoutMs: 30_000,
      })
    }
  }
  for (let t = now - 290_000; t < now; t += 1000) {
    const at = Math.round((t - (now - 290_000)) / 1000)
    if (at === 90) cluster.process(t, 1, 'killed', 'SIGKILL')
    if (at === 112) cluster.process(t, 1, 'starting', 'asked for')
    if (at === 113) {
      cluster.process(t, 1, 'running', '')
      cluster.serve(t + 200, 1)
    }
    if (at === 190) cluster.process(t, 2, 'killed', 'SIGKILL')
    if (at === 191) cluster.elect(t, 3)
    if (at === 215) {
      cluster.process(t, 2, 'starting', 'asked for')
      cluster.process(t, 2, 'running', '')
      cluster.serve(t + 300, 2)
    }
    for (let i = 0; i < rate(t); i += 1) write(cluster, t + cluster.random() * 1000)
    cluster.stats(t)
    if (at === 240 || at === 262) watchStory(cluster, t)
  }
  if (story === 'killed' || story === 'election') cluster.process(now - 1500, cluster.leader, 'killed', 'SIGKILL')
  if (story === 'killed') cluster.elect(now - 1200, 1)
  if (story === 'election') cluster.elect(now - 1200, null)
}

/** The fields of those requests that are answered with something. */
interface Asked {
  readonly target?: unknown
  readonly on?: boolean
  readonly id?: string
  readonly path?: string
  readonly offset?: number
  readonly from?: string
  readonly places?: readonly string[]
  readonly sid?: number
}

export function createMockFeed(story: string): Feed {
  let sink: FeedSink | null = null
  const timers: ReturnType<typeof setInterval>[] = []
  const now = Date.now()
  const cluster = new MockCluster(story === 'five' ? 5 : 3, now - 300_000)
  tellPast(cluster, story, now)
  const collected: GatewayEvent[] = []

  function live(to: FeedSink): void {
    to.about(ABOUT)
    to.clusters(CLUSTERS)
    to.snapshot(story === 'empty' ? emptyClusterView() : structuredClone(cluster.view))
    to.status({ type: 'live' })
    to.lockDirectories(story === 'empty' ? [] : DIRECTORIES)
    if (story === 'empty' || story === 'election') return
    cluster.emit = (events) => collected.push(...events)
    timers.push(
      setInterval(() => {
        if (cluster.random() < 0.8) write(cluster, Date.now() - 4)
        to.events(collected.splice(0))
      }, 100),
      setInterval(() => cluster.stats(Date.now()), 1000),
      setInterval(() => {
        touch('/app/config')
        to.treeChanged({ path: '/app/config', event: 'data' })
      }, 3000),
    )
  }

  function answer(name: AskName, request: Asked): unknown {
    const path = request.path ?? '/'
    const t = Date.now()
    const found = <T>(value: T | null) =>
      value === null ? failed('NONODE', `There is no znode ${path} now.`) : { ok: true, value }
    switch (name) {
      case 'tree:list':
        return found(list(path, request))
      case 'node:get':
        return found(detail(path))
      case 'locks:list':
        return { ok: true, value: DIRECTORIES }
      case 'locks:open':
        return found(lockOf(path))
      case 'member:kill':
        cluster.process(t, request.sid ?? 0, 'killed', 'SIGKILL')
        if (request.sid === cluster.leader) cluster.elect(t + 300, cluster.alive()[0] ?? null)
        return { ok: true, value: null }
      case 'member:start':
        cluster.process(t, request.sid ?? 0, 'starting', 'asked for')
        cluster.process(t + 100, request.sid ?? 0, 'running', '')
        cluster.serve(t + 300, request.sid ?? 0)
        return { ok: true, value: null }
      case 'member:pause':
      case 'member:resume':
        cluster.process(t, request.sid ?? 0, name === 'member:pause' ? 'paused' : 'running', 'asked for')
        return { ok: true, value: null }
      case 'scenario:list':
      case 'workload:list':
        return { ok: true, value: [] }
      case 'fault:list':
        return { ok: true, value: { catalogue: FAULT_CATALOGUE, active: [] } }
      case 'member:stop':
        return failed('BUSY', 'Member is still starting. Wait until it serves, then stop it.')
      case 'history:range':
      case 'history:export':
        return failed('UNAVAILABLE', 'A made-up cluster keeps no past.')
      default:
        return { ok: true, value: null }
    }
  }

  return {
    start(to) {
      sink = to
      to.status({ type: 'connecting' })
      if (story === 'slow') return
      if (story === 'refused') to.status({ type: 'refused', why: 'token', detail: 'wrong access token' })
      else live(to)
      if (story === 'lost') {
        for (const timer of timers) clearInterval(timer)
        to.status({ type: 'lost', since: Date.now() - 12_000, retryAt: Date.now() + 8000, attempt: 4 })
      }
    },
    retryNow() {
      if (sink) live(sink)
    },
    lookAt() {
      // There is one story only.
    },
    stop() {
      for (const timer of timers) clearInterval(timer)
    },
    ask<K extends AskName>(name: K, request: AskRequest<K>): Promise<AskAnswer<K>> {
      return Promise.resolve(answer(name, request as Asked) as AskAnswer<K>)
    },
  }
}
