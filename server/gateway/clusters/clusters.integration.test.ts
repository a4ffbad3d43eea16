// Two clusters behind one gateway: the ensemble that it started, and one that somebody else runs, attached and let go while
// pages look at either.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { io, type Socket } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { CLUSTERS_MAX, type ClusterList, type ClusterSummary } from '#shared/events/cluster-list.ts'
import type { Welcome } from '#shared/events/socket-protocol.ts'
import { ZooKeeper } from '../../client/zookeeper.ts'
import { Ensemble } from '../../ensemble/ensemble.ts'
import { Ensemble as Outside } from '../../peers/harness/ensemble.ts'
import { apacheMissing } from '../../peers/harness/member-process.ts'
import { builtScript } from '../../testing/built.ts'
import { type Gateway, startGateway } from '../gateway.ts'

const WAIT = { timeout: 30_000, interval: 20 }
const log = pino({ level: 'silent' })
const missing = apacheMissing()
if (missing) console.warn(`The second cluster is one of ours, not Apache's: ${missing}`)

let dataDir = ''
let ensemble: Ensemble
let outside: Outside
let gateway: Gateway
let here: ZooKeeper
let there: ZooKeeper
const pages: Socket[] = []

beforeAll(async () => {
  if (!existsSync(builtScript('member'))) throw new Error('Build the members first: npm run build')
  dataDir = mkdtempSync(join(tmpdir(), 'zabscope-clusters-'))
  const memberEntry = builtScript('member')
  const config = { '4lw.commands.whitelist': 'srvr,mntr,cons,conf' }
  outside = await Outside.start({ kinds: [missing ? 'ours' : 'apache'], memberEntry, config })
  ensemble = await Ensemble.open({ dataDir, members: 1, clientPort: null, memberEntry })
  gateway = await open()
  ensemble.startAll()
  await ensemble.whenRunning()
  await outside.whenServing()
  here = await ZooKeeper.connect({ servers: ensemble.connectString })
  there = await ZooKeeper.connect({ servers: outside.connectString })
  await here.create('/here', 'a')
  await there.create('/there', 'b')
})

afterAll(async () => {
  for (const page of pages) page.disconnect()
  await here?.close()
  await there?.close()
  await gateway?.close()
  await ensemble?.close()
  await outside?.close()
  rmSync(dataDir, { recursive: true, force: true })
})

function open(): Promise<Gateway> {
  return startGateway({ ensemble, port: 0, webDir: dataDir, version: 'test', log })
}

async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }> {
  const response = await fetch(`http://127.0.0.1:${gateway.port}/api/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${gateway.token}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, json: text === '' ? null : JSON.parse(text) }
}

async function list(): Promise<readonly ClusterSummary[]> {
  return ((await ask('GET', '/clusters')).json as ClusterList).clusters
}

async function openPage(): Promise<Socket> {
  const base = `http://127.0.0.1:${gateway.port}`
  const page = io(base, {
    transports: ['websocket'],
    auth: { token: gateway.token },
    extraHeaders: { Origin: base },
    forceNew: true,
  })
  pages.push(page)
  await new Promise<void>((resolve) => page.on('connect', resolve))
  return page
}

async function hello(page: Socket, more: object = {}): Promise<Exclude<Welcome, { type: 'refused' }>> {
  const welcome = (await page.emitWithAck('hello', { version: 1, lastSeq: null, ...more })) as Welcome
  if (welcome.type === 'refused') throw new Error(welcome.reason)
  return welcome
}

/** Names of the children of `/`, without ZooKeeper's own. */
async function root(page: Socket): Promise<readonly string[]> {
  const answer = await page.emitWithAck('tree:list', { path: '/', offset: 0, watch: true })
  return answer.value.children.map(({ name }: { name: string }) => name).filter((name: string) => name !== 'zookeeper')
}

describe('a second cluster', () => {
  test('is attached by an admin, seen in the list, and audited without its credentials', async () => {
    expect((await list()).map(({ id, first, kind }) => [id, first, kind])).toEqual([['embedded', true, 'embedded']])
    const auth = [{ scheme: 'digest', auth: 'ada:canary-secret' }]
    const attached = await ask('POST', '/clusters', { connectString: outside.connectString, name: 'Staging EU', auth })
    expect(attached).toMatchObject({
      status: 200,
      json: { id: 'staging-eu', kind: 'attached', name: 'Staging EU', readOnly: true, first: false, kept: false },
    })
    await vi.waitFor(async () => expect((await list())[1]).toMatchObject({ serving: 1, members: 1 }), WAIT)
    const audit = readFileSync(join(dataDir, 'audit.log'), 'utf8')
    expect(audit).toContain('"action":"cluster:attach"')
    expect(audit).toContain('"attached":"staging-eu"')
    expect(audit).not.toContain('canary')
  })

  test('REST asks about either, by ?cluster=, and the first without it', async () => {
    const names = async (query: string) => JSON.stringify((await ask('GET', `/tree/children?path=/${query}`)).json)
    await vi.waitFor(async () => expect(await names('&cluster=staging-eu')).toContain('"there"'), WAIT)
    expect(await names('')).toContain('"here"')
    expect(await names('')).not.toContain('"there"')
    expect(await names('&cluster=nowhere')).toContain('NO_SUCH_CLUSTER')
    // Read-only there, and not here.
    const node = { path: '/new', dataBase64: null, mode: 'persistent' }
    expect((await ask('POST', '/node?cluster=staging-eu', node)).json).toMatchObject({ code: 'READ_ONLY' })
    expect((await ask('POST', '/node', node)).json).toMatchObject({ path: '/new' })
    expect((await ask('POST', '/members/1/kill?cluster=staging-eu')).json).toMatchObject({ code: 'NOT_OURS' })
    expect(readFileSync(join(dataDir, 'audit.log'), 'utf8')).toContain('"cluster":"staging-eu"')
  })

  test('a page turns to it and back: snapshot, tree and watches are those of what it looks at', async () => {
    const page = await openPage()
    const changed: string[] = []
    page.on('tree:changed', ({ path }) => changed.push(path))
    const first = await hello(page)
    expect(first.about.cluster).toEqual({ id: 'embedded', kind: 'embedded' })
    expect(first.clusters.map(({ id }) => id)).toEqual(['embedded', 'staging-eu'])
    expect(await root(page)).toContain('here')

    const second = await hello(page, { cluster: 'staging-eu', lastSeq: 1, history: first.history })
    expect(second.type).toBe('snapshot') // numbers of another cluster's history are nothing here
    expect(second.about).toMatchObject({ cluster: { id: 'staging-eu' }, attached: { readOnly: true } })
    expect(second.history).not.toBe(first.history)
    expect(await root(page)).toEqual(['there'])
    changed.length = 0
    await here.create('/here/unseen', '')
    await here.create('/unseen', '')
    await there.create('/there-2', '')
    await vi.waitFor(() => expect(changed).toEqual(['/']), WAIT)
    await vi.waitFor(async () => expect(await root(page)).toEqual(['there', 'there-2']), WAIT)

    // Who reconnects gets what was missed of the same cluster.
    const again = await openPage()
    const seq = second.type === 'snapshot' ? second.seq : 0
    const resumed = await hello(again, { cluster: 'staging-eu', lastSeq: seq, history: second.history })
    expect([resumed.type, resumed.about.cluster.id]).toEqual(['resume', 'staging-eu'])

    const resync = new Promise((resolve) => page.once('resync', resolve))
    expect(await page.emitWithAck('cluster:select', { cluster: 'embedded' })).toEqual({ ok: true, value: null })
    await resync
    const back = await hello(page, { lastSeq: 1 })
    expect([back.type, back.about.cluster.id]).toEqual(['snapshot', 'embedded'])
    expect(await root(page)).toEqual(expect.arrayContaining(['here', 'unseen']))
  })

  test('is let go: pages that looked at it are shown the first one, and its session ends', async () => {
    const page = await openPage()
    await hello(page, { cluster: 'staging-eu' })
    const told: string[][] = []
    page.on('clusters', (clusters: readonly ClusterSummary[]) => told.push(clusters.map(({ id }) => id)))
    const resync = new Promise((resolve) => page.once('resync', resolve))
    expect((await ask('DELETE', '/clusters/staging-eu')).status).toBe(204)
    await resync
    expect((await hello(page, { cluster: 'staging-eu' })).about.cluster.id).toBe('embedded')
    expect(told.at(-1)).toEqual(['embedded'])
    expect((await ask('GET', '/sessions?cluster=staging-eu')).status).toBe(404)
    expect((await ask('DELETE', '/clusters/embedded')).json).toMatchObject({ code: 'WRONG_STATE' })
  })

  test('what may not be attached, and how many', async () => {
    const attach = (more: object) => ask('POST', '/clusters', { connectString: outside.connectString, ...more })
    expect((await attach({ connectString: '169.254.169.254:2181' })).json).toMatchObject({ code: 'TARGET' })
    expect((await attach({ connectString: '127.0.0.1:2181,zk.example.org:2181' })).json).toMatchObject({
      code: 'TARGET',
    })
    expect((await attach({ tls: { ca: '/etc/passwd' } })).json).toMatchObject({ code: 'MALFORMED' })
    const auth = [{ scheme: 'digest', auth: 'ada:secret' }]
    expect((await attach({ keep: true, auth })).json).toMatchObject({ code: 'WRONG_STATE' })
    const answers: unknown[] = []
    while ((await list()).length < CLUSTERS_MAX && answers.length < CLUSTERS_MAX) answers.push((await attach({})).json)
    expect((await attach({})).json).toMatchObject({ code: expect.stringMatching(/LIMIT|RATE/) })
    for (const { id, first } of await list()) if (!first) await ask('DELETE', `/clusters/${id}`)
  })

  test('comes back with the gateway when it was to be kept, read-only', async () => {
    await gateway.close()
    gateway = await open()
    const kept = { connectString: outside.connectString, name: 'kept', keep: true, allowWrites: true }
    expect((await ask('POST', '/clusters', kept)).json).toMatchObject({ id: 'kept', kept: true, readOnly: false })
    await gateway.close()
    gateway = await open()
    await vi.waitFor(
      async () => expect(await list()).toMatchObject([{}, { id: 'kept', kept: true, readOnly: true, serving: 1 }]),
      WAIT,
    )
    await ask('DELETE', '/clusters/kept')
    expect(JSON.parse(readFileSync(join(dataDir, 'clusters.json'), 'utf8'))).toEqual([])
  })
})
