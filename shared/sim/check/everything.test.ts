// The full evaluation agrees with the incremental one while nothing is wrong, and sees what no step has told.

import { describe, expect, test } from 'vitest'
import { makeZxid } from '../../zk/zxid.ts'
import { planRun } from '../faults/plan.ts'
import { runSpec } from '../run.ts'
import type { CheckId } from './checks.ts'
import { createSafetyChecker } from './safety.ts'
import { createStory, epochOfStory, following, ghostServer, peerOf, type Story } from './testing.ts'

describe('behind the back of the steps', () => {
  const tampers: readonly (readonly [CheckId, string, (story: Story) => void])[] = [
    [
      'L-2',
      'two that lead',
      (story) => {
        ghostServer(story, story.follower).leads = ghostServer(story, story.leader).leads
      },
    ],
    [
      'L-3',
      'an epoch on disk',
      ({ follower }) => {
        follower.disk.acceptedEpoch += 1
      },
    ],
    ['D-11', 'the end of a log on disk', ({ follower }) => void follower.disk.log.pop()],
    ['D-12', 'an entry on disk', ({ follower }) => void follower.disk.log.splice(2, 1)],
    ['D-2', 'an entry in the window', ({ follower }) => void peerOf(follower).zab.log.entries.splice(2, 1)],
    ['O-9', 'the end of the window', ({ follower }) => void peerOf(follower).zab.log.entries.pop()],
    [
      'B-0',
      'a commit mark',
      (story) => {
        following(story.follower).committed = makeZxid(epochOfStory(story) + 1, 1)
      },
    ],
    [
      'B-0',
      'the mark of what is delivered',
      ({ follower }) => {
        peerOf(follower).zab.log.delivered -= 1
      },
    ],
    ['B-8', 'the list of what is chosen', ({ checker }) => void checker.ghost.chosen.pop()],
    [
      'B-9',
      "a follower's epoch",
      (story) => {
        following(story.follower).epoch += 1
      },
    ],
    ['T-1', 'a session', ({ follower }) => void peerOf(follower).tree.sessions.clear()],
    [
      'T-4',
      'a znode',
      ({ follower }) => {
        const node = peerOf(follower).tree.nodes.get('/a')
        if (node) node.mzxid = makeZxid(0, 0)
      },
    ],
    ['T-5', 'a child', ({ follower }) => void peerOf(follower).tree.nodes.delete('/a/b')],
    [
      'T-9',
      'an ACL',
      ({ follower }) => {
        const node = peerOf(follower).tree.nodes.get('/a/b')
        if (node) node.acl = null
      },
    ],
    ['T-5', 'the reference', ({ checker }) => void checker.ghost.reference.machine.tree.nodes.delete('/a/b')],
    [
      'D-7',
      'two disks of three',
      (story) => {
        const { top, origin } = story.checker.ghost
        for (const server of [story.leader, story.other]) ghostServer(story, server).disk = top.parent ?? origin
      },
    ],
  ]

  for (const [id, what, tamper] of tampers)
    test(`[${id}] ${what} is changed`, () => {
      const story = createStory()
      story.checker.checkEverything()
      tamper(story)
      expect(() => story.checker.checkEverything()).toThrow(expect.objectContaining({ id }))
    })
})

test('a few seeds, evaluated whole every 200 steps', { timeout: 60_000 }, () => {
  const facts = { crashes: 0, epochs: 0, commits: 0, fullChecks: 0 }
  for (let seed = 1; seed <= 6; seed += 1) {
    const spec = planRun(seed)
    const outcome = runSpec(
      { ...spec, faultsEndUs: 3_000_000, faults: spec.faults.filter((f) => f.atUs < 3_000_000) },
      (world) => {
        const safety = createSafetyChecker(world, { fullCheckEvery: 200 })
        return {
          observers: [safety.observer],
          healed: () => {},
          isSettled: () => true,
          finish() {
            safety.checkEverything()
            for (const key of Object.keys(facts) as (keyof typeof facts)[]) facts[key] += safety.facts[key]
          },
        }
      },
    )
    expect(outcome.verdict, `seed ${seed}`).toBeNull()
  }
  expect(facts.fullChecks).toBeGreaterThan(50)
  expect(facts.crashes).toBeGreaterThan(5)
  expect(facts.commits).toBeGreaterThan(500)
})
