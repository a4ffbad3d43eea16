import { expect, test } from 'vitest'
import type { Marker } from '#shared/events/cluster-view.ts'
import { vote } from '../testing/samples.ts'
import { currentVote, groupElections } from './elections.ts'

const VOTES = [
  vote(10, 1, 1, 4),
  vote(11, 2, 2, 4),
  vote(12, 1, 2, 4),
  vote(13, 1, 2, 4, { to: 2 }),
  vote(20, 3, 2, 4, { state: 'LEADING' }),
  vote(50, 1, 1, 5),
]

const leads = (t: number, sid: number): Marker => ({ t, sid, type: 'epoch', text: '' })

test('one election a round, newest first, with how each vote changed, who won and when it served', () => {
  expect(groupElections(VOTES, [leads(30, 2)], 3, 10).map(({ votes: _, ...election }) => election)).toEqual([
    {
      round: 5,
      startedAt: 50,
      endedAt: 50,
      elected: null,
      servedAt: null,
      ballots: [{ from: 1, choices: [1], zxid: '0x100000005' }],
    },
    {
      round: 4,
      startedAt: 10,
      endedAt: 12,
      elected: 2,
      servedAt: 30,
      ballots: [
        { from: 1, choices: [1, 2], zxid: '0x100000005' },
        { from: 2, choices: [2], zxid: '0x100000005' },
      ],
    },
  ])
})

test('half is no majority', () => {
  expect(groupElections([vote(1, 1, 1, 1), vote(1, 2, 1, 1)], [], 4, 1)[0]?.elected).toBeNull()
})

test('a member that comes back to a leader elects nobody, though its rounds start over at 1', () => {
  const first = [vote(1, 1, 1, 1), vote(2, 2, 2, 1), vote(3, 3, 3, 1), vote(4, 1, 3, 1), vote(5, 2, 3, 1)]
  const second = [vote(100, 1, 1, 2), vote(101, 2, 2, 2), vote(102, 1, 2, 2)]
  const back = [
    vote(200, 3, 3, 1),
    vote(201, 3, 3, 2),
    vote(202, 1, 2, 2, { to: 3, state: 'FOLLOWING' }),
    vote(203, 2, 2, 2, { to: 3, state: 'LEADING' }),
  ]
  const elections = groupElections([...first, ...second, ...back], [leads(10, 3), leads(110, 2)], 3, 10)
  expect(elections.map(({ round, elected, servedAt }) => [round, elected, servedAt])).toEqual([
    [2, 2, 110],
    [1, 3, 10],
  ])
  expect(elections[1]?.ballots.find(({ from }) => from === 3)?.choices).toEqual([3])
})

test('who was elected but did not come to serve is followed by a round of its own', () => {
  const votes = [vote(1, 1, 2, 1), vote(1, 2, 2, 1), vote(50, 1, 1, 2), vote(51, 3, 3, 2), vote(52, 1, 3, 2)]
  const elections = groupElections(votes, [leads(60, 3)], 3, 10)
  expect(elections.map(({ round, elected, servedAt }) => [round, elected, servedAt])).toEqual([
    [2, 3, 60],
    [1, 2, null],
  ])
})

test('a round given up for a later one is no election', () => {
  const votes = [vote(1, 1, 1, 1), vote(3, 1, 1, 2), vote(3, 2, 2, 2), vote(4, 1, 2, 2)]
  expect(groupElections(votes, [], 3, 10).map(({ round }) => round)).toEqual([2])
})

test('the newest vote while looking', () => {
  expect(currentVote(VOTES, 1)?.round).toBe(5)
  expect(currentVote(VOTES, 3)).toBeNull()
})
