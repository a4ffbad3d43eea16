// Every guided scenario on real members, headless, with the verdict that it promises; what it broke is whole afterwards.
// Two short ones are part of the integration step; `npm run scenarios` plays all.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { io, type Socket } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { ClusterView } from '#shared/events/cluster-view.ts'
import type { ScenarioRun, ScenarioSummary } from '#shared/events/scenario-run.ts'
import { SCENARIOS } from '#shared/scenarios/list.ts'
import { Ensemble } from '../../ensemble/ensemble.ts'
import { builtScript } from '../../testing/built.ts'
import { type Gateway, startGateway } from '../gateway.ts'

const WAIT = { timeout: 60_000, interval: 50 }
const RUN_MS_MAX = 180_000
const settings = { tickTime: '500', initLimit: '20', syncLimit: '5', 'zabscope.faults': 'true' }
const SHORT = ['minority-partition', 'anatomy-of-a-round']
const only = process.env.ZABSCOPE_SCENARIOS ?? SHORT.join(',')
const chosen = SCENARIOS.filter(({ id }) => only === 'all' || only.split(',').includes(id))

let dataDir = ''
let ensemble: Ensemble
let gateway: Gateway
let page: Socket

const view = (): ClusterView => gateway.history.view
const run = (): ScenarioRun | null => view().scenario

async function openPage(): Promise<Socket> {
  const base = `http://127.0.0.1:${gateway.port}`
  const socket = io(base, {
    transports: ['websocket'],
    auth: { token: gateway.token },
    extraHeaders: { Origin: base },
    forceNew: true,
  })
  await new Promise<void>((resolve) => socket.on('connect', resolve))
  return socket
}

function expectWhole(): void {
  const members = Object.values(view().members)
  expect(members.map(({ sid, serving }) => [sid, serving])).toEqual([1, 2, 3].map((sid) => [sid, true]))
  expect(view().faults).toEqual([])
  expect(Object.values(view().workloads).filter(({ state }) => state === 'running')).toEqual([])
}

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'zabscope-scenarios-'))
  const memberEntry = builtScript('member')
  const workloadEntry = builtScript('workload')
  ensemble = await Ensemble.open({ dataDir, members: 3, clientPort: null, memberEntry, settings })
  const log = pino({ level: 'silent' })
  gateway = await startGateway({ ensemble, port: 0, webDir: dataDir, workloadEntry, version: 'test', log })
  ensemble.startAll()
  await ensemble.whenRunning()
  page = await openPage()
  await vi.waitFor(expectWhole, WAIT)
})

afterAll(async () => {
  page?.disconnect()
  await gateway?.close()
  await ensemble?.close()
  rmSync(dataDir, { recursive: true, force: true })
})

/** Plays it as somebody who always gives the first answer. */
async function play(id: string): Promise<ScenarioRun> {
  expect(await page.emitWithAck('scenario:start', { id })).toMatchObject({ ok: true })
  const deadline = performance.now() + RUN_MS_MAX
  let went = -1
  for (;;) {
    const now = run()
    if (now && now.endedAt !== null) return now
    if (performance.now() > deadline) throw new Error(`${id} does not end: ${JSON.stringify(now)}`)
    if (now && now.step !== went && (now.state === 'asking' || now.state === 'waiting')) {
      went = now.step
      const choice = now.steps[now.step]?.choices[0]?.id
      const [name, request] =
        now.state === 'asking' ? ['scenario:answer', { step: now.step, choice }] : ['scenario:next', { step: now.step }]
      expect(await page.emitWithAck(name as string, request)).toEqual({ ok: true, value: null })
    }
    await vi.waitFor(() => expect(run()).not.toBe(now), { timeout: RUN_MS_MAX, interval: 25 })
  }
}

test('the list has them all, in both languages', async () => {
  const answer = (await page.emitWithAck('scenario:list', {})) as { value: readonly ScenarioSummary[] }
  expect(answer.value.map(({ id }) => id)).toEqual(SCENARIOS.map(({ id }) => id))
})

describe('played to the verdict', () => {
  test.each(chosen.map(({ id }) => id))(
    '%s',
    async (id) => {
      const ended = await play(id)
      console.log(`      ${id}: ${((ended.endedAt ?? 0) - ended.startedAt).toFixed(0)} ms`)
      for (const { evidence } of ended.assertions) console.log(`        ${evidence}`)
      expect(ended.reason).toBeNull()
      expect(ended.assertions.filter(({ passed }) => !passed)).toEqual([])
      expect(ended.state).toBe('passed')
      for (const step of ended.steps) {
        expect(step.state).toBe('done')
        expect(step.text.en).not.toContain('…')
        if (step.type === 'ask') expect(step.choices.map((choice) => choice.id)).toContain(step.right)
      }
      await vi.waitFor(expectWhole, WAIT)
    },
    RUN_MS_MAX + 60_000,
  )
})

test('one at a time; stopped in the middle, everything is healed and the answers to it are refused', async () => {
  expect(await page.emitWithAck('scenario:stop', {})).toMatchObject({ ok: false, code: 'WRONG_STATE' })
  expect(await page.emitWithAck('scenario:start', { id: 'nothing' })).toMatchObject({ ok: false, code: 'BAD_ARGUMENT' })
  expect(await page.emitWithAck('scenario:start', { id: 'minority-partition' })).toMatchObject({ ok: true })
  expect(await page.emitWithAck('scenario:start', { id: 'stale-read' })).toMatchObject({
    ok: false,
    code: 'WRONG_STATE',
  })
  await vi.waitFor(() => expect(run()?.state).toBe('asking'), WAIT)
  const step = run()?.step ?? -1
  const wrong = { step, choice: 'perhaps' }
  expect(await page.emitWithAck('scenario:answer', wrong)).toMatchObject({ ok: false, code: 'BAD_ARGUMENT' })
  expect(await page.emitWithAck('scenario:answer', { step, choice: 'both' })).toMatchObject({ ok: true })
  await vi.waitFor(() => expect(view().faults).toHaveLength(1), WAIT)
  expect(await page.emitWithAck('scenario:stop', {})).toEqual({ ok: true, value: null })
  expect(run()).toMatchObject({ state: 'stopped', reason: 'It was stopped.' })
  await vi.waitFor(expectWhole, WAIT)
  expect(await page.emitWithAck('scenario:next', { step })).toMatchObject({ ok: false, code: 'WRONG_STATE' })
})

test('it ends with the page that started it', async () => {
  const other = await openPage()
  expect(await other.emitWithAck('scenario:start', { id: 'minority-partition' })).toMatchObject({ ok: true })
  await vi.waitFor(() => expect(run()?.state).toBe('asking'), WAIT)
  other.disconnect()
  await vi.waitFor(() => expect(run()?.endedAt).not.toBeNull(), WAIT)
  expect(run()).toMatchObject({ state: 'stopped', reason: 'The page that started it is gone.' })
  await vi.waitFor(expectWhole, WAIT)
})

test('a workload is started, tuned, told to every page, and stopped', async () => {
  const started = await page.emitWithAck('workload:start', { kind: 'lock', settings: { contenders: 2, holdMs: 20 } })
  expect(started).toMatchObject({ ok: true, value: { kind: 'lock', settings: { contenders: 2, holdMs: 20 } } })
  const { id } = (started as { value: { id: string } }).value
  await vi.waitFor(() => expect(view().workloads[id]?.report?.counts.grants).toBeGreaterThan(0), WAIT)
  const tuned = await page.emitWithAck('workload:update', { id, settings: { contenders: 3 } })
  expect(tuned).toMatchObject({ ok: true, value: { settings: { contenders: 3 } } })
  await vi.waitFor(() => expect(view().workloads[id]?.report?.actors).toHaveLength(3), WAIT)
  const refused = await page.emitWithAck('workload:update', { id, settings: { mode: 'naive' } })
  expect(refused).toMatchObject({
    ok: false,
    code: 'BAD_ARGUMENT',
    message: expect.stringContaining('chosen at its start'),
  })
  expect(await page.emitWithAck('workload:stop', { id })).toEqual({ ok: true, value: null })
  expect(view().workloads[id]).toMatchObject({ state: 'ended', problem: null })
  expect(await page.emitWithAck('workload:stop', { id })).toMatchObject({ ok: false, code: 'BAD_ARGUMENT' })
  const listed = await page.emitWithAck('workload:list', {})
  expect(listed).toMatchObject({
    ok: true,
    value: expect.arrayContaining([expect.objectContaining({ id, state: 'ended' })]),
  })
})
