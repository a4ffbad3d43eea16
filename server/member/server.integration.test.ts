// Real servers of this process, on real sockets and disks: alone, and three together.

import { mkdtempSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ClusterEvent, StreamHello } from '#shared/events/cluster-event.ts'
import { decodeFrame } from '#shared/events/wire/decode.ts'
import { OPEN_ACL } from '#shared/zk/acl.ts'
import { freePort } from '../testing/free-port.ts'
import type { MemberConfig } from './config/config.ts'
import { silentLogger } from './logging.ts'
import { type RunningServer, startServer } from './server.ts'
import { type RawClient, rawClient } from './testing/raw-client.ts'
import { testConfig } from './testing/test-config.ts'

const SECRET = Buffer.alloc(32, 7)
const create = (path: string, flags = 0) =>
  ({ type: 'create', path, data: Buffer.from('data'), acl: OPEN_ACL, flags }) as const

const running = new Map<number, RunningServer>()
const clients: RawClient[] = []
const dirs: string[] = []

afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.destroy()
  await Promise.all([...running.values()].map((server) => server.stop()))
  running.clear()
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true })
})

function dataDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'member-'))
  dirs.push(dir)
  return dir
}

async function start(config: MemberConfig): Promise<RunningServer> {
  const server = await startServer({
    config,
    secret: SECRET,
    log: silentLogger(),
    onFatal: (what, error) => {
      throw new Error(`${what}: ${error}`)
    },
  })
  running.set(config.sid, server)
  return server
}

async function stop(sid: number): Promise<void> {
  await running.get(sid)?.stop()
  running.delete(sid)
}

function portOf(sid: number): number {
  return running.get(sid)?.ports.clientPort ?? 0
}

/** A client of server `sid` with a session; tries again until it is served. */
async function session(sid: number): Promise<RawClient> {
  return vi.waitFor(
    async () => {
      const client = rawClient(portOf(sid))
      clients.push(client)
      client.connect()
      await vi.waitFor(() => expect(client.frames().length === 1 || client.closed()).toBe(true))
      expect(client.connectResponse().timeoutMs).toBe(10_000)
      return client
    },
    { timeout: 10_000, interval: 20 },
  )
}

async function answered(client: RawClient, count: number): Promise<[number, number][]> {
  await vi.waitFor(() => expect(client.replies().length).toBeGreaterThanOrEqual(count), { timeout: 10_000 })
  return client.replies()
}

async function ask(sid: number, word: string): Promise<string> {
  const client = rawClient(portOf(sid))
  clients.push(client)
  client.socket.write(word)
  await vi.waitFor(() => expect(client.closed()).toBe(true))
  return client.received().toString()
}

async function ensemble(): Promise<MemberConfig[]> {
  const sids = [1, 2, 3]
  const lines: string[] = []
  for (const sid of sids) lines.push(`server.${sid}=127.0.0.1:${await freePort()}:${await freePort()}`)
  const configs: MemberConfig[] = []
  for (const sid of sids) {
    const own = [`dataDir=${dataDir()}`, `clientPort=${await freePort()}`, 'clientPortAddress=127.0.0.1']
    const stream = ['zabscope.eventPort=0', 'zabscope.secretFile=/unused', '4lw.commands.whitelist=*']
    const limits = ['tickTime=1000', 'initLimit=10', 'syncLimit=5', 'preAllocSize=64', 'commitLogCount=10']
    configs.push(testConfig([...own, ...stream, ...limits, ...lines], String(sid)))
  }
  return configs
}

interface Watching {
  readonly events: ClusterEvent[]
  hello(): StreamHello | null
}

function observe(sid: number): Watching {
  const socket = createConnection(running.get(sid)?.ports.eventPort ?? 0, '127.0.0.1')
  clients.push({ ...rawClient(portOf(sid)), socket })
  const events: ClusterEvent[] = []
  let hello: StreamHello | null = null
  let bytes = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk])
    while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE(0)) {
      const end = 4 + bytes.readUInt32BE(0)
      const frame = bytes.subarray(4, end)
      if (hello) events.push(...decodeFrame(frame))
      else hello = JSON.parse(frame.toString())
      bytes = bytes.subarray(end)
    }
  })
  socket.write(`${SECRET.toString('hex')}\n`)
  return { events, hello: () => hello }
}

describe('a server alone', () => {
  test('serves, and has everything again after a restart', async () => {
    const config = testConfig([
      `dataDir=${dataDir()}`,
      'clientPort=0',
      'clientPortAddress=127.0.0.1',
      'preAllocSize=64',
    ])
    await start(config)
    const first = await session(1)
    first.request(1, create('/kept'))
    first.request(2, create('/kept'))
    first.request(3, { type: 'getData', path: '/kept', watch: false })
    expect(await answered(first, 3)).toEqual([
      [1, 0],
      [2, -110],
      [3, 0],
    ])
    expect(await ask(1, 'srvr')).toContain('Mode: standalone\n')
    await stop(1)
    expect(first.closed()).toBe(true)
    await start(config)
    const second = await session(1)
    second.request(1, create('/kept'))
    second.request(2, { type: 'closeSession' })
    expect(await answered(second, 2)).toEqual([
      [1, -110],
      [2, 0],
    ])
    await vi.waitFor(() => expect(second.closed()).toBe(true))
  })

  test('a port that is taken, or a directory in use, is a sentence', async () => {
    const dir = dataDir()
    const server = await start(testConfig([`dataDir=${dir}`, 'clientPort=0', 'clientPortAddress=127.0.0.1']))
    const taken = [`dataDir=${dataDir()}`, `clientPort=${server.ports.clientPort}`, 'clientPortAddress=127.0.0.1']
    await expect(start(testConfig(taken))).rejects.toThrow('the client port is taken')
    await expect(start(testConfig([`dataDir=${dir}`, 'clientPort=0']))).rejects.toThrow(dir)
  })
})

describe('three servers', () => {
  test('elect, replicate, tell observers what each did, and go on without their leader', async () => {
    const configs = await ensemble()
    await Promise.all(configs.map(start))
    const writer = await session(1)
    const modes = await Promise.all([1, 2, 3].map((sid) => ask(sid, 'srvr')))
    const leader = modes.findIndex((text) => text.includes('Mode: leader')) + 1
    expect(leader).toBeGreaterThan(0)
    const follower = [1, 2, 3].find((sid) => sid !== leader) ?? 0

    const [atLeader, atFollower] = [observe(leader), observe(follower)]
    await vi.waitFor(() => expect(atLeader.hello() && atFollower.hello()).not.toBeNull())
    expect(atLeader.hello()).toMatchObject({ sid: leader, phase: 'BROADCAST', stats: { state: 'LEADING', leader } })
    const watcher = await session(follower)
    watcher.request(1, { type: 'exists', path: '/seen', watch: true })
    await answered(watcher, 1)
    writer.request(1, create('/seen'))
    expect(await answered(writer, 1)).toEqual([[1, 0]])
    await answered(watcher, 2)

    const of = (watching: Watching, type: ClusterEvent['type']) => watching.events.filter((e) => e.type === type)
    await vi.waitFor(() => expect(of(atFollower, 'watchDelivered')).toHaveLength(1))
    const proposed = of(atLeader, 'proposed').find((e) => e.type === 'proposed' && e.txn.path === '/seen')
    const zxid = proposed?.type === 'proposed' ? proposed.txn.zxid : ''
    expect(of(atFollower, 'watchSet')).toMatchObject([{ path: '/seen', kind: 'exists' }])
    expect(of(atFollower, 'watchTriggered')).toMatchObject([{ path: '/seen', event: 'nodeCreated', zxid }])
    const stagesOf = (watching: Watching) =>
      watching.events.filter((e) => e.type === 'mark' && e.zxid === zxid).map((e) => (e.type === 'mark' ? e.stage : ''))
    // A commit may well come before the own disk is done: what is said is fixed, not its order.
    await vi.waitFor(() => {
      expect(stagesOf(atLeader).sort()).toEqual(['acked', 'applied', 'committed', 'logged'])
      expect(stagesOf(atFollower).sort()).toEqual(['acked', 'applied', 'committed', 'logged', 'received'])
    })
    expect(of(atLeader, 'quorum')).toContainEqual(expect.objectContaining({ zxid, by: expect.any(Number) }))

    // How they elected, from before anybody watched.
    const recent = atFollower.hello()?.recent ?? []
    expect(recent).toContainEqual(expect.objectContaining({ type: 'voteChange', why: 'start', from: null }))
    const elected = expect.objectContaining({ type: 'elected', leader, votes: expect.arrayContaining([leader]) })
    expect(recent).toContainEqual(elected)
    // What is counted comes once a second, and is exact.
    await vi.waitFor(() => {
      const last = of(atLeader, 'counts').at(-1)
      expect(last).toMatchObject({ counts: { creates: 1, proposed: last?.type === 'counts' && last.counts.applied } })
    }, 5000)
    expect(of(atLeader, 'session')).toContainEqual(expect.objectContaining({ change: 'created', timeoutMs: 10_000 }))
    expect(of(atLeader, 'flush').length).toBeGreaterThan(0)
    expect(of(atLeader, 'linkTraffic')).toContainEqual(expect.objectContaining({ peer: follower }))
    const sampled = [...of(atLeader, 'request'), ...of(atFollower, 'request')]
    expect(sampled).toContainEqual(expect.objectContaining({ op: 'create', path: '/seen', zxid, error: null }))

    await stop(leader)
    const again = await session(follower)
    again.request(1, create('/after'))
    expect(await answered(again, 1)).toEqual([[1, 0]])
    expect(of(atFollower, 'known').map((e) => e.type === 'known' && e.txn.path)).toContain('/seen')
    // More than commitLogCount keeps, so that the one that comes back needs a snapshot … or the log it has.
    for (let xid = 2; xid <= 40; xid += 1) again.request(xid, create(`/after/n${xid}`))
    await answered(again, 40)
    const config = configs[leader - 1]
    if (config) await start(config)
    const back = await session(leader)
    back.request(1, { type: 'sync', path: '/' })
    back.request(2, { type: 'exists', path: '/after/n40', watch: false })
    expect(await answered(back, 2)).toEqual([
      [1, 0],
      [2, 0],
    ])
  })

  test('one whose disk was lost is brought up to date by a snapshot', async () => {
    const configs = await ensemble()
    await Promise.all(configs.slice(1).map(start))
    const writer = await session(3)
    for (let xid = 1; xid <= 700; xid += 1) writer.request(xid, create(`/n${xid}`))
    await answered(writer, 700)
    const leader = observe((await ask(3, 'srvr')).includes('Mode: leader') ? 3 : 2)
    await vi.waitFor(() => expect(leader.hello()).not.toBeNull())
    if (configs[0]) await start(configs[0])
    const late = await session(1)
    await vi.waitFor(() => expect(leader.events).toContainEqual(expect.objectContaining({ learner: 1, how: 'SNAP' })))
    const synced = expect.objectContaining({ type: 'synced', learner: 1, how: 'SNAP', had: '0x0' })
    await vi.waitFor(() => expect(leader.events).toContainEqual(synced))
    const sent = leader.events.flatMap((e) => (e.type === 'handshake' && e.to === 1 ? [e.packet] : []))
    expect(sent).toEqual(expect.arrayContaining(['SNAP', 'NEWLEADER']))
    expect(leader.events).toContainEqual(expect.objectContaining({ type: 'link', up: true }))
    late.request(1, { type: 'getAllChildrenNumber', path: '/' })
    late.request(2, { type: 'exists', path: '/n700', watch: false })
    expect(await answered(late, 2)).toEqual([
      [1, 0],
      [2, 0],
    ])
    late.request(3, create('/n1/child'))
    expect((await answered(late, 3)).at(-1)).toEqual([3, 0])
  })
})
