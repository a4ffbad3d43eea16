import { createReadStream, createWriteStream, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { io, type Socket } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { applyEvent } from '#shared/events/apply-event.ts'
import type { ClusterView } from '#shared/events/cluster-view.ts'
import { emptyClusterView } from '#shared/events/cluster-view.ts'
import type { HistoryRange } from '#shared/events/history-protocol.ts'
import type { About, LockView, NumberedEvents, Welcome } from '#shared/events/socket-protocol.ts'
import { ZooKeeper } from '../client/zookeeper.ts'
import { Ensemble } from '../ensemble/ensemble.ts'
import { type Gateway, startGateway } from './gateway.ts'
import { importWindow, viewOf } from './history/import.ts'
import { runWindowTool } from './history/window-tool.ts'

const memberEntry = fileURLToPath(new URL('../../dist/server/member.js', import.meta.url))
const WAIT = { timeout: 20_000, interval: 20 }
const log = pino({ level: 'silent' })
let dataDir = ''
let ensemble: Ensemble
let gateway: Gateway
let page: Socket
let zk: ZooKeeper
/** What the page has folded by itself. */
let view: ClusterView = emptyClusterView()
let lastSeq = 0
const changes: unknown[] = []

beforeAll(async () => {
  if (!existsSync(memberEntry)) throw new Error('Build the members first: npm run build:server')
  dataDir = mkdtempSync(join(tmpdir(), 'zabscope-gateway-'))
  ensemble = await Ensemble.open({ dataDir, members: 3, clientPort: null, memberEntry })
  gateway = await startGateway({ ensemble, port: 0, webDir: dataDir, version: 'test', log })
  ensemble.startAll()
  await ensemble.whenRunning()
  await connectPage()
  zk = await ZooKeeper.connect({ servers: ensemble.connectString })
})

afterAll(async () => {
  await zk?.close()
  page?.disconnect()
  await gateway?.close()
  await ensemble?.close()
  rmSync(dataDir, { recursive: true, force: true })
})

async function connectPage(): Promise<void> {
  const base = `http://127.0.0.1:${gateway.port}`
  page = io(base, { transports: ['websocket'], auth: { token: gateway.token }, extraHeaders: { Origin: base } })
  page.on('events', ({ seq, events, upTo }: NumberedEvents) => {
    expect(seq).toBe(lastSeq + 1)
    for (const event of events) applyEvent(view, event)
    lastSeq = upTo ?? seq + events.length - 1
  })
  page.on('tree:changed', (change) => changes.push(change))
  page.on('locks:changed', (change: LockView) => changes.push(change))
  await new Promise<void>((resolve) => page.on('connect', resolve))
  const welcome = (await page.emitWithAck('hello', { version: 1, lastSeq: null })) as Welcome
  if (welcome.type !== 'snapshot') throw new Error(`a snapshot, not ${welcome.type}`)
  view = welcome.view
  lastSeq = welcome.seq
}

async function hello(): Promise<About> {
  const welcome = (await page.emitWithAck('hello', { version: 1, lastSeq })) as Welcome
  if (welcome.type !== 'resume') throw new Error(`nothing was missed, so not ${welcome.type}`)
  return welcome.about
}

/** Without times, which in a window are exact to a microsecond only. */
function timeless(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, part) => (typeof part === 'number' && part > 1e12 ? 0 : part))
}

function leader(): number | null {
  const leaders = Object.values(view.members).filter((member) => member.state === 'LEADING' && member.serving)
  return leaders[0]?.sid ?? null
}

describe('a page over a real ensemble', () => {
  test('sees who leads', async () => {
    await vi.waitFor(() => expect(leader()).not.toBeNull(), WAIT)
    const serving = () => Object.values(view.members).filter((member) => member.serving)
    await vi.waitFor(() => expect(serving()).toHaveLength(3), WAIT)
    expect(view.markers.some((marker) => marker.text === `Member ${leader()} leads epoch 1`)).toBe(true)
  })

  test('knows which session is the gateway’s own', async () => {
    const about = await hello()
    const own = Object.values(view.connections).filter(({ session }) => session === about.gatewaySession)
    expect(own).toHaveLength(1)
    expect(about.formerGatewaySessions).toEqual([])
  })

  test('sees a write: its round on every member, and the changed listing', async () => {
    await page.emitWithAck('tree:list', { path: '/', offset: 0, watch: true })
    await zk.create('/seen', 'x')
    await vi.waitFor(() => expect(changes).toContainEqual({ path: '/', event: 'children' }), WAIT)
    const round = () => view.rounds.find(({ txn }) => txn.path === '/seen')
    await vi.waitFor(() => {
      expect(round()?.quorumBy).not.toBeNull()
      for (const sid of ['1', '2', '3']) expect(round()?.members[sid]?.applied).toBeGreaterThan(0)
    }, WAIT)
    expect(await page.emitWithAck('tree:list', { path: '/', offset: 0, watch: true })).toMatchObject({
      ok: true,
      value: { children: [{ name: 'seen' }, { name: 'zookeeper' }] },
    })
  })

  test('sees a lock change hands, with the address of its holder', async () => {
    await zk.create('/lock')
    const first = await zk.create('/lock/x-lock-', 'first', { mode: 'ephemeralSequential' })
    await zk.create('/lock/x-lock-', 'second', { mode: 'ephemeralSequential' })
    const opened = await page.emitWithAck('locks:open', { path: '/lock' })
    expect(opened).toMatchObject({
      ok: true,
      value: {
        contenders: [
          { role: 'holder', data: 'first' },
          { role: 'waiting', waitsFor: first.path },
        ],
      },
    })
    expect(opened.value.contenders[0].address).toMatch(/^127\.0\.0\.1:\d+$/)
    await zk.delete(first.path)
    const handedOver = expect.objectContaining({
      contenders: [expect.objectContaining({ role: 'holder', data: 'second' })],
    })
    await vi.waitFor(() => expect(changes).toContainEqual(handedOver), WAIT)
  })

  test('kills the leader, goes on reading and watching, and starts it again', async () => {
    const before = leader() ?? 0
    expect(await page.emitWithAck('member:kill', { sid: before })).toEqual({ ok: true, value: null })
    await vi.waitFor(() => expect(view.members[before]?.process).toBe('killed'), WAIT)
    await vi.waitFor(() => expect([null, before]).not.toContain(leader()), WAIT)
    expect(view.members[before]).toMatchObject({ process: 'killed', state: null, pid: null })

    // The first try may lose its connection after it was carried out.
    await vi.waitFor(
      async () => expect((await zk.exists('/after')) ?? (await zk.create('/after', 'x'))).toBeTruthy(),
      WAIT,
    )
    changes.length = 0
    await vi.waitFor(async () => {
      const listed = await page.emitWithAck('tree:list', { path: '/after', offset: 0, watch: true })
      expect(listed).toMatchObject({ ok: true, value: { stat: { version: 0 } } })
    }, WAIT)
    await zk.setData('/after', 'y')
    await vi.waitFor(() => expect(changes).toContainEqual({ path: '/after', event: 'data' }), WAIT)

    expect(await page.emitWithAck('member:start', { sid: before })).toEqual({ ok: true, value: null })
    await vi.waitFor(() => expect(view.members[before]).toMatchObject({ process: 'running', serving: true }), WAIT)
    const lastZxids = () => new Set(Object.values(view.members).map((member) => member.lastZxid))
    await vi.waitFor(() => expect(lastZxids().size).toBe(1), WAIT)
  })

  test('is told of the past: figures, events, and why each member voted as it did', async () => {
    const toMs = Date.now() + 1000
    const answer = await page.emitWithAck('history:range', {
      fromMs: toMs - 600_000,
      toMs,
      stepMs: 60_000,
      events: true,
    })
    const { steps, events, eventsLeftOut } = answer.value as HistoryRange
    expect(eventsLeftOut).toBe(0)
    expect(steps.reduce((sum, step) => sum + step.commits, 0)).toBe(view.totals.committed)
    expect(steps.reduce((sum, step) => sum + step.epochs, 0)).toBe(2)
    expect(steps.some(({ roundMs, flushes }) => roundMs.p95 !== null && flushes > 0)).toBe(true)
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set([...events.map(({ type }) => type), 'voteChange', 'elected', 'handshake', 'synced', 'session', 'flush']),
    )
    const backwards = { fromMs: toMs, toMs: 0, stepMs: 1000, events: false }
    expect(await page.emitWithAck('history:range', backwards)).toMatchObject({ ok: false, code: 'MALFORMED' })
  })

  test('exports the past as a window that folds into the present, and as a trace', async () => {
    const { recorder } = gateway.history
    const about = { clusterName: 'test', version: 'test' }
    const file = recorder.export({ format: 'window' }, about, Date.now())
    const before = JSON.parse(JSON.stringify(gateway.history.view)) // the window is of this moment
    expect(file.name).toMatch(/^zabscope-.*\.window\.jsonl\.gz$/)
    const path = join(dataDir, file.name)
    await pipeline(file.body, createWriteStream(path))
    expect(timeless(viewOf(await importWindow(createReadStream(path))))).toEqual(timeless(before))

    const printed: string[] = []
    await runWindowTool({ path, as: 'summary', atMs: null }, (text) => printed.push(text))
    expect(printed.join('')).toContain(`${before.totals.committed} commits counted`)
    const trace: string[] = []
    await runWindowTool({ path, as: 'perfetto', atMs: null }, (text) => trace.push(text))
    const { traceEvents } = JSON.parse(trace.join(''))
    const names = new Set(traceEvents.map(({ name }: { name: string }) => name))
    for (const name of ['PROPOSAL', 'ACK', 'process_name', 'process killed']) expect(names).toContain(name)
  })

  test('has folded, event by event, exactly what a fresh page is given', async () => {
    await vi.waitFor(() => {
      expect(lastSeq).toBe(gateway.history.lastSeq)
      expect(view).toEqual(JSON.parse(JSON.stringify(gateway.history.view)))
    }, WAIT)
  })
})
