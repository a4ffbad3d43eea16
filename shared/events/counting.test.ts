import { describe, expect, test } from 'vitest'
import { formatZxid, makeZxid } from '../zk/zxid.ts'
import { applyEvent } from './apply-event.ts'
import type { Stage } from './cluster-event.ts'
import { type ClusterView, COUNTED_EPOCHS_MAX, emptyClusterView } from './cluster-view.ts'
import { startCountingAt } from './fold-rounds.ts'
import type { GatewayEvent } from './socket-protocol.ts'

const z = (epoch: number, counter: number): string => formatZxid(makeZxid(epoch, counter))

/** Counted from the very beginning. */
function freshView(): ClusterView {
  const view = emptyClusterView()
  startCountingAt(view, z(0, 0))
  return view
}

function fold(events: readonly GatewayEvent[]): ClusterView {
  const view = freshView()
  for (const event of events) applyEvent(view, event)
  return view
}

function mark(t: number, sid: number, stage: Stage, zxid: string): GatewayEvent {
  return { type: 'mark', t, sid, stage, zxid }
}

function proposed(t: number, sid: number, zxid: string): GatewayEvent {
  const txn = { zxid, op: 'create', path: '/a', session: '0x1', cxid: 1, bytes: 3, error: null, ephemeral: false }
  return { type: 'proposed', t, sid, txn }
}

describe('commits', () => {
  test('the end of an old epoch counts, though the next has begun; and what is applied was committed', () => {
    const view = fold([
      mark(1000, 3, 'committed', z(1, 100)),
      mark(2000, 2, 'committed', z(2, 3)),
      mark(2001, 1, 'applied', z(1, 105)), // what 3 committed last and was killed before telling
      mark(2002, 1, 'applied', z(2, 3)),
      mark(2003, 2, 'applied', z(1, 105)),
    ])
    expect(view.totals.committed).toBe(108)
    expect(view.committedUpTo).toBe(z(2, 3))
  })

  test('epochs without end take no memory without end', () => {
    const view = freshView()
    for (let epoch = 1; epoch <= 100; epoch += 1) applyEvent(view, mark(epoch * 1000, 1, 'committed', z(epoch, 2)))
    expect(view.totals.committed).toBe(200)
    expect(Object.keys(view.committedIn)).toHaveLength(COUNTED_EPOCHS_MAX)
  })
})

describe('while rounds are sampled', () => {
  test('a killed leader takes with it only rounds that it would have told', () => {
    const view = fold([
      { type: 'sampling', t: 900, sid: 3, every: 4 },
      proposed(1000, 3, z(1, 8)),
      mark(1001, 1, 'received', z(1, 8)),
      mark(1003, 1, 'received', z(1, 17)),
      { type: 'stream', t: 1010, sid: 3, up: false },
    ])
    expect(view.rounds.map((round) => round.txn.zxid)).toEqual([z(1, 8), z(1, 12), z(1, 16)])
    applyEvent(view, { type: 'stream', t: 2000, sid: 3, up: true })
    expect(view.sampling).toEqual({})
  })
})
