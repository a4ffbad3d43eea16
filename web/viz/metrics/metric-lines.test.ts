import { describe, expect, test } from 'vitest'
import { emptyClusterView } from '#shared/events/cluster-view.ts'
import { member } from '../../testing/samples.ts'
import { emptyChronicle } from '../chronicle/chronicle.ts'
import type { MemberSecond } from '../chronicle/seconds.ts'
import { captionFacts, metricLines, valueAt } from './metric-lines.ts'

const second = (t: number, change: Partial<MemberSecond> = {}): MemberSecond => ({
  t,
  requestRate: 1,
  txnRate: 1,
  requests: 1,
  lastZxid: '0x1',
  cpu: 0.1,
  cpuMs: 5,
  rssBytes: 80_000_000,
  outstanding: 0,
  connections: 2,
  sessions: 3,
  watches: 4,
  znodes: 5,
  commit: null,
  flush: null,
  request: null,
  ...change,
})

const view = emptyClusterView()
view.members = { 1: member(1), 2: member(2) }

describe('lines', () => {
  test('a member that was silent leaves a gap, not a straight line', () => {
    const chronicle = emptyChronicle()
    chronicle.seconds['1'] = [second(0), second(1000), second(2000, { watches: 9 }), second(9000)]
    const [one, two] = metricLines('watches', view, chronicle, 500, 10_000)
    expect(one?.points.map(({ v }) => v)).toEqual([4, 9, null, 4])
    expect(two?.points).toEqual([])
    expect(one && [valueAt(one, 2500), valueAt(one, 6500), valueAt(one, 9001)]).toEqual([9, null, 4])
  })

  test('commit times come from whoever led', () => {
    const chronicle = emptyChronicle()
    const commit = { p50: 1, p95: 2, p99: 3, max: 3, of: 9 }
    chronicle.seconds['1'] = [second(1000, { commit })]
    chronicle.seconds['2'] = [second(2000, { commit: { ...commit, p99: 8 } })]
    const lines = metricLines('commit', view, chronicle, 0, 3000)
    expect(lines.map(({ name, points }) => [name, points.map(({ v }) => v)])).toEqual([
      ['p50', [1, 1]],
      ['p95', [2, 2]],
      ['p99', [3, 8]],
    ])
  })

  test('a second without writes is a zero', () => {
    const quiet = emptyClusterView()
    quiet.writeRate.push([2, 7], [4, 1])
    expect(metricLines('writes', quiet, emptyChronicle(), 0, 6000)[0]?.points.map(({ v }) => v)).toEqual([7, 0, 1, 0])
  })
})

test('the caption names the peak, and a change that lasts', () => {
  const points = Array.from({ length: 90 }, (_, i) => ({ t: i * 1000, v: i < 60 ? 4 : 31 }))
  const facts = captionFacts([{ name: 'p99', sid: null, rank: 0, points }], 89_000)
  expect(facts).toEqual({ now: 31, peak: 31, peakAt: 60_000, peakName: 'p99', change: { from: 4, to: 31 } })
  expect(captionFacts([{ name: '', sid: null, rank: 0, points: [] }], 0)).toBeNull()
})
