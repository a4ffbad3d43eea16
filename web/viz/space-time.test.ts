import { describe, expect, test } from 'vitest'
import { round } from '../testing/samples.ts'
import { diagramSpan, layoutRound } from './space-time.ts'

const BOX = { width: 500, laneHeight: 40, leftPx: 100, rightPx: 0, topPx: 20 }

const ROUND = round(
  '0x100000001',
  {
    1: { received: 1001, logged: 1002, acked: 1002, committed: 1005, applied: 1006 },
    2: { received: 1001, logged: 1004, acked: 1004, committed: 1006, applied: 1007 },
    3: { proposed: 1000, logged: 1002.5, acked: 1002.5, committed: 1003, applied: 1003.2 },
  },
  { quorumBy: 1, quorumAt: 1003 },
)

describe('the space–time diagram', () => {
  const diagram = layoutRound(ROUND, [1, 2, 3], BOX)

  test('the leader’s lane is the first, the others by id', () => {
    expect(diagram.lanes.map(({ sid, leader }) => [sid, leader])).toEqual([
      [3, true],
      [1, false],
      [2, false],
    ])
    expect(diagram.lanes.map(({ y }) => y)).toEqual([40, 80, 120])
  })

  test('time runs to the right on one scale', () => {
    const perMs = 400 / (7 * 1.04)
    expect(diagram.lanes[1]?.flush).toMatchObject({ x1: 100 + perMs, x2: 100 + 2 * perMs, ms: 1, open: false })
    expect(diagram.lanes[2]?.appliedX).toBeCloseTo(100 + 7 * perMs)
  })

  test('proposals leave the leader, commits too; the ack of the quorum arrives where the diamond is', () => {
    const of = (type: string, sid: number) => diagram.arrows.find((arrow) => arrow.type === type && arrow.sid === sid)
    expect(of('proposal', 2)).toMatchObject({ x1: 100, y1: 40, y2: 120 })
    expect(of('commit', 1)).toMatchObject({ y1: 40, y2: 80, arrived: true })
    expect(of('ack', 1)).toMatchObject({ arrived: true, y2: 40, x2: diagram.quorum?.x })
    expect(diagram.quorum).toMatchObject({ by: 1, ms: 3, y: 40 })
  })

  test('an ack whose arrival nobody recorded ends on its way', () => {
    const ack = diagram.arrows.find(({ type, sid }) => type === 'ack' && sid === 2)
    expect(ack?.arrived).toBe(false)
    expect(ack?.y2).toBeGreaterThan(40)
    expect(ack?.y2).toBeLessThan(120)
  })

  test('a stage that came very late is named at the edge and does not stretch the scale', () => {
    const late = round(ROUND.txn.zxid, { ...ROUND.members, 2: { received: 31_000, applied: 31_002 } }, ROUND)
    const members = { ...ROUND.members, 2: { received: 31_000, applied: 31_002 } }
    const { lanes } = layoutRound({ ...late, members }, [1, 2, 3], BOX)
    expect(diagramSpan({ ...late, members })).toBeLessThan(20)
    expect(lanes[2]).toMatchObject({ flush: null, appliedX: null, seen: true })
    expect(lanes[2]?.late.map(({ stage }) => stage)).toEqual(['received', 'applied'])
  })

  test('a member that never saw it has an empty lane; a flush under way stays open', () => {
    const waiting = round('0x1', { 3: { proposed: 1000 }, 1: { received: 1001 } })
    const { lanes, arrows, quorum } = layoutRound(waiting, [1, 2, 3], BOX)
    expect(lanes[2]).toMatchObject({ sid: 2, seen: false, flush: null })
    expect(lanes[1]?.flush?.open).toBe(true)
    expect(arrows.map(({ type }) => type)).toEqual(['proposal'])
    expect(quorum).toBeNull()
  })
})
