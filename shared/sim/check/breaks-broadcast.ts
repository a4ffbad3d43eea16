// For tests only: each rule of broadcast and of messages, broken once by hand.

import type { PeerEffect } from '../../peer/contract.ts'
import { appendToWindow } from '../../zab/log-window.ts'
import { startLooking } from '../../zab/state.ts'
import type { Entry } from '../../zk/txn.ts'
import { makeZxid, type Zxid } from '../../zk/zxid.ts'
import type { Server } from '../world/process.ts'
import {
  appended,
  type Break,
  chosen,
  conversation,
  durable,
  entry,
  epochOfStory,
  following,
  ghostServer,
  leading,
  logs,
  peerOf,
  proposes,
  type Story,
  saved,
  sent,
  step,
  told,
  zxidAfter,
} from './testing.ts'

function applied(one: Entry): PeerEffect {
  return { type: 'applied', entry: one, err: one.txn.type === 'error' ? one.txn.err : 0 }
}

/** Somebody else's entry behind the last chosen one, in the next epoch: a history beside the leader's. */
function fork(story: Story, server: Server, more: Partial<Entry> = {}): Entry {
  const { ghost } = story.checker
  const one = entry(makeZxid(epochOfStory(story) + 1, 1), more)
  durable(story, server, saved('accepted', epochOfStory(story) + 1))
  durable(story, server, appended(one))
  const node = ghost.nodes.get(one.zxid)
  if (node) node.primary = server.sid
  return one
}

function proposesTwo(story: Story): [Entry, Entry] {
  return [proposes(story, entry(zxidAfter(story, 1))), proposes(story, entry(zxidAfter(story, 2)))]
}

function commits(story: Story, server: Server, zxid: Zxid): void {
  following(server).committed = zxid
  step(story, server)
}

function tellsCommit(story: Story, zxid: Zxid): PeerEffect[] {
  const { follower, other, observer } = story
  const one = story.checker.ghost.nodes.get(zxid)?.entry
  return [
    ...[follower, other].map((to) => sent(story, to, { type: 'COMMIT', zxid })),
    ...(one ? [sent(story, observer, { type: 'INFORM', entry: one })] : []),
  ]
}

export const BROADCAST_BREAKS: readonly Break[] = [
  {
    id: 'B-0',
    what: 'a follower commits what no quorum has on disk',
    breaks(story) {
      const one = proposes(story, entry(zxidAfter(story)))
      logs(story, story.follower, one)
      commits(story, story.follower, one.zxid)
    },
    fine(story) {
      const one = chosen(story, entry(zxidAfter(story)))
      commits(story, story.follower, one.zxid)
    },
  },
  {
    id: 'B-0',
    what: 'a serving follower applies what is not chosen',
    breaks(story) {
      const one = proposes(story, entry(zxidAfter(story)))
      step(story, story.follower, [applied(one)])
    },
  },
  {
    id: 'B-1',
    what: 'an entry that nobody proposed is applied',
    breaks: (story) => step(story, story.follower, [applied(entry(zxidAfter(story)))]),
  },
  {
    id: 'B-1',
    what: 'an entry that nobody proposed is logged',
    breaks: (story) => logs(story, story.follower, entry(zxidAfter(story))),
  },
  {
    id: 'B-1',
    what: 'an entry is applied twice',
    breaks(story) {
      const last = story.checker.ghost.top.entry
      if (last) step(story, story.follower, [applied(last)])
    },
  },
  {
    id: 'B-2',
    what: 'two servers commit histories that part',
    alone: true,
    breaks(story) {
      const one = proposes(story, entry(zxidAfter(story)))
      leading(story.leader).committed = one.zxid
      step(story, story.leader)
      commits(story, story.follower, fork(story, story.follower).zxid)
    },
  },
  {
    id: 'B-3',
    what: 'two servers deliver histories that part',
    alone: true,
    breaks(story) {
      const one = proposes(story, entry(zxidAfter(story)))
      step(story, story.leader, [applied(one)])
      step(story, story.follower, [applied(fork(story, story.follower))])
    },
  },
  {
    id: 'B-4',
    what: 'the first entry of an epoch is applied without the last of the one before',
    breaks(story) {
      const last = proposes(story, entry(zxidAfter(story)))
      durable(story, story.other, appended(last))
      step(story, story.follower, [applied(fork(story, story.other))])
    },
  },
  {
    id: 'B-5',
    what: 'the second proposal of a leader is applied without the first',
    breaks(story) {
      const [, second] = proposesTwo(story)
      step(story, story.follower, [applied(second)])
    },
  },
  {
    id: 'B-6',
    what: 'an entry of an earlier epoch is applied behind one of a later epoch',
    breaks(story) {
      const one = proposes(story, entry(zxidAfter(story)))
      step(story, story.follower, [applied(fork(story, story.follower)), applied(one)])
    },
  },
  {
    id: 'B-7',
    what: 'a leader broadcasts without having what is chosen',
    breaks(story) {
      const { ghost } = story.checker
      const g = ghostServer(story, story.leader)
      const epoch = epochOfStory(story) + 1
      if (g.leads) g.leads = { ...g.leads, epoch }
      g.log = ghost.top.parent ?? ghost.origin
      step(story, story.leader, [appended(entry(makeZxid(epoch, 1)))])
    },
  },
  {
    id: 'B-8',
    what: 'a leader commits beside what another one committed',
    alone: true,
    breaks(story) {
      const { ghost } = story.checker
      ghost.leaderCommitted = ghost.nodes.get(fork(story, story.other).zxid) ?? ghost.origin
      const one = proposes(story, entry(zxidAfter(story)))
      leading(story.leader).committed = one.zxid
      step(story, story.leader)
    },
  },
  {
    id: 'B-9',
    what: 'a follower has an entry that its leader has not',
    alone: true,
    breaks: (story) => logs(story, story.follower, entry(zxidAfter(story))),
    fine(story) {
      const one = proposes(story, entry(zxidAfter(story)))
      logs(story, story.follower, one)
    },
  },
  {
    id: 'B-10',
    what: 'a leader counts as committed what only it has on disk',
    breaks(story) {
      const one = proposes(story, entry(zxidAfter(story)))
      durable(story, story.leader, appended(one))
      leading(story.leader).committed = one.zxid
      step(story, story.leader, tellsCommit(story, one.zxid))
    },
    fine(story) {
      const one = chosen(story, entry(zxidAfter(story)))
      leading(story.leader).committed = one.zxid
      step(story, story.leader, tellsCommit(story, one.zxid))
    },
  },
  {
    id: 'B-11',
    what: 'a follower commits two entries at once',
    breaks(story) {
      for (const one of [chosen(story, entry(zxidAfter(story))), chosen(story, entry(zxidAfter(story)))])
        logs(story, story.other, one)
      commits(story, story.other, zxidAfter(story, 0))
    },
    fine(story) {
      for (const one of [chosen(story, entry(zxidAfter(story))), chosen(story, entry(zxidAfter(story)))])
        logs(story, story.other, one)
      commits(story, story.other, zxidAfter(story, -1))
      commits(story, story.other, zxidAfter(story, 0))
    },
  },
  {
    id: 'B-12',
    what: 'a zxid before a quorum has acknowledged the epoch',
    breaks(story) {
      const { leads } = ghostServer(story, story.leader)
      if (leads) leads.isActive = false
      proposes(story, entry(zxidAfter(story)))
    },
    fine: (story) => void proposes(story, entry(zxidAfter(story))),
  },
  {
    id: 'B-12',
    what: 'a zxid before there is an epoch',
    breaks(story) {
      const { zab } = peerOf(story.leader)
      ghostServer(story, story.leader).leads = null
      zab.role = { ...leading(story.leader), stage: 'SAVING_CURRENT' }
      step(story, story.leader, [appended(entry(zxidAfter(story)))])
    },
  },
  {
    id: 'M-1',
    what: 'a packet that was not sent',
    breaks: (story) => arrives(story, { type: 'COMMIT', zxid: zxidAfter(story) }),
    fine(story) {
      const packet = { type: 'PING', zxid: zxidAfter(story, 0) } as const
      step(story, story.leader, [sent(story, story.follower, packet)])
      arrives(story, packet)
    },
  },
  {
    id: 'M-1',
    what: 'a packet on a link that is over',
    breaks(story) {
      const { link } = following(story.follower)
      const packet = { type: 'PING', zxid: zxidAfter(story, 0) } as const
      step(story, story.leader, [sent(story, story.follower, packet)])
      step(story, story.follower, [{ type: 'close', link, reason: 'over' }])
      step(story, story.follower, [], { type: 'packet', link, packet })
    },
  },
  {
    id: 'M-2',
    what: 'a PROPOSAL before any history',
    breaks(story) {
      conversation(story, story.follower).plan = null
      proposes(story, entry(zxidAfter(story)))
    },
  },
  {
    id: 'M-2',
    what: 'UPTODATE without the ACK of NEWLEADER',
    breaks(story) {
      conversation(story, story.follower).leaderHasAck = false
      step(story, story.leader, [sent(story, story.follower, { type: 'UPTODATE' })])
    },
  },
  {
    id: 'M-2',
    what: 'NEWLEADER to a learner in BROADCAST',
    breaks(story) {
      const packet = { type: 'NEWLEADER', epoch: epochOfStory(story), config: null } as const
      step(story, story.leader, [sent(story, story.follower, packet)])
      arrives(story, packet)
    },
  },
  {
    id: 'M-3',
    what: 'one of the followers is not sent a proposal',
    breaks(story) {
      const one = entry(zxidAfter(story))
      appendToWindow(peerOf(story.leader).zab.log, one)
      step(story, story.leader, [appended(one), sent(story, story.follower, { type: 'PROPOSAL', entry: one })])
    },
  },
  {
    id: 'M-3',
    what: 'a gap in what a learner is sent',
    breaks(story) {
      const [, second] = proposesTwo(story)
      conversation(story, story.follower).sent = story.checker.ghost.top
      step(story, story.leader, [sent(story, story.follower, { type: 'PROPOSAL', entry: second })])
    },
    fine(story) {
      const [first] = proposesTwo(story)
      step(story, story.leader, [sent(story, story.follower, { type: 'PROPOSAL', entry: first })]) // a repeat
    },
  },
  {
    id: 'M-4',
    what: 'a COMMIT is left out',
    breaks(story) {
      const [, second] = proposesTwo(story)
      step(story, story.leader, [sent(story, story.follower, { type: 'COMMIT', zxid: second.zxid })])
    },
  },
  {
    id: 'M-4',
    what: 'one of the followers is not told of a commit',
    breaks(story) {
      const one = chosen(story, entry(zxidAfter(story)))
      leading(story.leader).committed = one.zxid
      step(story, story.leader, tellsCommit(story, one.zxid).slice(1))
    },
  },
  {
    id: 'M-5',
    what: 'one entry is acknowledged twice',
    breaks: (story) => step(story, story.follower, [told(story.follower, { type: 'ACK', zxid: zxidAfter(story, 0) })]),
  },
  {
    id: 'M-5',
    what: 'an entry is acknowledged before NEWLEADER',
    breaks(story) {
      conversation(story, story.follower).hasAckedLeader = false
      step(story, story.follower, [told(story.follower, { type: 'ACK', zxid: zxidAfter(story, 0) })])
    },
  },
  {
    id: 'M-5',
    what: 'a leader takes an ACK of what it never proposed',
    breaks: (story) => acknowledges(story, []),
    fine(story) {
      const link = leaderLink(story)
      acknowledges(story, [{ type: 'close', link, reason: 'an ACK for what was never proposed' }])
    },
  },
  {
    id: 'M-6',
    what: 'who is LOOKING answers a packet',
    breaks(story) {
      const { link } = following(story.follower)
      peerOf(story.follower).zab.role = { ...startLooking(), stage: 'voting' }
      step(story, story.follower)
      const packet = { type: 'PING', zxid: zxidAfter(story, 0) } as const
      step(story, story.follower, [{ type: 'close', link, reason: 'not now' }], { type: 'packet', link, packet })
    },
    fine(story) {
      peerOf(story.follower).zab.role = { ...startLooking(), stage: 'voting' }
      step(story, story.follower)
    },
  },
  {
    id: 'O-7',
    what: 'a leader counts its own ack before the entry is durable',
    breaks(story) {
      const one = proposes(story, entry(zxidAfter(story)))
      leading(story.leader).selfAcked = one.zxid
      step(story, story.leader)
    },
    fine(story) {
      const one = proposes(story, entry(zxidAfter(story)))
      durable(story, story.leader, appended(one))
      leading(story.leader).selfAcked = one.zxid
      step(story, story.leader)
    },
  },
]

function arrives(story: Story, packet: Parameters<typeof sent>[2]): void {
  const { link } = following(story.follower)
  step(story, story.follower, [], { type: 'packet', link, packet })
}

function leaderLink(story: Story) {
  const effect = sent(story, story.follower, { type: 'UPTODATE' })
  if (effect.type !== 'send') throw new Error('it is sent')
  return effect.link
}

/** The leader reads an ACK of a later zxid, and does this about it. */
function acknowledges(story: Story, effects: readonly PeerEffect[]): void {
  const packet = { type: 'ACK', zxid: zxidAfter(story, 5) } as const
  conversation(story, story.follower).up.items.push(packet)
  step(story, story.leader, effects, { type: 'packet', link: leaderLink(story), packet })
}
