import { describe, expect, test } from 'vitest'
import { UNKNOWN_OP } from '#shared/events/cluster-view.ts'
import { MESSAGES } from '../i18n/languages.ts'
import { round } from '../testing/samples.ts'
import { roundStory } from './round-story-words.ts'

const { words } = MESSAGES.en.rounds
const ms = (value: number) => `${value} ms`
const tell = (...args: Parameters<typeof round>) => roundStory(round(...args), [1, 2, 3], words, ms).slice(1)

describe('a round as a story', () => {
  test('a follower’s ack made the quorum, everybody applied it', () => {
    const applied = { applied: 1009 }
    const members = { 1: applied, 2: applied, 3: { ...applied, logged: 1002, committed: 1004 } }
    expect(tell('0x1', members, { quorumBy: 1, quorumAt: 1003 })).toEqual([
      'Its own log had it on disk after 2 ms.',
      'The ack of member 1 made the quorum after 3 ms.',
      'The leader committed it after 4 ms.',
      'All 3 members have applied it.',
    ])
  })

  test('the leader’s own flush was the last that was needed', () => {
    expect(tell('0x1', { 3: { logged: 1002 } }, { quorumBy: 3, quorumAt: 1002 })[0]).toBe(
      'The flush of leader 3 itself made the quorum after 2 ms.',
    )
  })

  test('it waits', () => expect(tell('0x1', {})).toEqual(['It waits for a quorum of acks.']))

  test('its leader was killed before it could tell', () => {
    const members = { 1: { applied: 1009 }, 2: { applied: 1009 } }
    const blank = round('0x1', members, { txn: { ...round('0x1', {}).txn, op: UNKNOWN_OP } })
    expect(roundStory(blank, [1, 2, 3], words, ms)).toEqual([
      'Member 3 proposed this and was killed before it could tell what it was; only the zxid is known.',
      '2 of 3 have applied it; not yet seen at 3.',
    ])
  })

  test('applied, though nobody told of the quorum', () => {
    expect(tell('0x1', { 1: { applied: 1 } })).toEqual([
      'Its quorum was not seen: the leader ended, or was not heard, before it could tell.',
      '1 of 3 have applied it; not yet seen at 2, 3.',
    ])
  })

  test('somebody is missing', () => {
    expect(tell('0x1', { 1: { applied: 1 } }, { quorumBy: 1, quorumAt: 1003 }).at(-1)).toBe(
      '1 of 3 have applied it; not yet seen at 2, 3.',
    )
  })
})
