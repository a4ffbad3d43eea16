// Breaking, healing and changing a real ensemble from a page: every page sees the fault with its end, and members that
// come and go.

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { io, type Socket } from 'socket.io-client'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { applyEvent } from '#shared/events/apply-event.ts'
import { type ClusterView, emptyClusterView } from '#shared/events/cluster-view.ts'
import type { NumberedEvents, Welcome } from '#shared/events/socket-protocol.ts'
import { Ensemble } from '../ensemble/ensemble.ts'
import { type Gateway, startGateway } from './gateway.ts'

const memberEntry = fileURLToPath(new URL('../../dist/server/member.js', import.meta.url))
const WAIT = { timeout: 30_000, interval: 25 }
const settings = { tickTime: '200', initLimit: '20', syncLimit: '5', 'zabscope.faults': 'true' }
let dataDir = ''
let ensemble: Ensemble
let gateway: Gateway
let page: Socket
let view: ClusterView = emptyClusterView()

beforeAll(async () => {
  if (!existsSync(memberEntry)) throw new Error('Build the members first: npm run build')
  dataDir = mkdtempSync(join(tmpdir(), 'zabscope-breaking-'))
  ensemble = await Ensemble.open({ dataDir, members: 3, clientPort: null, memberEntry, settings })
  gateway = await startGateway({ ensemble, port: 0, webDir: dataDir, version: 'test', log: pino({ level: 'silent' }) })
  ensemble.startAll()
  await ensemble.whenRunning()
  const base = `http://127.0.0.1:${gateway.port}`
  page = io(base, { transports: ['websocket'], auth: { token: gateway.token }, extraHeaders: { Origin: base } })
  page.on('events', ({ events }: NumberedEvents) => {
    for (const event of events) applyEvent(view, event)
  })
  await new Promise<void>((resolve) => page.on('connect', resolve))
  const welcome = (await page.emitWithAck('hello', { version: 1, lastSeq: null })) as Welcome
  if (welcome.type === 'snapshot') view = welcome.view
  await vi.waitFor(() => expect(Object.values(view.members).filter(({ serving }) => serving)).toHaveLength(3), WAIT)
})

afterAll(async () => {
  page?.disconnect()
  await gateway?.close()
  await ensemble?.close()
  rmSync(dataDir, { recursive: true, force: true })
})

function leader(): number {
  return Object.values(view.members).find(({ state, serving }) => state === 'LEADING' && serving)?.sid ?? 0
}

test('the leader is cut off from everybody, clients too; pages see both faults, and that they are over', async () => {
  const first = leader()
  const clients = { fault: 'cut', target: { on: 'clients', at: 'leader' }, durationMs: 60_000 }
  expect(await page.emitWithAck('fault:inject', clients)).toMatchObject({ ok: true, value: { sids: [first] } })
  const cut = { fault: 'cut', target: { on: 'isolate', at: 'leader' }, durationMs: 60_000 }
  // Who leads is known from events, which a cut of clients leaves alone.
  const answer = await page.emitWithAck('fault:inject', cut)
  expect(answer).toMatchObject({ ok: true, value: { fault: 'cut', endsAt: expect.any(Number) } })
  await vi.waitFor(() => expect(view.faults).toHaveLength(2), WAIT)
  expect(view.markers.filter(({ type }) => type === 'fault')).toHaveLength(2)
  await vi.waitFor(() => expect([0, first]).not.toContain(leader()), WAIT)
  const listed = await page.emitWithAck('fault:list', {})
  expect(listed).toMatchObject({ ok: true, value: { active: [{ id: 'f1' }, { id: 'f2' }] } })
  expect(await page.emitWithAck('fault:heal-all', {})).toEqual({ ok: true, value: null })
  await vi.waitFor(() => expect(view.faults).toEqual([]), WAIT)
  expect(view.markers.filter(({ type }) => type === 'healed')).toHaveLength(2)
  await vi.waitFor(() => expect(view.members[first]).toMatchObject({ state: 'FOLLOWING', serving: true }), WAIT)
})

test('what makes no sense is answered with a sentence', async () => {
  const melt = { fault: 'melt', target: { on: 'disk', at: 1 } }
  expect(await page.emitWithAck('fault:inject', melt)).toMatchObject({ ok: false, code: 'MALFORMED' })
  const loss = { fault: 'loss', target: { on: 'isolate', at: 1 }, parameters: { percent: 100 } }
  const words = 'Loss: percent is a whole number of percent from 1 to 90.'
  expect(await page.emitWithAck('fault:inject', loss)).toMatchObject({ ok: false, message: words })
  expect(await page.emitWithAck('fault:heal', { id: 'f99' })).toMatchObject({ ok: false, code: 'WRONG_STATE' })
})

test('a member comes, is heard, and goes', async () => {
  expect(await page.emitWithAck('member:add', { role: 'observer' })).toEqual({ ok: true, value: { sid: 4 } })
  await vi.waitFor(
    () => expect(view.members[4]).toMatchObject({ role: 'observer', state: 'OBSERVING', serving: true }),
    WAIT,
  )
  expect(view.streams[4]).toBe(true)
  expect(await page.emitWithAck('member:remove', { sid: 4 })).toEqual({ ok: true, value: null })
  await vi.waitFor(() => expect(Object.keys(view.members)).toEqual(['1', '2', '3']), WAIT)
  expect(view.markers.at(-1)?.text).toBe('Member 4 has left the ensemble')
})

test('a member that dies is told with its last lines', async () => {
  process.kill(view.members[1]?.pid ?? 0, 'SIGABRT')
  await vi.waitFor(() => expect(view.members[1]?.lastEnd).toMatchObject({ signal: 'SIGABRT', expected: false }), WAIT)
  expect(view.members[1]?.lastEnd?.lines.length).toBeGreaterThan(0)
  expect(await page.emitWithAck('member:restart', { sid: 1 })).toEqual({ ok: true, value: null })
  await vi.waitFor(() => expect(view.members[1]).toMatchObject({ process: 'running', serving: true }), WAIT)
  await vi.waitFor(() => expect(view).toEqual(JSON.parse(JSON.stringify(gateway.history.view))), WAIT)
})
