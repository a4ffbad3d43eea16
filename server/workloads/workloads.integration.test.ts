// Every kind of workload as a process against a member of ours: what it reports is what happened, settings take
// effect while it runs, and no process or session is left behind.

import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest'
import type { WorkloadReport } from '#shared/events/workload-report.ts'
import { WORKLOAD_KINDS } from '#shared/events/workload-settings.ts'
import { ZooKeeper } from '../client/zookeeper.ts'
import { startThrowAwayMember, type ThrowAwayMember } from '../launch/throw-away-member.ts'
import { builtScript } from '../testing/built.ts'
import { runWorkload } from './run.ts'
import { startWorkload, type Workload, WorkloadError } from './workload.ts'
import { WORKLOADS_MAX, Workloads } from './workloads.ts'

const entry = builtScript('workload')
const WAIT_MAX_MS = 60_000

let member: ThrowAwayMember
let workloads: Workloads
let roots = 0

beforeAll(async () => {
  member = await startThrowAwayMember(builtScript('member'), ['tickTime=250', 'minSessionTimeout=500'])
  workloads = new Workloads({ entry, connectString: () => member.connectString })
})
afterAll(() => member?.close())

/** It ends with the test. */
function start({ onTestFinished }: TestContext, kind: string, settings: Record<string, unknown> = {}): Workload {
  roots += 1
  const workload = workloads.start(kind, settings, { root: `/test/${kind}-${roots}` })
  onTestFinished(() => workload.stop())
  return workload
}

/** The first report of which this is true. */
function reported(workload: Workload, holds: (report: WorkloadReport) => boolean): Promise<WorkloadReport> {
  return new Promise((resolve, reject) => {
    const say = () =>
      reject(new Error(`waited in vain; the last report: ${JSON.stringify(workload.status(), null, 1)}`))
    const timer = setTimeout(say, WAIT_MAX_MS)
    void workload.ended.then(say)
    const stop = workload.onReport((report) => {
      if (!holds(report)) return
      clearTimeout(timer)
      stop()
      resolve(report)
    })
  })
}

const counted = (name: string, atLeast: number) => (report: WorkloadReport) => (report.counts[name] ?? 0) >= atLeast

// Mostly waiting, so together.
describe.concurrent('every kind', () => {
  describe('lock contention', () => {
    test.for(['mutex', 'read-write', 'semaphore', 'naive'])(
      '%s: contenders take turns, and more come when asked',
      async (mode, context) => {
        const workload = start(context, 'lock', { mode, contenders: 2, holdMs: 20, thinkMs: 0 })
        await reported(workload, counted('grants', 5))
        workload.update({ contenders: 6, holdMs: 60 })
        const report = await reported(workload, (now) => {
          return (
            now.actors.length === 6 && now.actors.some(({ state }) => state === 'holding') && counted('grants', 10)(now)
          )
        })
        expect(report.counts).toMatchObject({ losses: 0, failures: 0 })
        const holders = report.actors.filter(({ state }) => state === 'holding')
        if (mode === 'mutex' || mode === 'naive') expect(holders).toHaveLength(1)
        if (mode === 'semaphore') expect(holders.length).toBeLessThanOrEqual(2)
        expect(holders[0]).toMatchObject({
          connected: true,
          token: expect.stringMatching(/^0x/),
          sessionId: expect.any(String),
        })
        expect(report.latencies.wait?.count).toBeGreaterThan(0)
        expect(() => workload.update({ mode: 'mutex2' })).toThrow('is one of mutex')
        if (mode !== 'mutex') expect(() => workload.update({ mode: 'mutex' })).toThrow('chosen at its start')
      },
    )

    test('naive: the herd costs more than a notification a grant', async (context) => {
      const workload = start(context, 'lock', { mode: 'naive', contenders: 8, holdMs: 10, thinkMs: 0 })
      const { counts } = await reported(workload, counted('grants', 20))
      expect((counts.notifications ?? 0) / (counts.grants ?? 1)).toBeGreaterThan(3)
    })
  })

  test('configuration: every watcher gets it, and it is timed', async (context) => {
    const workload = start(context, 'configuration', { watchers: 10, writesPerSecond: 20 })
    const { counts, latencies } = await reported(workload, counted('deliveries', 60))
    expect(counts.writes).toBeGreaterThan(5)
    expect(latencies.delivery?.p50).toBeGreaterThan(0)
    expect(counts.failures).toBe(0)
  })

  test('membership: who crashes stays in the list until the session is over', async (context) => {
    const settings = { joinsPerSecond: 20, leavesPerSecond: 0, crashShare: 100, membersMax: 5, sessionTimeoutMs: 1000 }
    const workload = start(context, 'membership', settings)
    await reported(workload, (report) => report.counts.seen === 5)
    workload.update({ joinsPerSecond: 0, leavesPerSecond: 50 })
    const gone = await reported(workload, (report) => report.counts.members === 0)
    expect(gone.counts).toMatchObject({ crashes: 5, leaves: 0 })
    await reported(workload, (report) => report.counts.seen === 0)
  })

  test('queue: what is produced is consumed, by one each', async (context) => {
    const workload = start(context, 'queue', { producers: 2, itemsPerSecond: 100, consumers: 3, workMs: 0 })
    await reported(workload, counted('produced', 50))
    workload.update({ producers: 0 })
    const { counts } = await reported(workload, (report) => report.counts.produced === report.counts.consumed)
    expect(counts).toMatchObject({ failures: 0, inDoubt: 0 })
  })

  test('load: the rate that was asked for, reads and writes as asked', async (context) => {
    const workload = start(context, 'load', { opsPerSecond: 400, readShare: 75, keys: 20 })
    const { counts, latencies, perSecond } = await reported(workload, counted('reads', 600))
    const share = (counts.reads ?? 0) / ((counts.reads ?? 0) + (counts.writes ?? 0))
    expect(share).toBeGreaterThan(0.65)
    expect(share).toBeLessThan(0.85)
    expect(counts).toMatchObject({ errors: 0, failures: 0, leftOut: 0 })
    expect(perSecond.reads).toBeLessThan(900)
    expect(latencies.write?.p99).toBeGreaterThanOrEqual(latencies.write?.p50 ?? Infinity)
  })

  describe('two locks', () => {
    test('in opposite orders they are dead at once, for good', async (context) => {
      const workload = start(context, 'deadlock', { betweenMs: 100, holdMs: 0 })
      const report = await reported(workload, counted('deadlocks', 1))
      expect(report.actors.map(({ state, token }) => [state, token !== null])).toEqual([
        ['waiting', true],
        ['waiting', true],
      ])
    })

    test('with a timeout they get on', async (context) => {
      const workload = start(context, 'deadlock', { betweenMs: 100, holdMs: 0, timeoutMs: 200 })
      const { counts } = await reported(
        workload,
        (report) => counted('timeouts', 1)(report) && counted('rounds', 2)(report),
      )
      expect(counts.failures).toBe(0)
    })
  })

  describe('paused holder', () => {
    const settings = { pauseMs: 1700, sessionTimeoutMs: 500, betweenMs: 0 }

    test('without fencing its late write undoes the rival’s', async (context) => {
      const { counts, notes } = await reported(
        start(context, 'paused-holder', { ...settings, fencing: false }),
        counted('rounds', 1),
      )
      expect(counts).toMatchObject({ value: 1, accepted: 2, refused: 0, lostUpdates: 1, failures: 0 })
      expect(notes.at(-1)?.text).toMatch(/the holder, which saw its lock .* A lost update\./)
    })

    test('with fencing it is refused', async (context) => {
      const { counts, notes } = await reported(start(context, 'paused-holder', settings), counted('rounds', 1))
      expect(counts).toMatchObject({ value: 1, accepted: 1, refused: 1, lostUpdates: 0, failures: 0 })
      expect(notes.at(-1)?.text).toMatch(/refused, token 0x\w+ is older than 0x/)
    })

    test('no stopped process survives a workload that was killed', async (context) => {
      const workload = start(context, 'paused-holder', { ...settings, pauseMs: 60_000 })
      await reported(workload, ({ actors }) => actors.some(({ state }) => state === 'paused'))
      const { pid } = workload.status()
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
      expect(children).toHaveLength(2)
      workload.kill()
      await workload.ended
      for (const child of children) while (isThere(child)) await new Promise((resolve) => setTimeout(resolve, 10))
      expect(workload.status()).toMatchObject({ state: 'failed', problem: expect.stringContaining('SIGKILL') })
    })
  })

  test('in a terminal: what happens in lines, until it is to stop', async () => {
    const lines: string[] = []
    let stop = (): void => undefined
    const stopped = new Promise<void>((resolve) => {
      stop = resolve
    })
    const print = (line: string) => {
      lines.push(line)
      if (/grants [1-9]/.test(line)) stop()
    }
    const common = { entry, connectString: member.connectString, root: '/test/terminal', print, stop: stopped }
    expect(await runWorkload({ ...common, kind: 'lock', settings: { holdMs: 10 } })).toBe(0)
    expect(lines[0]).toMatch(/^lock under \/test\/terminal at 127\.0\.0\.1:\d+, pid \d+\. Ctrl-C ends it\.$/)
    expect(lines.at(-1)).toMatch(/^\d+ s {2}grants \d+ .*losses 0 failures 0 {2}wait p50 [\d.]+ p99 [\d.]+ ms/)
    expect(await runWorkload({ ...common, kind: 'lock', settings: { holdMs: -1 } })).toBe(2)
    expect(lines.at(-1)).toBe('holdMs of a lock workload is a number from 0 to 60000 (ms).')
  })
})

function isThere(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

describe('starting and stopping', () => {
  test('what cannot be is refused in words', () => {
    const options = { entry, connectString: member.connectString }
    const attempt =
      (kind: string, settings: unknown, more: object = {}) =>
      () =>
        startWorkload(kind, settings, { ...options, ...more })
    expect(attempt('locks', {})).toThrow(WorkloadError)
    expect(attempt('locks', {})).toThrow(`There are ${WORKLOAD_KINDS.join(', ')}`)
    expect(attempt('lock', { contenders: 1000 })).toThrow('contenders of a lock workload is a number from 1 to 200.')
    expect(attempt('lock', { contendres: 1 })).toThrow('no setting contendres; it has mode, contenders')
    expect(attempt('lock', {}, { connectString: 'a:b' })).toThrow('is no server')
    expect(attempt('lock', {}, { root: 'x' })).toThrow('starts with "/"')
    expect(attempt('lock', {}, { root: '/' })).toThrow('not the root itself')
  })

  test('at most so many at a time; stopped ones end their sessions', async (context) => {
    const zk = await ZooKeeper.connect({ servers: member.connectString })
    const idle = { contenders: 1, thinkMs: 0, holdMs: 60_000 }
    const many = Array.from({ length: WORKLOADS_MAX }, () => start(context, 'lock', idle))
    expect(() => start(context, 'lock')).toThrow(`${WORKLOADS_MAX} workloads run already`)
    const [first] = many
    if (!first) throw new Error('none was started')
    await reported(first, ({ actors }) => actors[0]?.state === 'holding')
    const dir = `${first.root}/mutex`
    expect((await zk.getChildren(dir)).children).toHaveLength(1)
    await first.stop()
    expect((await zk.getChildren(dir)).children).toHaveLength(0)
    expect(() => first.update({ contenders: 2 })).toThrow('is over')
    expect(() => workloads.get(first.id)).toThrow('No workload')
    await workloads.stopAll()
    expect(
      workloads
        .list()
        .slice(-WORKLOADS_MAX)
        .every(({ state, problem }) => state === 'ended' && problem === null),
    ).toBe(true)
    await zk.close()
  })

  test('without a server it says so, and can be stopped all the same', async () => {
    const workload = startWorkload('lock', {}, { entry, connectString: '127.0.0.1:1' })
    try {
      expect((await reported(workload, ({ notes }) => notes.length > 0)).notes[0]?.text).toMatch(
        /127\.0\.0\.1:1 cannot be reached/,
      )
    } finally {
      await workload.stop()
    }
    expect(workload.status().state).toBe('ended')
  })
})
