import { describe, expect, test } from 'vitest'
import type { Marker } from '#shared/events/cluster-view.ts'
import { round } from '../../testing/samples.ts'
import { binMsFor, flowBins } from './flow-bins.ts'
import { flowRounds, flowX, hitRound, roundsWithin, unheardProposal } from './flow-marks.ts'

const box = { from: 1000, to: 1010, leftPx: 0, rightPx: 1000 }
const one = round(
  '0x100000004',
  {
    1: { received: 1001, logged: 1003, acked: 1003, committed: 1006, applied: 1007 },
    3: { logged: 1002, committed: 1005, applied: 1005 },
  },
  { quorumBy: 1, quorumAt: 1004 },
)
const marker = (t: number, sid: number, type: Marker['type']): Marker => ({ t, sid, type, text: '' })

describe('marks', () => {
  test('of one round: proposal, flushes, ack to its arrival, commit, applies and the one diamond', () => {
    const [drawn] = flowRounds([one], [1, 3], { markers: [] }, flowX(box))
    const kinds = drawn?.marks.map(({ type }) => type)
    expect(kinds?.filter((type) => type === 'flush').length).toBe(2)
    expect(kinds?.filter((type) => type === 'quorum').length).toBe(1)
    const ack = drawn?.marks.find(({ type }) => type === 'ack')
    expect(ack).toMatchObject({ x1: 300, x2: 400, from: 1, to: 3, end: 'arrived' })
    expect([drawn?.x1, drawn?.x2]).toEqual([0, 700])
  })

  test('a proposal is lost with a process that ended after it, waits at a paused one, and was never sent to a dead one', () => {
    expect(unheardProposal(one, 2, [marker(1002, 2, 'killed')])).toBe('lost')
    expect(unheardProposal(one, 2, [marker(990, 2, 'paused')])).toBe('open')
    expect(unheardProposal(one, 2, [marker(990, 2, 'killed'), marker(2000, 2, 'started')])).toBe('none')
    expect(unheardProposal(one, 2, [])).toBe('none')
  })

  test('only rounds of the window; the one under the pointer is found', () => {
    const later = round('0x100000005', {}, { proposedAt: 1020 })
    expect(roundsWithin([one, later], box)).toEqual([one])
    const drawn = flowRounds([one], [1, 3], { markers: [] }, flowX(box))
    expect(hitRound(drawn, 705, 8)?.zxid).toBe('0x100000004')
    expect(hitRound(drawn, 720, 8)).toBeNull()
  })
})

describe('bins', () => {
  test('count every write of the window, also those whose rounds are not kept', () => {
    const wide = { from: 0, to: 10_000, leftPx: 0, rightPx: 10 }
    const bins = flowBins(
      {
        writeRate: [
          [0, 5],
          [1, 7],
          [9, 3],
          [11, 99],
        ],
        rounds: [one],
      },
      wide,
    )
    expect(bins.writes).toBe(15)
    expect(bins.binMs).toBe(5000)
    expect(bins.bins.map(({ rate }) => rate)).toEqual([2.4, 0.6])
    expect(bins.bins.map(({ slowestMs }) => slowestMs)).toEqual([5, null])
    expect(bins.bins[0]?.applied).toEqual({ 1: 1, 3: 1 })
  })

  test('of an hour: the gateway counts what is older than the own counts, and nothing is counted twice', () => {
    const hour = { from: 0, to: 3_600_000, leftPx: 0, rightPx: 1000 }
    const roundMs = { p50: 2, p95: 5, p99: 9 }
    const step = (t: number, commits: number) => ({ t, commits, roundMs })
    const past = { stepMs: 15_000, steps: [step(0, 100), step(15_000, 50), step(2_985_000, 70), step(3_000_000, 7)] }
    // The own counts begin in the middle of a bin.
    const writeRate: [number, number][] = [
      [2994, 30],
      [2999, 10],
      [3000, 7],
      [3010, 5],
    ]
    const bins = flowBins({ writeRate, rounds: [], past }, hour)
    expect(bins.binMs).toBe(15_000)
    expect(bins.writes).toBe(100 + 50 + 70 + 7 + 5)
    expect(bins.bins[0]).toMatchObject({ rate: 100 / 15, slowestMs: 9 })
    const coarser = { ...past, stepMs: 30_000 }
    expect(flowBins({ writeRate, rounds: [], past: coarser }, hour).writes).toBe(52)
  })

  test('are whole seconds, wide enough to be seen', () => {
    expect(binMsFor(60_000, 1000)).toBe(1000)
    expect(binMsFor(600_000, 1000)).toBe(5000)
    expect(binMsFor(3_600_000, 1000)).toBe(15_000)
  })
})
