import { describe, expect, test } from 'vitest'
import type { Marker } from '#shared/events/cluster-view.ts'
import { vote } from '../testing/samples.ts'
import { electionMatrix, electionSummary, whyChanged } from './election-matrix.ts'
import { groupElections } from './elections.ts'

const votes = [
  vote(100, 1, 1, 5),
  vote(100.4, 2, 2, 5),
  vote(109, 1, 2, 5),
  vote(110, 1, 2, 5, { to: 3 }),
  vote(130, 3, 3, 5, { zxid: '0x100000009' }),
  vote(140, 1, 3, 5, { zxid: '0x100000009' }),
  vote(141.5, 2, 3, 5, { zxid: '0x100000009' }),
]
const marker = (t: number, sid: number, type: Marker['type']): Marker => ({ t, sid, type, text: '' })
const markers = [marker(50, 4, 'killed'), marker(90, 1, 'looking'), marker(400, 3, 'epoch')]

describe('the vote matrix', () => {
  const [election] = groupElections(votes, markers, 3, 5)
  if (!election) throw new Error('one election')
  const matrix = electionMatrix(election, 2, [])

  test('a column for each moment of change; what only still holds has no reason', () => {
    expect(matrix.voters).toEqual([1, 2, 3])
    expect(matrix.columns).toEqual([0, 9, 30, 40, 41.5])
    expect(matrix.rows[0]?.map((cell) => cell && [cell.leader, cell.why])).toEqual([
      [1, 'start'],
      [2, 'sid'],
      [2, null],
      [3, 'zxid'],
      [3, null],
    ])
    expect(matrix.rows[2]?.slice(0, 3).map((cell) => cell?.why)).toEqual([undefined, undefined, 'start'])
  })

  test('the quorum is where more than half agreed on who was elected', () => {
    expect(election.elected).toBe(3)
    expect(matrix.quorumAt).toBe(3)
  })

  test('a cause that was noticed a moment after the first vote is still the cause', () => {
    const noticed = [marker(90, 1, 'looking'), marker(160, 4, 'killed'), marker(400, 3, 'epoch')]
    const { trigger, unavailableMs } = electionSummary(election, { markers: noticed, rounds: [] })
    expect([trigger?.type, unavailableMs]).toEqual(['killed', 300])
  })

  test('the summary names the cause and the time without a leader', () => {
    expect(electionSummary(election, { markers, rounds: [] })).toEqual({
      trigger: { type: 'killed', sid: 4, t: 50 },
      unavailableMs: 350,
      notifications: 7,
      firstCommitMs: null,
    })
  })
})

test('epoch comes before zxid, zxid before server id', () => {
  const base = vote(1, 1, 1, 1)
  expect(whyChanged(base, vote(2, 1, 2, 1, { peerEpoch: 2, zxid: '0x1' }))).toBe('epoch')
  expect(whyChanged(base, vote(2, 1, 2, 1, { zxid: '0x100000006' }))).toBe('zxid')
  expect(whyChanged(base, vote(2, 1, 2, 1))).toBe('sid')
  expect(whyChanged(vote(1, 1, 3, 1), vote(2, 1, 1, 1))).toBe('other')
})
