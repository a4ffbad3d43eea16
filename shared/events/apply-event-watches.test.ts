import { describe, expect, test } from 'vitest'
import { applyEvent } from './apply-event.ts'
import { type ClusterView, emptyClusterView } from './cluster-view.ts'
import type { GatewayEvent } from './socket-protocol.ts'

function fold(events: readonly GatewayEvent[]): ClusterView {
  const view = emptyClusterView()
  for (const event of events) applyEvent(view, event)
  return view
}

describe('watches', () => {
  const watch = { sid: 1, conn: 2, session: '0xa', path: '/a' }
  const found: GatewayEvent = { type: 'watchFound', t: 5, ...watch, kind: 'data' }

  test('one that was there before anybody looked is logged as found', () => {
    expect(fold([found]).watchLog).toEqual([{ t: 5, ...watch, stage: 'found', what: 'data', zxid: '0x0' }])
  })

  test('one that is known to wait is not logged twice; one that has fired since is', () => {
    const set: GatewayEvent = { type: 'watchSet', t: 1, ...watch, kind: 'data', zxid: '0x100000001' }
    const fired: GatewayEvent = { type: 'watchTriggered', t: 2, ...watch, event: 'x', zxid: '0x100000002' }
    expect(fold([set, found, found]).watchLog).toHaveLength(1)
    expect(fold([{ ...set, kind: 'exists' }, found]).watchLog).toHaveLength(1)
    expect(fold([{ ...set, kind: 'children' }, found]).watchLog).toHaveLength(2)
    expect(fold([set, fired, found]).watchLog.map(({ stage }) => stage)).toEqual(['set', 'triggered', 'found'])
  })
})
