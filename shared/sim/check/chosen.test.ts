// CHOSEN over a change of voters: the reconfig needs a quorum of the old and of the new ones, what follows the new.

import { expect, test } from 'vitest'
import type { Sid } from '../../zk/ids.ts'
import { formatQuorumConfig } from '../../zk/quorum-config.ts'
import type { Entry } from '../../zk/txn.ts'
import type { Server } from '../world/process.ts'
import { createStory, entry, keeps, logs, proposes, type Story, zxidAfter } from './testing.ts'

/** The voters from here on; the others observe. */
function reconfig(story: Story, ...sids: Sid[]): Entry {
  const servers = new Map(
    [...story.world.quorum.servers].map(([sid, spec]) => [
      sid,
      { ...spec, role: sids.includes(sid) ? ('participant' as const) : ('observer' as const) },
    ]),
  )
  const text = formatQuorumConfig({ servers, version: zxidAfter(story) })
  const data = Uint8Array.from(text, (letter) => letter.charCodeAt(0))
  return entry(zxidAfter(story), { txn: { type: 'reconfig', path: '/zookeeper/config', data, version: -1 } })
}

function reaches(story: Story, server: Server, ...entries: readonly Entry[]): void {
  for (const one of entries) {
    if (server !== story.leader) logs(story, server, one)
    keeps(story, server, one)
  }
}

test('a reconfig is chosen by old and new voters, and what waits behind it by the new ones', () => {
  const story = createStory()
  const { leader, follower, other, observer } = story
  const top = story.checker.ghost.top.zxid
  const change = proposes(story, reconfig(story, leader.sid, observer.sid))
  const behind = proposes(story, entry(zxidAfter(story, 2)))
  logs(story, observer, change)
  logs(story, observer, behind)
  reaches(story, leader, change, behind)
  reaches(story, follower, change)
  // A quorum of the old voters, and one of two new ones.
  expect(story.checker.ghost.top.zxid).toBe(top)
  keeps(story, observer, change)
  expect(story.checker.ghost.top.zxid).toBe(change.zxid)
  reaches(story, other, change, behind)
  expect(story.checker.ghost.top.zxid).toBe(change.zxid)
  keeps(story, observer, behind)
  expect(story.checker.ghost.top.zxid).toBe(behind.zxid)
})

test('what the new voters hold already is chosen in the same moment as the reconfig', () => {
  const story = createStory()
  const { leader, other, observer, follower } = story
  const change = proposes(story, reconfig(story, leader.sid, observer.sid))
  const behind = proposes(story, entry(zxidAfter(story, 2)))
  for (const one of [change, behind]) logs(story, observer, one)
  reaches(story, leader, change, behind)
  keeps(story, observer, change)
  keeps(story, observer, behind)
  logs(story, other, change)
  expect(story.checker.ghost.top.zxid).toBeLessThan(change.zxid)
  reaches(story, follower, change)
  expect(story.checker.ghost.top.zxid).toBe(behind.zxid)
})
