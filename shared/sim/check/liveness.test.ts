// Each liveness property: missing and then overdue when it is prevented, and not mentioned when all is well.

import { describe, expect, test } from 'vitest'
import { startLooking } from '../../zab/state.ts'
import { makeZxid } from '../../zk/zxid.ts'
import { crash } from '../world/process.ts'
import { createLivenessCheck, LIVENESS, type LivenessCheck, type LivenessId } from './liveness.ts'
import { createStory, leading, peerOf, SESSION_LATER, type Story } from './testing.ts'

interface Hindrance {
  readonly id: LivenessId
  readonly what: string
  hinders(story: Story): void
  /** Between two looks, when one is not enough. */
  meanwhile?(story: Story, round: number): void
}

const HINDRANCES: readonly Hindrance[] = [
  {
    id: 'V-1',
    what: 'the leader is gone and nobody takes over',
    hinders: ({ world, leader }) => crash(world, leader, 1),
  },
  {
    id: 'V-2',
    what: 'a follower never applies what the leader has',
    hinders({ follower }) {
      peerOf(follower).tree.lastProcessedZxid = makeZxid(1, 1)
    },
  },
  {
    id: 'V-2',
    what: 'a follower has another tree',
    hinders({ follower }) {
      peerOf(follower).tree.digest += 1n
    },
  },
  {
    id: 'V-3',
    what: 'a request waits for ever',
    hinders({ world }) {
      const conn = [...world.servers.values()].flatMap(({ peer }) => [...(peer?.conns.values() ?? [])])[0]
      const request = { type: 'sync', path: '/' } as const
      conn?.waiting.items.push({ xid: 9, request, kind: 'sync', ready: false })
    },
  },
  {
    id: 'V-4',
    what: 'a proposal stays with the leader',
    hinders: ({ leader }) => void logsMore(leader),
  },
  {
    id: 'V-5',
    what: 'a silent session stays open',
    hinders({ leader }) {
      const tracked = { timeoutMs: 100, expiresMs: 0, isClosing: false, owner: null }
      peerOf(leader).leadership?.tracker.sessions.set(SESSION_LATER, tracked)
    },
  },
  {
    id: 'V-5',
    what: 'an ephemeral stays without its session',
    hinders: ({ follower }) => void peerOf(follower).tree.ephemerals.set(SESSION_LATER, new Set(['/e'])),
  },
  { id: 'V-7', what: 'a server stays down', hinders: ({ world, follower }) => crash(world, follower, 1) },
  {
    id: 'V-8',
    what: 'an empty server stays down',
    hinders({ world, follower }) {
      crash(world, follower, 1)
      follower.disk.log = []
    },
  },
  {
    id: 'V-9',
    what: 'a second server leads',
    hinders({ leader, follower }) {
      peerOf(follower).zab.role = { ...leading(leader), epoch: 7 }
    },
  },
  {
    id: 'V-10',
    what: 'epochs come and go',
    hinders: () => {},
    meanwhile({ leader }, round) {
      leading(leader).epoch = round
    },
  },
  {
    id: 'V-11',
    what: 'the leader does not commit what it proposed',
    hinders: ({ leader }) => void logsMore(leader),
  },
  {
    id: 'V-12',
    what: 'a log grows without a new entry',
    hinders: () => {},
    meanwhile({ follower }) {
      const last = follower.disk.log.at(-1)
      if (last) follower.disk.log.push(last)
    },
  },
  {
    id: 'V-12',
    what: 'snapshots are not purged',
    hinders({ follower }) {
      const { tree } = peerOf(follower)
      for (let i = 0; i < 5; i += 1) follower.disk.snapshots.push({ zxid: makeZxid(1, i), tree })
    },
  },
]

function logsMore(leader: Story['leader']): void {
  const { log } = peerOf(leader).zab
  const last = log.entries.at(-1)
  if (last) log.entries.push({ ...last, zxid: makeZxid(1, 99) })
}

/** Nothing happens but the passing of time: 60 s of it. */
function wait(story: Story, live: LivenessCheck, meanwhile?: Hindrance['meanwhile']): Set<LivenessId> {
  const overdue = new Set<LivenessId>()
  for (let round = 1; round <= 120; round += 1) {
    story.world.nowUs += 500_000
    meanwhile?.(story, round)
    live.poll()
    for (const { id } of live.overdue()) overdue.add(id)
  }
  return overdue
}

function check(story: Story): LivenessCheck {
  return createLivenessCheck(story.world, new Set(story.world.servers.keys()))
}

describe('what must happen', () => {
  for (const { id, what, hinders, meanwhile } of HINDRANCES)
    test(`[${id}] is overdue when ${what}`, () => {
      const story = createStory()
      hinders(story)
      const live = check(story)
      expect(live.overdue()).toEqual([])
      expect(wait(story, live, meanwhile)).toContain(id)
    })

  test('has all happened in a quiet world', () => {
    const story = createStory()
    const live = check(story)
    expect(wait(story, live)).toEqual(new Set())
    expect(live.poll()).toEqual([])
  })

  test('is not overdue at once', () => {
    const story = createStory()
    const live = check(story)
    peerOf(story.leader).zab.role = startLooking()
    expect(live.poll().map(({ id }) => id)).toContain('V-1')
    expect(live.overdue()).toEqual([])
  })

  test('has a hindrance for every property', () => {
    expect(new Set(HINDRANCES.map(({ id }) => id))).toEqual(new Set(Object.keys(LIVENESS)))
  })
})
