// What operators see of an ensemble of three, an observer among them: every figure is the one that is true.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { OPEN_ACL } from '#shared/zk/acl.ts'
import { loadSnapshot } from '../storage/snapshot-file.ts'
import { freePort } from '../testing/free-port.ts'
import { digestOf } from './auth/authenticator.ts'
import { type MemberLogger, silentLogger } from './logging.ts'
import { type RunningServer, startServer } from './server.ts'
import { type RawClient, rawClient } from './testing/raw-client.ts'
import { testConfig } from './testing/test-config.ts'

const PROMETHEUS = 'metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider'
const OPERATED = ['admin.enableServer=true', 'admin.serverPort=0', PROMETHEUS, 'metricsProvider.httpPort=0']
const WAIT = { timeout: 20_000, interval: 20 }

const running: RunningServer[] = []
const clients: RawClient[] = []
const dirs: string[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.destroy()
  await Promise.all(running.splice(0).map((server) => server.stop()))
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true })
})

async function start(
  lines: readonly string[],
  myid: number,
  log: MemberLogger = silentLogger(),
): Promise<RunningServer> {
  const dir = mkdtempSync(join(tmpdir(), 'operated-'))
  dirs.push(dir)
  const server = await startServer({
    config: testConfig([`dataDir=${dir}`, ...lines], String(myid)),
    secret: null,
    log,
    onFatal: (what, error) => {
      throw new Error(`${what}: ${error}`)
    },
  })
  running.push(server)
  return server
}

async function command(server: RunningServer, name: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`http://127.0.0.1:${server.ports.adminPort}/commands/${name}`)
  return JSON.parse(await answer.text())
}

/** By name with labels. */
async function scrape(server: RunningServer): Promise<Map<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${server.ports.metricsPort}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]))
}

test('leader, follower and observer', async () => {
  const ports: number[] = []
  for (let i = 0; i < 6; i += 1) ports.push(await freePort())
  const servers = [1, 2, 3].map(
    (sid) => `server.${sid}=127.0.0.1:${ports[sid - 1]}:${ports[sid + 2]}${sid === 1 ? ':observer' : ''}`,
  )
  const common = ['tickTime=500', 'initLimit=20', 'syncLimit=10', 'clientPort=0', ...OPERATED, ...servers]
  const members = await Promise.all([1, 2, 3].map((sid) => start(common, sid)))
  await vi.waitFor(async () => {
    for (const member of members) expect((await command(member, 'zabstate')).zabstate).toBe('broadcast')
  }, WAIT)
  const infos = await Promise.all(members.map((member) => command(member, 'leader')))
  const [observer] = members
  const leader = members[infos.findIndex((info) => info.is_leader)]
  const follower = members.slice(1).find((member) => member !== leader)
  if (!observer || !leader || !follower) throw new Error('an ensemble of three has them all')
  for (const info of infos)
    expect(info).toMatchObject({ leader_id: members.indexOf(leader) + 1, leader_ip: '127.0.0.1' })

  const client = rawClient(follower.ports.clientPort)
  clients.push(client)
  client.connect()
  await vi.waitFor(() => expect(client.frames()).toHaveLength(1), WAIT)
  const writes = 40
  for (let i = 0; i < writes; i += 1)
    client.request(i + 1, { type: 'create', path: `/app/${i}`.replace('/0', ''), data: null, acl: OPEN_ACL, flags: 0 })
  client.request(writes + 1, { type: 'getData', path: '/app', watch: false })
  await vi.waitFor(() => expect(client.replies()).toHaveLength(writes + 1), WAIT)
  expect(client.replies().every(([, err]) => err === 0)).toBe(true)

  // createSession and the writes; an ACK counts when it arrives.
  const proposals = writes + 1
  const acks = `ack_latency_count{key="${members.indexOf(follower) + 1}",}`
  await vi.waitFor(async () => {
    expect((await scrape(leader)).get(acks)).toBe(proposals)
    expect((await scrape(observer)).get('propagation_latency_count')).toBe(proposals)
  }, WAIT)
  const atLeader = await scrape(leader)
  for (const [name, value] of [
    ['quorum_size', 2],
    ['learners', 2],
    ['synced_followers', 1],
    ['synced_observers', 1],
    ['proposal_count', proposals],
    ['commit_count', proposals],
    ['quorum_ack_latency_count', proposals],
    ['global_sessions', 1],
    ['election_time_count', 1],
    ['leader_unavailable_time_count', 1],
    ['diff_count', 2],
    ['dbinittime_count', 1],
  ] as const)
    expect([name, atLeader.get(name)]).toEqual([name, value])
  expect(atLeader.get('fsynctime_count')).toBeGreaterThan(0)
  expect(atLeader.get('process_resident_memory_bytes')).toBeGreaterThan(1e7)
  expect([...atLeader.keys()].some((name) => name.startsWith(`nodejs_version_info{version="${process.version}"`))).toBe(
    true,
  )

  const atFollower = await scrape(follower)
  expect(atFollower.get('learners')).toBeUndefined()
  for (const [name, value] of [
    ['learner_proposal_received_count', proposals],
    ['learner_commit_received_count', proposals],
    ['proposal_latency_count', proposals],
    ['commit_propagation_latency_count', proposals],
    ['follower_sync_time_count', 1],
    ['updatelatency_count', writes],
    ['readlatency_count', 1],
    ['connection_request_count', 1],
    ['write_per_namespace_count{key="app",}', writes],
    ['read_per_namespace_count{key="app",}', 1],
    ['packets_received', writes + 2],
  ] as const)
    expect([name, atFollower.get(name)]).toEqual([name, value])
  expect((await scrape(observer)).get('observer_sync_time_count')).toBe(1)

  const seen = await command(leader, 'observers')
  expect(seen).toMatchObject({ synced_observers: 1, observers: [{ sid: 1, requests: 0 }] })
  expect(Object.keys(await command(leader, 'voting_view').then((view) => view.current_config ?? {}))).toEqual([
    '2',
    '3',
  ])
  expect(await command(leader, 'server_stats')).toMatchObject({
    server_stats: { server_state: 'leader' },
    proposal_stats: {},
  })
  expect(await command(observer, 'monitor')).toMatchObject({
    server_state: 'observer',
    peer_state: 'observing - broadcast',
  })
})

test('an AdminServer whose port is taken is done without, and said so; a port for metrics is not', async () => {
  const other = createServer()
  const taken = await freePort()
  await new Promise<void>((resolve) => other.listen(taken, '127.0.0.1', resolve))
  const warn = vi.fn()
  const server = await start(['clientPort=0', 'admin.enableServer=true', `admin.serverPort=${taken}`], 1, {
    ...silentLogger(),
    warn,
  })
  expect(server.ports.adminPort).toBeNull()
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('no AdminServer: the AdminServer port is taken'))
  const lines = ['clientPort=0', PROMETHEUS, 'metricsProvider.httpHost=127.0.0.1', `metricsProvider.httpPort=${taken}`]
  await expect(start(lines, 1)).rejects.toThrow('the metrics port is taken')
  other.close()
})

test('a snapshot over HTTP: for the superuser, once in a while, and the file itself', async () => {
  const superDigest = digestOf(Buffer.from('super:secret'))
  const settings = ['clientPort=0', 'admin.enableServer=true', 'admin.serverPort=0', 'admin.snapshot.enabled=true']
  const server = await start([...settings, `DigestAuthenticationProvider.superDigest=${superDigest}`], 1)
  const take = (credential: string | null) =>
    fetch(`http://127.0.0.1:${server.ports.adminPort}/commands/snapshot?streaming=true`, {
      headers: credential === null ? {} : { Authorization: credential },
    })
  await vi.waitFor(async () => expect((await command(server, 'ruok')).error).toBeNull(), WAIT)
  expect((await take(null)).status).toBe(401)
  expect((await take('basic c3VwZXI6c2VjcmV0')).status).toBe(401)
  expect((await take('digest bob:secret')).status).toBe(403)
  const client = rawClient(server.ports.clientPort)
  clients.push(client)
  client.connect()
  await vi.waitFor(() => expect(client.frames()).toHaveLength(1), WAIT)
  client.request(1, { type: 'create', path: '/kept', data: Buffer.alloc(100_000, 'x'), acl: OPEN_ACL, flags: 0 })
  await vi.waitFor(() => expect(client.replies()).toEqual([[1, 0]]), WAIT)

  const answer = await take('digest super:secret')
  const bytes = Buffer.from(await answer.arrayBuffer())
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/octet-stream'])
  expect(answer.headers.get('snapshot_size')).toBe(String(bytes.length))
  const path = join(dirs.at(-1) ?? '', 'taken')
  writeFileSync(path, bytes)
  const { tree } = await loadSnapshot(path)
  expect(tree.nodes.get('/kept')?.dataLength).toBe(100_000)
  expect(answer.headers.get('last_zxid')).toBe('0x100000002')
  expect((await take('digest super:secret')).status).toBe(429)
  expect(await (await fetch(`http://127.0.0.1:${server.ports.adminPort}/commands`)).text()).toContain('>snapshot</a>')
})
