import { expect, test } from 'vitest'
import type { LockView } from '#shared/events/socket-protocol.ts'
import type { ActorReport, WorkloadReport } from '#shared/events/workload-report.ts'
import type { WorkloadView } from '#shared/events/workload-view.ts'
import { lockBeliefs } from './beliefs.ts'

const AT = 100_000

function workload(actors: readonly Partial<ActorReport>[], settings: WorkloadView['settings'] = {}): WorkloadView {
  const nobody = { name: 'a', state: 'holding', sinceMs: AT - 9000, connected: true } as const
  const full = actors.map((actor) => ({ ...nobody, sessionId: '0xa', path: '/l/x-1', token: '0x5', ...actor }))
  const report: WorkloadReport = {
    ...{ kind: 'lock', atMs: AT, uptimeMs: 1, settings, actors: full, actorsLeftOut: 2 },
    ...{ counts: {}, perSecond: {}, latencies: {}, notes: [] },
  }
  return { id: '1', kind: 'lock', state: 'running', pid: 1, root: '/w', settings, report, problem: null }
}

/** A lock with its granted standings, its waiters and what has ended. */
function lock(parts: {
  readonly granted?: readonly { path: string; token: string; session: string; heldSinceMs: number }[]
  readonly ended?: readonly { path: string; token: string; endedMs: number; endedBy: string }[]
}): LockView {
  const { granted = [], ended = [] } = parts
  const contenders = granted.map((each) => ({ ...each, role: 'holder' }))
  const standings = granted.map(({ path, token }) => ({ path, token, state: 'granted' }))
  const history = { ended: ended.map((each) => ({ grantedMs: 1, session: '0xa', ...each })) }
  return { path: '/l', recipe: 'lock', contenders, detail: { standings, history } } as unknown as LockView
}

const beliefs = (view: LockView, ...of: readonly WorkloadView[]) =>
  lockBeliefs(view, Object.fromEntries(of.map((each, i) => [String(i), each])))

test('who believes to hold what it holds agrees; other locks are not its business', () => {
  const held = lock({ granted: [{ path: '/l/x-1', token: '0x5', session: '0xa', heldSinceMs: 1 }] })
  const report = workload([{}, { name: 'b', path: '/other/x-1' }, { name: 'c', path: null }])
  expect(beliefs(held, report)).toEqual({ differ: [], reported: 1, leftOut: 2 })
})

test('a stopped holder whose session expired is stale; its token is worth what was granted since', () => {
  const ended = [{ path: '/l/x-1', token: '0x5', endedMs: AT - 4000, endedBy: 'expiry' }]
  const paused = workload([{ state: 'paused' }], { fencing: true })
  const stale = {
    verdict: 'stale',
    believes: 'paused',
    truth: 'expiry',
    truthMs: AT - 4000,
    token: '0x5',
    checks: true,
  }
  expect(beliefs(lock({ ended }), paused).differ).toMatchObject([{ ...stale, newer: null }])
  const granted = [{ path: '/l/x-2', token: '0x20000000000009', session: '0xb', heldSinceMs: 1 }]
  expect(beliefs(lock({ ended, granted }), paused).differ).toMatchObject([{ ...stale, newer: '0x20000000000009' }])
})

test('what ended after the report was made may only not have been told yet', () => {
  const ended = [{ path: '/l/x-1', token: '0x5', endedMs: AT - 100, endedBy: 'delete' }]
  expect(beliefs(lock({ ended }), workload([{}])).differ).toEqual([])
  expect(beliefs(lock({}), workload([{ sinceMs: AT - 100 }])).differ).toEqual([])
  expect(beliefs(lock({}), workload([{}])).differ).toMatchObject([{ truth: 'unknown', checks: null }])
})

test('who is granted for long and believes to wait does not know yet', () => {
  const granted = [{ path: '/l/x-1', token: '0x5', session: '0xa', heldSinceMs: AT - 5000 }]
  const waiting = workload([{ state: 'waiting', path: '/l', token: null }])
  expect(beliefs(lock({ granted }), waiting).differ).toMatchObject([{ verdict: 'unaware', truth: 'granted' }])
  const fresh = [{ path: '/l/x-1', token: '0x5', session: '0xa', heldSinceMs: AT - 500 }]
  expect(beliefs(lock({ granted: fresh }), waiting).differ).toEqual([])
})

test('workloads that have ended believe nothing', () => {
  expect(beliefs(lock({}), { ...workload([{}]), state: 'ended' }).reported).toBe(0)
})
