import { expect, test } from 'vitest'
import type { ActorReport, WorkloadReport } from '#shared/events/workload-report.ts'
import { ACTORS_TOLD_MAX, NOTES_TOLD_MAX, shortReport } from './short-report.ts'

const actor: ActorReport = {
  ...{ name: 'a', state: 'holding', sinceMs: 1, sessionId: '0x1', connected: true, path: '/l', token: '0x2' },
}

test('a report is told without the tail of its lists; nobody is lost from the count', () => {
  const report: WorkloadReport = {
    ...{ kind: 'lock', atMs: 1, uptimeMs: 1, settings: {}, perSecond: {}, latencies: {}, counts: { grants: 7 } },
    actors: Array.from({ length: 100 }, (_, i) => ({ ...actor, name: `a${i}` })),
    actorsLeftOut: 50,
    notes: Array.from({ length: 20 }, (_, i) => ({ atMs: i, severity: 'info', text: `n${i}` })),
  }
  const short = shortReport(report)
  expect(short.actors).toHaveLength(ACTORS_TOLD_MAX)
  expect(short.actors.length + short.actorsLeftOut).toBe(150)
  expect(short.notes.map(({ text }) => text)).toEqual(report.notes.slice(-NOTES_TOLD_MAX).map(({ text }) => text))
  expect(short.counts).toEqual({ grants: 7 })
})
