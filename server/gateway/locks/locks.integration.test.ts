// Locks of a real ensemble as a page sees them: our own recipes and kazoo's, from the first holder to an expiry.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { io, type Socket } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { LockGraph } from '#shared/events/lock-requests.ts'
import type { Answer, LockDirectory, LockView } from '#shared/events/socket-protocol.ts'
import { inEnglish } from '#shared/recipes/explain/sentence.ts'
import { formatSessionId } from '#shared/zk/ids.ts'
import { formatZxid } from '#shared/zk/zxid.ts'
import { acquireLock } from '../../client/recipes/lock.ts'
import { ZooKeeper } from '../../client/zookeeper.ts'
import { Ensemble } from '../../ensemble/ensemble.ts'
import { type Gateway, startGateway } from '../gateway.ts'

const memberEntry = fileURLToPath(new URL('../../../dist/server/member.js', import.meta.url))
const WAIT = { timeout: 30_000, interval: 20 }
const python = ['python3', '/usr/bin/python3'].find((path) => spawnSync(path, ['-c', 'import kazoo']).status === 0)
if (!python) console.log('skipped: kazoo; apt-get install python3-kazoo')

let dataDir = ''
let ensemble: Ensemble
let gateway: Gateway
let page: Socket
const clients: ZooKeeper[] = []
/** The newest that the page was told, by path. */
const told = new Map<string, LockView>()

beforeAll(async () => {
  if (!existsSync(memberEntry)) throw new Error('Build the members first: npm run build:server')
  dataDir = mkdtempSync(join(tmpdir(), 'zabscope-locks-'))
  ensemble = await Ensemble.open({ dataDir, members: 3, clientPort: null, memberEntry })
  gateway = await startGateway({ ensemble, port: 0, webDir: dataDir, version: 'test', log: pino({ level: 'silent' }) })
  ensemble.startAll()
  await ensemble.whenRunning()
  const base = `http://127.0.0.1:${gateway.port}`
  page = io(base, { transports: ['websocket'], auth: { token: gateway.token }, extraHeaders: { Origin: base } })
  page.on('locks:changed', (view: LockView) => told.set(view.path, view))
  await new Promise<void>((resolve) => page.on('connect', resolve))
})

afterAll(async () => {
  await Promise.allSettled(clients.map((zk) => zk.close()))
  page?.disconnect()
  await gateway?.close()
  await ensemble?.close()
  rmSync(dataDir, { recursive: true, force: true })
})

async function connect(): Promise<ZooKeeper> {
  const zk = await ZooKeeper.connect({ servers: ensemble.connectString })
  clients.push(zk)
  return zk
}

async function ask<T>(name: string, request: object): Promise<T> {
  const answer = (await page.emitWithAck(name, request)) as Answer<T>
  if (!answer.ok) throw new Error(answer.message)
  return answer.value
}

async function open(path: string): Promise<LockView> {
  const view = await ask<LockView>('locks:open', { path })
  told.set(path, view)
  return view
}

const standings = (path: string) => told.get(path)?.detail?.standings ?? []
const verdicts = (path: string) => standings(path).map(({ verdict }) => verdict)
const ended = (path: string) => told.get(path)?.detail?.history.ended ?? []

test('our lock: who holds, who sleeps on whom, why, and how each ended', async () => {
  const dir = '/app/ours'
  const [a, b, c] = [await connect(), await connect(), await connect()]
  const first = await acquireLock(a, dir)
  const second = acquireLock(b, dir)
  await vi.waitFor(async () => expect((await a.exists(dir))?.numChildren).toBe(2), WAIT)
  const giveUp = new AbortController()
  const third = acquireLock(c, dir, { signal: giveUp.signal })
  await vi.waitFor(async () => expect((await a.exists(dir))?.numChildren).toBe(3), WAIT)

  const opened = await open(dir)
  expect(opened).toMatchObject({ recipe: 'lock', detail: { family: 'curator', confidence: 'likely', lints: [] } })
  expect(opened.detail?.counters).toEqual({ creates: 3, deletes: 0 })
  expect(standings(dir)[0]).toMatchObject({ state: 'granted', token: formatZxid(first.fencingToken) })
  await vi.waitFor(() => expect(verdicts(dir)).toEqual(['awake', 'agrees', 'agrees']), WAIT)
  const why = standings(dir).map((standing) => inEnglish(standing.why))
  expect(why[2]).toContain(`Session ${formatSessionId(c.sessionId)} waits for session ${formatSessionId(a.sessionId)}`)
  expect(why[2]).toContain('1 other goes first')

  giveUp.abort(new Error('no patience'))
  await expect(third).rejects.toThrow('no patience')
  await first.release()
  const held = await second
  await vi.waitFor(() => expect(ended(dir).map(({ endedBy }) => endedBy)).toEqual(['cancel', 'delete']), WAIT)
  await held.release()
  await vi.waitFor(() => expect(ended(dir)).toHaveLength(3), WAIT)
  const history = told.get(dir)?.detail?.history
  expect(history).toMatchObject({ overtakes: 0, tokenViolations: 0, abandoned: { count: 1 } })
  expect(ended(dir)[2]).toMatchObject({ session: formatSessionId(b.sessionId), endedBy: 'delete' })
  expect(ended(dir)[2]?.grantedMs).toBeGreaterThanOrEqual(ended(dir)[1]?.endedMs ?? Number.POSITIVE_INFINITY)
})

test('one close frees whatever the session had', async () => {
  const dir = '/app/ends'
  const [a, b] = [await connect(), await connect()]
  await acquireLock(a, dir)
  const second = acquireLock(b, dir)
  await vi.waitFor(async () => expect((await b.exists(dir))?.numChildren).toBe(2), WAIT)
  await open(dir)
  await a.close()
  await second
  await vi.waitFor(() => expect(ended(dir).map(({ endedBy }) => endedBy)).toEqual(['close']), WAIT)
})

test('two locks taken in opposite order are a possible deadlock, in the list and the graph', async () => {
  const [a, b] = [await connect(), await connect()]
  await acquireLock(a, '/app/left')
  await acquireLock(b, '/app/right')
  const stop = new AbortController()
  const waits = [
    acquireLock(a, '/app/right', { signal: stop.signal }),
    acquireLock(b, '/app/left', { signal: stop.signal }),
  ]
  const sessions = [a, b].map((zk) => formatSessionId(zk.sessionId)).sort()
  await vi.waitFor(async () => {
    const { cycles } = await ask<LockGraph>('locks:graph', {})
    expect(cycles.map((cycle) => [[...cycle.sessions].sort(), cycle.verdict])).toEqual([[sessions, 'possible']])
  }, WAIT)
  const rows = await ask<readonly LockDirectory[]>('locks:list', {})
  expect(rows.find(({ path }) => path === '/app/left')?.contention).toMatchObject({ waiters: 1, holders: 1 })
  stop.abort(new Error('enough'))
  await Promise.allSettled(waits)
})

test('an orphan at the head of a line is found in two looks, and what a person says wins', async () => {
  const dir = '/app/orphan'
  const zk = await connect()
  await zk.create('/app/orphan')
  for (let i = 0; i < 3; i += 1) await zk.create(`${dir}/n_`, '', { mode: 'ephemeralSequential' })
  await open(dir)
  await vi.waitFor(() => expect(verdicts(dir)).toEqual(['awake', 'orphan', 'orphan']), WAIT)
  expect(told.get(dir)?.detail?.lints.map(({ name }) => name)).toEqual(['duplicate owner', 'missing wake edge'])
  await ask('locks:override', { glob: dir, recipe: 'semaphore', permits: 2 })
  await vi.waitFor(
    () => expect(standings(dir).map(({ state }) => state)).toEqual(['granted', 'granted', 'waiting']),
    WAIT,
  )
  expect(told.get(dir)?.detail).toMatchObject({ confidence: 'certain', permits: { count: 2, basis: 'person' } })
  expect(await ask('locks:override', { glob: dir, recipe: null, permits: null })).toEqual([])
})

describe.skipIf(!python)('kazoo', () => {
  test('its lock and its semaphore, read as what they are, until the process is killed', async () => {
    const program = `
import sys, threading
from kazoo.client import KazooClient
zks = [KazooClient(hosts=sys.argv[1], timeout=4.0) for _ in range(3)]
for zk in zks: zk.start()
zks[0].Lock('/kz/lock', 'zero').acquire()
threading.Thread(target=lambda: zks[1].Lock('/kz/lock', 'one').acquire(), daemon=True).start()
for zk in zks[:2]: zk.Semaphore('/kz/sem', 'x', max_leases=2).acquire()
threading.Thread(target=lambda: zks[2].Semaphore('/kz/sem', 'y', max_leases=2).acquire(), daemon=True).start()
print('ready', flush=True)
sys.stdin.read()
`
    const child = spawn(python ?? 'python3', ['-c', program, ensemble.connectString], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    try {
      await new Promise<void>((resolve, reject) => {
        child.stdout.once('data', () => resolve())
        child.once('exit', (code) => reject(new Error(`kazoo's program ended with ${code}`)))
      })
      await open('/kz/lock')
      await open('/kz/sem')
      await vi.waitFor(() => expect(verdicts('/kz/lock')).toEqual(['awake', 'agrees']), WAIT)
      expect(told.get('/kz/lock')).toMatchObject({
        recipe: 'lock',
        contenders: [
          { role: 'holder', data: 'zero' },
          { role: 'waiting', data: 'one' },
        ],
        detail: { family: 'kazoo' },
      })
      await vi.waitFor(
        () => expect(standings('/kz/sem').map(({ state }) => state)).toEqual(['granted', 'granted', 'waiting']),
        WAIT,
      )
      expect(told.get('/kz/sem')).toMatchObject({
        recipe: 'semaphore',
        detail: { family: 'kazoo', confidence: 'certain', permits: { count: 2, basis: 'data' } },
      })
      const asleep = { wake: { via: 'children', paths: ['/kz/sem'] }, observed: ['/kz/sem'], verdict: 'agrees' }
      await vi.waitFor(() => expect(standings('/kz/sem')[2]).toMatchObject(asleep), WAIT)
    } finally {
      child.kill('SIGKILL')
    }
    await vi.waitFor(() => expect(ended('/kz/lock').map(({ endedBy }) => endedBy)).toEqual(['expiry', 'expiry']), WAIT)
  })
})
