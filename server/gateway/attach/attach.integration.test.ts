// An ensemble that runs already, three servers of Apache, behind the gateway: what is seen, what is lacking, what is
// refused, and what it costs.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { AttachedAbout, Capability } from '#shared/events/attach.ts'
import type { LockView } from '#shared/events/socket-protocol.ts'
import { formatSessionId } from '#shared/zk/ids.ts'
import { acquireLock } from '../../client/recipes/lock.ts'
import { ZooKeeper } from '../../client/zookeeper.ts'
import { Ensemble } from '../../peers/harness/ensemble.ts'
import { apacheMissing, type MemberKind } from '../../peers/harness/member-process.ts'
import { builtScript } from '../../testing/built.ts'
import type { Cluster } from '../cluster.ts'
import { type Gateway, openGateway } from '../gateway.ts'
import { attachedCluster } from './attached-cluster.ts'
import { ADMIN_LINE, WATCHES_LINE, WHITELIST_LINE } from './capabilities.ts'

const WAIT = { timeout: 30_000, interval: 20 }
const log = pino({ level: 'silent' })

interface Rig {
  readonly ensemble: Ensemble
  readonly cluster: Cluster
  readonly gateway: Gateway
  readonly dataDir: string
  ask(method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }>
  close(): Promise<void>
}

async function startRig(kinds: readonly MemberKind[], words: string): Promise<Rig> {
  const ensemble = await Ensemble.start({
    kinds,
    memberEntry: builtScript('member'),
    config: { '4lw.commands.whitelist': words },
  })
  await ensemble.whenServing()
  const dataDir = mkdtempSync(join(tmpdir(), 'zabscope-attach-'))
  const cluster = await attachedCluster({
    connectString: ensemble.connectString,
    dataDir,
    tls: null,
    auth: [],
    adminPorts: [],
    metricsPorts: [],
    allowWrites: false,
  })
  const gateway = await openGateway({ port: 0, webDir: dataDir, version: 'test', log }, cluster)
  return {
    ensemble,
    cluster,
    gateway,
    dataDir,
    ask: async (method, path, body) => {
      const response = await fetch(`http://127.0.0.1:${gateway.port}/api/v1${path}`, {
        method,
        headers: { Authorization: `Bearer ${gateway.token}`, 'Content-Type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, json: text === '' ? null : JSON.parse(text) }
    },
    close: async () => {
      await gateway.close()
      await ensemble.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

function aboutOf({ cluster }: Rig): AttachedAbout {
  const { attached } = cluster.about()
  if (!attached) throw new Error('an attached cluster says so')
  return attached
}

function capability(rig: Rig, id: Capability['id']): Capability | undefined {
  return aboutOf(rig).capabilities.find((one) => one.id === id)
}

/** A lock with a holder and one who waits, as the gateway sees it. */
async function contended(rig: Rig, zk: ZooKeeper) {
  const other = await ZooKeeper.connect({ servers: rig.ensemble.connectString })
  const held = await acquireLock(zk, '/attached-lock')
  const waiting = acquireLock(other, '/attached-lock')
  return {
    look: async () => {
      const { json } = await rig.ask('GET', '/locks/queue?path=/attached-lock')
      const { detail } = json as LockView
      return {
        verdicts: detail?.standings.map(({ verdict }) => verdict),
        missing: detail?.watchTables?.missing,
      }
    },
    end: async () => {
      await held.release()
      await (await waiting).release()
      await other.close()
    },
  }
}

const missing = apacheMissing()
if (missing) console.warn(`An Apache ensemble is not attached here: ${missing}`)

describe.skipIf(missing)('three servers of Apache', () => {
  let rig: Rig
  let zk: ZooKeeper

  beforeAll(async () => {
    rig = await startRig(['apache', 'apache', 'apache'], 'srvr,mntr,cons,conf')
    zk = await ZooKeeper.connect({ servers: rig.ensemble.connectString })
  })
  afterAll(async () => {
    await zk?.close()
    await rig?.close()
  })

  const states = () => Object.values(rig.gateway.history.view.members).map(({ sid, state }) => [sid, state])
  const leading = () => states().flatMap(([sid, state]) => (state === 'LEADING' ? [sid] : []))

  test('are shown with their own ids, roles and figures', async () => {
    const leader = await rig.ensemble.leader()
    await vi.waitFor(() => expect(leading()).toEqual([leader.sid]), WAIT)
    await vi.waitFor(() => {
      const { members } = rig.gateway.history.view
      expect(Object.keys(members)).toEqual(['1', '2', '3'])
      for (const member of Object.values(members)) {
        expect(member).toMatchObject({ process: 'running', pid: null, serving: true, leader: leader.sid, unknown: [] })
        expect(member.clientAddress).toBe(rig.ensemble.members[member.sid - 1]?.address)
        expect(BigInt(member.lastZxid)).toBeGreaterThan(1n << 32n)
      }
      expect(Math.max(...Object.values(members).map(({ sessions }) => sessions))).toBe(2)
    }, WAIT)
  })

  test('their sessions are listed with exact ids, and the gateway’s own is marked', async () => {
    await vi.waitFor(async () => {
      const { json } = await rig.ask('GET', '/sessions')
      expect(json).toContainEqual(expect.objectContaining({ session: formatSessionId(zk.sessionId), own: false }))
      expect(json).toContainEqual(expect.objectContaining({ own: true }))
      expect(json).toHaveLength(2)
    }, WAIT)
    expect(zk.sessionId > 2n ** 53n).toBe(true)
  })

  test('what is lacking is named with the line that would bring it', async () => {
    await vi.waitFor(() => expect(capability(rig, 'sessions')?.available).toBe(true), WAIT)
    expect(capability(rig, 'servers')).toMatchObject({ available: true, because: 'From srvr.' })
    expect(capability(rig, 'watches')).toMatchObject({
      available: false,
      fixes: expect.arrayContaining([ADMIN_LINE]),
    })
    expect(capability(rig, 'rounds')).toMatchObject({ available: false, fixes: [] })
    expect((await rig.ask('GET', '/watches')).json).toMatchObject({ watches: [], silent: [1, 2, 3] })
  })

  test('what sleeps on what in a lock is unknown where no server tells its watches, and the line is named', async () => {
    const wakes = await contended(rig, zk)
    try {
      await vi.waitFor(async () => {
        expect(await wakes.look()).toMatchObject({ verdicts: ['awake', 'unknown'], missing: [1, 2, 3] })
      }, WAIT)
      expect(capability(rig, 'watches')?.fixes).toContain(WATCHES_LINE)
    } finally {
      await wakes.end()
    }
  })

  test('changes are refused until an admin allows them, and each is audited; faults are refused always', async () => {
    const node = { path: '/attached', dataBase64: 'YQ==', mode: 'persistent' }
    expect(await rig.ask('POST', '/node', node)).toMatchObject({ json: { code: 'READ_ONLY' } })
    expect(await zk.exists('/attached')).toBeNull()
    expect((await rig.ask('PUT', '/cluster/allow-writes', { on: true })).status).toBeLessThan(300)
    expect(aboutOf(rig).readOnly).toBe(false)
    expect(await rig.ask('POST', '/node', node)).toMatchObject({ json: { path: '/attached' } })
    expect(await zk.exists('/attached')).not.toBeNull()
    const fault = { fault: 'cut', target: { on: 'isolate', at: 1 }, durationMs: 1000 }
    expect(await rig.ask('POST', '/faults', fault)).toMatchObject({ json: { code: 'NOT_OURS' } })
    expect(await rig.ask('POST', '/members/1/kill')).toMatchObject({ json: { code: 'NOT_OURS' } })
    const session = formatSessionId(zk.sessionId)
    expect(await rig.ask('DELETE', `/sessions/${session}`)).toMatchObject({ json: { code: 'NOT_OURS' } })
    await rig.ask('PUT', '/cluster/allow-writes', { on: false })
    expect(await rig.ask('DELETE', '/node?path=/attached&version=-1')).toMatchObject({ json: { code: 'READ_ONLY' } })
    const audit = readFileSync(join(rig.dataDir, 'audit.log'), 'utf8').trimEnd().split('\n')
    const told = audit.map((line): unknown => JSON.parse(line))
    const expected = [
      ['node:create', 'READ_ONLY'],
      ['cluster:allow-writes', 'done'],
      ['node:create', 'done'],
    ]
    for (const [action, outcome] of expected) expect(told).toContainEqual(expect.objectContaining({ action, outcome }))
  })

  test('a killed leader is unreachable, and who leads next is shown soon after the servers know it', async () => {
    const before = await rig.ensemble.leader()
    await before.kill()
    const after = await rig.ensemble.leader()
    const knownAt = performance.now()
    await vi.waitFor(() => {
      expect(leading()).toEqual([after.sid])
      expect(rig.gateway.history.view.members[before.sid]).toMatchObject({ process: 'unreachable', state: null })
    }, WAIT)
    expect(performance.now() - knownAt).toBeLessThan(4000)
    const { markers } = rig.gateway.history.view
    const epoch = rig.gateway.history.view.members[after.sid]?.epoch ?? 0
    expect(markers.map(({ text }) => text)).toEqual(
      expect.arrayContaining([
        expect.stringContaining(`Member ${before.sid} does not answer`),
        `Member ${after.sid} leads epoch ${epoch}`,
      ]),
    )
    before.start()
    await vi.waitFor(() => expect(states()).toContainEqual([before.sid, 'FOLLOWING']), WAIT)
  })
})

test.skipIf(missing)('with wchp allowed, a lock’s wake edges are those of the servers', async () => {
  const rig = await startRig(['apache'], 'srvr,mntr,cons,conf,wchs,wchp')
  const zk = await ZooKeeper.connect({ servers: rig.ensemble.connectString })
  try {
    await vi.waitFor(() => expect(rig.gateway.history.view.members[1]?.serving).toBe(true), WAIT)
    const wakes = await contended(rig, zk)
    await vi.waitFor(async () => {
      expect(await wakes.look()).toMatchObject({ verdicts: ['awake', 'agrees'], missing: [] })
    }, WAIT)
    expect(capability(rig, 'watches')).toMatchObject({ available: true })
    await wakes.end()
  } finally {
    await zk.close()
    await rig.close()
  }
})

test('our own members can be attached, too; a refused word is named', async () => {
  if (!existsSync(builtScript('member'))) return
  const rig = await startRig(['ours'], 'srvr')
  try {
    await vi.waitFor(() => {
      expect(rig.gateway.history.view.members[1]).toMatchObject({ serving: true, unknown: ['sessions', 'watches'] })
      expect(capability(rig, 'sessions')).toEqual({
        id: 'sessions',
        available: false,
        because: 'Server 1 does not tell who is connected: cons is not allowed, and no AdminServer answers.',
        fixes: [WHITELIST_LINE, ADMIN_LINE],
      })
    }, WAIT)
    await vi.waitFor(async () => expect((await rig.ask('GET', '/tree/children?path=/')).status).toBe(200), WAIT)
  } finally {
    await rig.close()
  }
})
