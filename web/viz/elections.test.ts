import { expect, test } from 'vitest'
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

test('one election a round, newest first, with how each vote changed and who won', () => {
  expect(groupElections(VOTES, 3, 10)).toEqual([
    { round: 5, startedAt: 50, endedAt: 50, elected: null, ballots: [{ from: 1, choices: [1], zxid: '0x100000005' }] },
    {
      round: 4,
      startedAt: 10,
      endedAt: 12,
      elected: 2,
      ballots: [
        { from: 1, choices: [1, 2], zxid: '0x100000005' },
        { from: 2, choices: [2], zxid: '0x100000005' },
      ],
    },
  ])
})

test('half is no majority', () => {
  expect(groupElections([vote(1, 1, 1, 1), vote(1, 2, 1, 1)], 4, 1)[0]?.elected).toBeNull()
})

test('the newest vote while looking', () => {
  expect(currentVote(VOTES, 1)?.round).toBe(5)
  expect(currentVote(VOTES, 3)).toBeNull()
})
