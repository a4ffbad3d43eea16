// What Curator and kazoo really make, read by the gateway: each recipe of theirs as what it is, with a confidence. Which
// client sleeps on whom is compared with the members' own watch tables.

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { LockDirectory, LockView } from '#shared/events/socket-protocol.ts'
import { CURATOR, KAZOO, type OtherSide } from '../../client/recipes/testing/other-side.ts'
import { ZooKeeper } from '../../client/zookeeper.ts'
import { Ensemble } from '../../ensemble/ensemble.ts'
import { type Gateway, startGateway } from '../gateway.ts'

const memberEntry = fileURLToPath(new URL('../../../dist/server/member.js', import.meta.url))
const WAIT = { timeout: 30_000, interval: 100 }

let dataDir = ''
let ensemble: Ensemble
let gateway: Gateway

beforeAll(async () => {
  if (!existsSync(memberEntry)) throw new Error('Build the members first: npm run build:server')
  dataDir = mkdtempSync(join(tmpdir(), 'zabscope-recognition-'))
  ensemble = await Ensemble.open({ dataDir, members: 1, clientPort: null, memberEntry })
  gateway = await startGateway({ ensemble, port: 0, webDir: dataDir, version: 'test', log: pino({ level: 'silent' }) })
  ensemble.startAll()
  await ensemble.whenRunning()
})

afterAll(async () => {
  await gateway?.close()
  await ensemble?.close()
  rmSync(dataDir, { recursive: true, force: true })
})

async function get<T>(path: string): Promise<T> {
  const headers = { authorization: `Bearer ${gateway.token}` }
  const response = await fetch(`http://127.0.0.1:${gateway.port}/api/v1/${path}`, { headers })
  return (await response.json()) as T
}

const look = (path: string) => get<LockView>(`locks/queue?path=${encodeURIComponent(path)}`)

interface Expected {
  readonly recipe: string
  readonly confidence: 'certain' | 'likely' | 'guess'
  /** By state: granted, waiting, member, item. */
  readonly standings: readonly string[]
  /** What those who wait sleep on, as the members say; without it, whatever it is. */
  readonly verdicts?: readonly string[]
}

async function seen(path: string, family: string, expected: Expected): Promise<void> {
  const { recipe, confidence, standings, verdicts } = expected
  await vi.waitFor(async () => {
    const { detail, ...lock } = await look(path)
    const waiting = detail?.standings.filter(({ state }) => state === 'waiting') ?? []
    expect({
      ...{ recipe: lock.recipe, family: detail?.family, confidence: detail?.confidence },
      standings: detail?.standings.map(({ state }) => state).sort(),
      ...(verdicts ? { verdicts: waiting.map(({ verdict }) => verdict) } : {}),
    }).toEqual({ recipe, family, confidence, standings: [...standings].sort(), ...(verdicts ? { verdicts } : {}) })
  }, WAIT)
}

const TWO = ['granted', 'waiting']
const AGREES = ['agrees']

for (const library of [CURATOR, KAZOO]) {
  const missing = library.missing()
  if (missing !== null) console.log(`skipped: ${library.layout}; ${missing}`)
  const family = library.layout
  const dir = (name: string) => `/${family}-${name}`

  describe.skipIf(missing !== null)(family, () => {
    let side: OtherSide
    beforeAll(() => {
      side = library.start(ensemble.connectString)
    })
    afterAll(() => side?.close())

    /** One gets it, the other asks and is left waiting. */
    async function contend(verb: string, path: string, ...args: readonly (string | number)[]): Promise<void> {
      await side.call('ada', verb, path, ...args)
      side.call('bob', verb, path, ...args).catch(() => undefined)
    }

    test('a lock', async () => {
      await contend('lock', dir('lock'))
      await seen(dir('lock'), family, { recipe: 'lock', confidence: 'likely', standings: TWO, verdicts: AGREES })
    })

    test('readers and writers', async () => {
      await side.call('cy', 'read', dir('rw'))
      side.call('di', 'write', dir('rw')).catch(() => undefined)
      await seen(dir('rw'), family, {
        ...{ recipe: 'read-write lock', confidence: 'likely', standings: TWO, verdicts: AGREES },
      })
    })

    test('a semaphore, whose waiters sleep on children', async () => {
      await side.call('ed', 'lease', dir('semaphore'), 1)
      side.call('flo', 'lease', dir('semaphore'), 1).catch(() => undefined)
      const states = family === 'curator' ? ['granted', 'pending lease', 'waiting'] : TWO
      await seen(dir('semaphore'), family, { recipe: 'semaphore', confidence: 'certain', standings: states })
    })

    test('a leader and who would be one', async () => {
      await side.call('gil', 'lead', dir('leader'), 'gil')
      side.call('hal', 'lead', dir('leader'), 'hal').catch(() => undefined)
      // kazoo's Election is its Lock: nothing tells them apart but the path, or a person.
      const recipe = family === 'curator' ? 'election' : 'lock'
      await seen(dir('leader'), family, { recipe, confidence: 'likely', standings: TWO, verdicts: AGREES })
    })

    test('a double barrier', async () => {
      await Promise.all([side.call('ida', 'enter', dir('barrier'), 2), side.call('jo', 'enter', dir('barrier'), 2)])
      await seen(dir('barrier'), family, {
        ...{ recipe: 'double barrier', confidence: 'certain', standings: ['member', 'member'] },
      })
    })

    test('a queue', async () => {
      await side.call('kim', 'put', dir('queue'), family === 'curator' ? 'simple' : 'kazoo', 'tea')
      // Curator's SimpleDistributedQueue is ZooKeeper's own, to the byte.
      const owner = family === 'curator' ? 'zookeeper-java' : family
      await seen(dir('queue'), owner, { recipe: 'queue', confidence: 'likely', standings: ['item'] })
    })

    test('all of those with contenders are in the list, each once', async () => {
      const listed = async () => (await get<readonly LockDirectory[]>('locks')).map(({ path }) => path)
      const wanted = ['lock', 'rw', 'semaphore', 'leader'].map(dir)
      await vi.waitFor(async () => expect(await listed()).toEqual(expect.arrayContaining(wanted)), WAIT)
      const paths = await listed()
      expect(paths.filter((path) => path.startsWith(dir('semaphore')))).toEqual([dir('semaphore')])
    })
  })
}

test('a lock that is one znode is found when somebody it wakes makes it again', async () => {
  const zks = await Promise.all([1, 2, 3].map(() => ZooKeeper.connect({ servers: ensemble.connectString })))
  const [a, b, c] = zks
  if (!a || !b || !c) throw new Error('three clients')
  try {
    const told = new Promise<void>((resolve) => {
      void a.create('/naive', '', { mode: 'ephemeral' }).then(async () => {
        await c.exists('/naive', { watch: () => undefined })
        await b.exists('/naive', { watch: () => resolve() })
        await a.delete('/naive')
      })
    })
    await told
    await b.create('/naive', '', { mode: 'ephemeral' })
    await c.exists('/naive', { watch: () => undefined })
    await vi.waitFor(async () => {
      const rows = await get<readonly LockDirectory[]>('locks')
      const row = rows.find(({ path }) => path === '/naive')
      expect(row?.contention).toMatchObject({ recipe: 'single node', holders: 1, waiters: 1 })
    }, WAIT)
    await vi.waitFor(async () => {
      const { detail } = await look('/naive')
      expect(detail).toMatchObject({ confidence: 'likely' })
      expect(detail?.crowd).toHaveLength(1)
    }, WAIT)
  } finally {
    await Promise.allSettled(zks.map((zk) => zk.close()))
  }
})
