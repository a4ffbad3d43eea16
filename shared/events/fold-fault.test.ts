import { expect, test } from 'vitest'
import { applyEvent } from './apply-event.ts'
import { emptyClusterView, type MemberView } from './cluster-view.ts'
import type { FaultView } from './fault-request.ts'

function fault(id: string): FaultView {
  const base = { fault: 'cut', parameters: {}, links: [], beganAt: 10, endsAt: 20, text: `Cut ${id}` } as const
  return { ...base, id, target: { on: 'isolate', at: 'leader' }, sids: [1, 2, 3] }
}

test('active faults are in the view until they end; what happened once leaves a mark only', () => {
  const view = emptyClusterView()
  applyEvent(view, { type: 'fault', t: 10, sid: 1, change: 'began', fault: fault('f1'), reason: '' })
  applyEvent(view, { type: 'fault', t: 11, sid: 1, change: 'began', fault: fault('f2'), reason: '' })
  applyEvent(view, { type: 'fault', t: 12, sid: 1, change: 'happened', fault: fault('f3'), reason: '' })
  applyEvent(view, { type: 'fault', t: 13, sid: 1, change: 'ended', fault: fault('f1'), reason: 'healed' })
  expect(view.faults.map(({ id }) => id)).toEqual(['f2'])
  expect(view.markers.map(({ type, text }) => [type, text])).toEqual([
    ['fault', 'Cut f1'],
    ['fault', 'Cut f2'],
    ['fault', 'Cut f3'],
    ['healed', 'Cut f1: over, healed'],
  ])
})

test('a member that has left is in no list, and its marks stay', () => {
  const view = emptyClusterView()
  const member = { sid: 4, process: 'running', heardAt: 0 } as MemberView // the rest does not matter here
  applyEvent(view, { type: 'member', t: 1, sid: 4, member })
  applyEvent(view, { type: 'stream', t: 2, sid: 4, up: true })
  applyEvent(view, { type: 'connected', t: 3, sid: 4, conn: 1, address: 'a:1', session: '0x1', timeoutMs: 1 })
  applyEvent(view, { type: 'memberGone', t: 4, sid: 4 })
  expect([view.members, view.streams, view.connections]).toEqual([{}, {}, {}])
  expect(view.markers.at(-1)).toMatchObject({ sid: 4, type: 'left' })
})

test('how a process ended stays with the member', () => {
  const view = emptyClusterView()
  const member = { sid: 1, process: 'running', heardAt: 0 } as MemberView // the rest does not matter here
  applyEvent(view, { type: 'member', t: 1, sid: 1, member })
  const end = { exitCode: 10, signal: null, expected: false, lines: ['the disk has failed'] }
  applyEvent(view, { type: 'process', t: 2, sid: 1, process: 'killed', pid: null, reason: 'exit code 10', end })
  expect(view.members[1]?.lastEnd).toEqual(end)
})
