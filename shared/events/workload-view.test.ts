import { expect, test } from 'vitest'
import { applyEvent } from './apply-event.ts'
import { emptyClusterView } from './cluster-view.ts'
import { WORKLOADS_SHOWN_MAX, type WorkloadView } from './workload-view.ts'

function workload(id: string, state: WorkloadView['state']): WorkloadView {
  return { id, kind: 'lock', state, pid: 1, root: '/workloads/lock', settings: {}, report: null, problem: null }
}

test('the view holds workloads by id, and forgets those that ended first', () => {
  const view = emptyClusterView()
  const tell = (id: number, state: WorkloadView['state']) =>
    applyEvent(view, { type: 'workload', t: 1, sid: 0, workload: workload(String(id), state) })
  tell(1, 'running')
  for (let id = 2; id <= WORKLOADS_SHOWN_MAX; id += 1) tell(id, 'ended')
  tell(1, 'stopping')
  expect(Object.keys(view.workloads)).toHaveLength(WORKLOADS_SHOWN_MAX)
  expect(view.workloads[1]?.state).toBe('stopping')
  tell(WORKLOADS_SHOWN_MAX + 1, 'running')
  expect(Object.keys(view.workloads)).toHaveLength(WORKLOADS_SHOWN_MAX)
  expect(view.workloads[1]).toBeDefined()
  expect(view.workloads[2]).toBeUndefined()
})
