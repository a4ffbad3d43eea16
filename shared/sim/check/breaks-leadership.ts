// For tests only: each rule of epochs, leadership and election, broken once by hand.

import { startLooking } from '../../zab/state.ts'
import type { Notification } from '../../zk/vote.ts'
import { makeZxid, ZERO_ZXID, type Zxid } from '../../zk/zxid.ts'
import type { Server } from '../world/process.ts'
import {
  appended,
  type Break,
  conversation,
  durable,
  entry,
  epochOfStory,
  following,
  ghostServer,
  installed,
  leading,
  peerOf,
  type Story,
  saved,
  sent,
  step,
  told,
  truncated,
  zxidAfter,
} from './testing.ts'

/** `server` is a leader all of a sudden. */
function seizes(
  story: Story,
  server: Server,
  stage: 'DISCOVERY' | 'SAVING_CURRENT' | 'SYNC',
  epoch: number,
  initialLast?: Zxid,
) {
  const { top } = story.checker.ghost
  peerOf(server).zab.role = { ...leading(story.leader), stage, epoch, initialLast: initialLast ?? top.zxid }
}

function vote(story: Story, server: Server, more: Partial<Notification>): Notification {
  const { zab } = peerOf(server)
  return { ...zab.vote, leader: story.leader.sid, state: zab.role.state, version: 2, config: null, ...more }
}

export const LEADERSHIP_BREAKS: readonly Break[] = [
  {
    id: 'L-1',
    what: 'a second server establishes the epoch',
    breaks(story) {
      seizes(story, story.follower, 'SYNC', epochOfStory(story))
      step(story, story.follower)
    },
  },
  {
    id: 'L-2',
    what: 'two lead with one acceptedEpoch',
    alone: true,
    breaks(story) {
      seizes(story, story.follower, 'SYNC', epochOfStory(story) + 1)
      step(story, story.follower)
    },
    fine(story) {
      durable(story, story.follower, saved('accepted', epochOfStory(story) + 1))
      seizes(story, story.follower, 'SYNC', epochOfStory(story) + 1)
      step(story, story.follower)
    },
  },
  {
    id: 'L-3',
    what: 'acceptedEpoch goes back',
    breaks: (story) => durable(story, story.follower, saved('accepted', 0)),
    fine: (story) => durable(story, story.follower, saved('accepted', epochOfStory(story))),
  },
  {
    id: 'L-3',
    what: 'currentEpoch goes back',
    breaks: (story) => durable(story, story.follower, saved('current', 0)),
  },
  {
    id: 'L-4',
    what: 'an entry of an epoch that was never accepted',
    breaks: (story) => durable(story, story.follower, appended(entry(makeZxid(epochOfStory(story) + 1, 1)))),
    fine(story) {
      durable(story, story.follower, saved('accepted', epochOfStory(story) + 1))
      durable(story, story.follower, appended(entry(makeZxid(epochOfStory(story) + 1, 1))))
    },
  },
  {
    id: 'L-4',
    what: 'currentEpoch above acceptedEpoch',
    breaks: (story) => durable(story, story.follower, saved('current', epochOfStory(story) + 1)),
  },
  {
    id: 'L-4',
    what: 'an ACK of who has entries above its currentEpoch',
    alone: true,
    breaks(story) {
      durable(story, story.follower, saved('accepted', epochOfStory(story) + 1))
      durable(story, story.follower, appended(entry(makeZxid(epochOfStory(story) + 1, 1))))
      step(story, story.follower, [told(story.follower, { type: 'ACK', zxid: zxidAfter(story, 0) })])
    },
  },
  {
    id: 'L-5',
    what: 'a second promise of one epoch',
    breaks: (story) => step(story, story.follower, [promise(story)]),
    fine: (story) => step(story, story.follower, [{ ...promise(story, -1) }]),
  },
  {
    id: 'L-5',
    what: 'a promise below one that was given',
    breaks(story) {
      ghostServer(story, story.follower).promised = 9
      ghostServer(story, story.follower).promises.clear()
      step(story, story.follower, [promise(story)])
    },
  },
  {
    id: 'L-5',
    what: 'a COMMIT of a leader below the promise is handled',
    breaks(story) {
      const g = ghostServer(story, story.follower)
      const packet = { type: 'COMMIT', zxid: zxidAfter(story, 0) } as const
      conversation(story, story.follower).down.items.push(packet)
      g.promised = 9
      step(story, story.follower, [], { type: 'packet', link: following(story.follower).link, packet })
    },
  },
  {
    id: 'L-6',
    what: 'LEADERINFO before the epoch is durable',
    breaks: (story) => step(story, story.leader, [leaderInfo(story, 1)]),
    fine: (story) => step(story, story.leader, [leaderInfo(story, 0)]),
  },
  {
    id: 'L-6',
    what: 'an epoch that no quorum has called larger than its own',
    alone: true,
    breaks(story) {
      seizes(story, story.follower, 'SAVING_CURRENT', epochOfStory(story))
      step(story, story.follower)
    },
  },
  {
    id: 'L-7',
    what: 'somebody who promised knew more',
    breaks: (story) => leadsAgain(story, { currentEpoch: 9, lastLoggedZxid: ZERO_ZXID }),
  },
  {
    id: 'L-7',
    what: 'somebody who promised had one entry more',
    breaks: (story) => leadsAgain(story, { currentEpoch: 1, lastLoggedZxid: zxidAfter(story) }),
  },
  {
    id: 'L-8',
    what: 'an epoch begins without the last chosen entry',
    breaks(story) {
      const before = story.checker.ghost.top.parent?.zxid
      seizes(story, story.follower, 'SYNC', epochOfStory(story) + 1, before)
      step(story, story.follower)
    },
  },
  {
    id: 'L-9',
    what: 'a leader truncates',
    breaks: (story) => step(story, story.leader, [truncated(zxidAfter(story, -1))]),
  },
  {
    id: 'L-9',
    what: 'a leader replaces its log by a snapshot',
    breaks: (story) => step(story, story.leader, [installed(zxidAfter(story, 0))]),
  },
  {
    id: 'L-10',
    what: 'an ACK for an epoch below the one accepted since',
    breaks(story) {
      durable(story, story.follower, saved('accepted', epochOfStory(story) + 1))
      step(story, story.follower, [told(story.follower, { type: 'ACK', zxid: makeZxid(epochOfStory(story), 0) })])
    },
    fine: (story) =>
      step(story, story.follower, [told(story.follower, { type: 'ACK', zxid: makeZxid(epochOfStory(story), 0) })]),
  },
  {
    id: 'L-11',
    what: 'nobody has answered for nine ticks',
    breaks: (story) => waits(story, 9),
    fine: (story) => waits(story, 5),
  },
  {
    id: 'L-12',
    what: 'an epoch is made current without promises',
    alone: true,
    breaks(story) {
      seizes(story, story.follower, 'SAVING_CURRENT', epochOfStory(story) + 1)
      step(story, story.follower)
    },
  },
  {
    id: 'L-12',
    what: 'a leader serves in an epoch that only it has on disk',
    alone: true,
    breaks(story) {
      seizes(story, story.follower, 'SYNC', epochOfStory(story) + 1)
      step(story, story.follower)
      leading(story.follower).stage = 'BROADCAST'
      step(story, story.follower)
    },
  },
  {
    id: 'E-1',
    what: 'a vote with less than the log holds',
    breaks: (story) => step(story, looking(story), [ownVote(story, zxidAfter(story, -1))]),
    fine: (story) => step(story, looking(story), [ownVote(story, zxidAfter(story, 0))]),
  },
  {
    id: 'E-1',
    what: 'a vote with the marker of an epoch without entries',
    breaks: (story) => step(story, looking(story), [ownVote(story, makeZxid(epochOfStory(story) + 1, 0))]),
  },
  {
    id: 'E-2',
    what: 'the round goes back',
    breaks(story) {
      peerOf(story.follower).zab.round = 0
      step(story, story.follower)
    },
    fine(story) {
      peerOf(story.follower).zab.round += 1
      step(story, story.follower)
    },
  },
  {
    id: 'E-2',
    what: 'a vote of an earlier round goes unanswered',
    breaks(story) {
      const server = looking(story)
      step(story, server)
      const notification = vote(story, server, { state: 'LOOKING', electionEpoch: 0 })
      step(story, server, [], { type: 'notification', from: story.other.sid, notification })
    },
    fine(story) {
      const server = looking(story)
      step(story, server)
      const notification = vote(story, server, { state: 'LOOKING', electionEpoch: 0 })
      step(story, server, [ownVote(story, zxidAfter(story, 0))], {
        type: 'notification',
        from: story.other.sid,
        notification,
      })
    },
  },
  {
    id: 'E-3',
    what: 'somebody leads whom nobody has voted for',
    breaks(story) {
      seizes(story, story.follower, 'DISCOVERY', 0)
      step(story, story.follower)
    },
  },
  {
    id: 'E-3',
    what: 'somebody follows a leader that nobody names',
    breaks(story) {
      peerOf(story.follower).zab.role = { ...following(story.follower), stage: 'CONNECTING', leader: story.other.sid }
      step(story, story.follower)
    },
  },
  {
    id: 'E-4',
    what: 'an epoch is established while a quorum follows another leader',
    breaks(story) {
      seizes(story, story.follower, 'SYNC', epochOfStory(story) + 1)
      step(story, story.follower)
    },
    fine(story) {
      seizes(story, story.follower, 'SYNC', epochOfStory(story) + 1)
      // A later epoch is in force, and a quorum in it.
      leading(story.leader).epoch += 2
      following(story.other).epoch += 2
      step(story, story.follower)
    },
  },
  {
    id: 'E-5',
    what: 'a follower reports an epoch that is over',
    breaks: (story) => step(story, story.follower, [report(story, epochOfStory(story) - 1)]),
    fine: (story) => step(story, story.follower, [report(story, epochOfStory(story))]),
  },
  {
    id: 'O-1',
    what: 'a promise before it is durable',
    breaks(story) {
      following(story.follower).epoch += 1
      step(story, story.follower, [promise(story)])
    },
    fine(story) {
      following(story.follower).epoch += 1
      durable(story, story.follower, saved('accepted', epochOfStory(story) + 1))
      step(story, story.follower, [promise(story)])
    },
  },
  {
    id: 'O-9',
    what: 'memory is ahead of the disk',
    breaks(story) {
      peerOf(story.follower).zab.acceptedEpoch += 1
      step(story, story.follower)
    },
    fine(story) {
      peerOf(story.follower).zab.acceptedEpoch += 1
      durable(story, story.follower, saved('accepted', epochOfStory(story) + 1))
      step(story, story.follower)
    },
  },
]

function promise(story: Story, currentEpoch = epochOfStory(story)) {
  return told(story.follower, { type: 'ACKEPOCH', lastLoggedZxid: zxidAfter(story, 0), currentEpoch })
}

function leaderInfo(story: Story, ahead: number) {
  const epoch = epochOfStory(story) + ahead
  return sent(story, story.follower, { type: 'LEADERINFO', epoch, protocolVersion: 0x10000 })
}

/** The leader enters SYNC once more, having counted this promise. */
function leadsAgain(story: Story, said: { readonly currentEpoch: number; readonly lastLoggedZxid: Zxid }): void {
  const g = ghostServer(story, story.leader)
  const one = conversation(story, story.follower)
  one.promise = { type: 'ACKEPOCH', ...said }
  one.wasCounted = true
  g.leads = null
  g.epochBefore = 1
  seizes(story, story.leader, 'SYNC', epochOfStory(story) + 1)
  step(story, story.leader)
}

/** So many ticks pass at the leader without a word of anybody. */
function waits(story: Story, ticks: number): void {
  const { nowMs, wallMs } = peerOf(story.leader)
  for (let ms = 20; ms <= ticks * 200; ms += 20)
    step(story, story.leader, [], { type: 'tick', nowMs: nowMs + ms, wallMs: wallMs + ms })
}

function looking({ follower }: Story): Server {
  peerOf(follower).zab.role = { ...startLooking(), stage: 'voting' }
  return follower
}

function ownVote(story: Story, zxid: Zxid) {
  const { follower, other } = story
  // The role is a new one in this very step.
  const notification = vote(story, follower, { leader: follower.sid, zxid, peerEpoch: 1, state: 'LOOKING' })
  return { type: 'notify', to: other.sid, notification } as const
}

function report(story: Story, peerEpoch: number) {
  const notification = vote(story, story.follower, { state: 'FOLLOWING', peerEpoch })
  return { type: 'notify', to: story.other.sid, notification } as const
}
