import { expect, test } from 'vitest'
import { type Operation, sent } from '#shared/history/history.ts'
import { create, getData } from '#shared/history/requests.ts'
import { asSessionId, asSid } from '#shared/zk/ids.ts'
import { FAULT_KINDS } from './plan.ts'
import { describeReport, makeReport, type RunFacts } from './report.ts'

const ARGS = {
  ...{ minutes: 1, seed: 7, members: 3, faults: FAULT_KINDS, clients: 8, pauseMs: 30 },
  report: null,
  dir: null,
}

function write(doneAtMs: number | null, err: number | null = 0): Operation {
  const known = { client: 1, sessionId: asSessionId(1n), conn: 1, server: asSid(1), xid: 1, sentAtMs: 0 }
  return { ...sent({ ...known, request: create('/a') }), doneAtMs, err }
}

function facts(operations: readonly Operation[]): RunFacts {
  const done = [
    { type: 'killAll', on: [1, 2, 3], detail: '', fromMs: 1100, untilMs: 2900, hit: true },
    { type: 'pause', on: [2], detail: '', fromMs: 1100, untilMs: 2900, hit: false },
  ] as const
  const counts = { diskEnds: 0, events: 1, connections: 2, sessions: 1, lockTurns: 0, isFull: false }
  return { args: ARGS, startedAtMs: 1000, endedAtMs: 6000, done, operations, ...counts }
}

const judgement = (what: string | null) => ({
  checks: [{ name: 'locks', ms: 5, findings: what === null ? [] : [{ id: 'LOCK', what }] }],
  chosen: { log: [], leftOut: 2, conflicts: [] },
  registers: 4,
})

test('times without an acknowledged write are windows, with the faults that were active in them', () => {
  const read = { ...write(2500), request: getData('/a') }
  const operations = [write(1200), write(3400), write(3000, -110), write(null, null), read, write(4300), write(5100)]
  const { unavailable, outcomes } = makeReport(facts(operations), judgement(null), null)
  expect(unavailable.windows).toEqual([{ fromMs: 200, forMs: 2200, faults: ['killAll 1+2+3'] }])
  expect([unavailable.totalMs, unavailable.longestMs]).toEqual([2200, 2200])
  expect(outcomes.create).toEqual({ OK: 4, NODEEXISTS: 1, unknown: 1 })
})

test('a clean run says so and how to repeat it; another one what is wrong and where the evidence is', () => {
  const clean = makeReport(facts([]), judgement(null), null)
  expect(clean.clean).toBe(true)
  expect(describeReport(clean)).toMatch(/Clean\.\nAgain: npm run nemesis -- --seed 7 --minutes 1 --members 3/)
  const red = makeReport(facts([]), judgement('two holders'), '/evidence')
  expect(red.clean).toBe(false)
  expect(describeReport(red)).toContain('VIOLATED. What is known is kept in /evidence.')
  expect(describeReport(red)).toContain('✗ locks (0.0 s)\n        LOCK: two holders')
})
