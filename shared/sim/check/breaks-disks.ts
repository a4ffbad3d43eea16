// For tests only: each rule of logs, disks and recovery, broken once by hand.

import { copyTree } from '../../tree/snapshot.ts'
import { makeZxid } from '../../zk/zxid.ts'
import { recover } from '../world/disk.ts'
import type { Server } from '../world/process.ts'
import {
  appended,
  type Break,
  durable,
  ended,
  entry,
  epochOfStory,
  installed,
  keeps,
  logs,
  peerOf,
  proposes,
  type Story,
  saved,
  step,
  told,
  truncated,
  zxidAfter,
} from './testing.ts'

export const DISK_BREAKS: readonly Break[] = [
  {
    id: 'D-1',
    what: 'another entry under a zxid that is taken',
    breaks: (story) => durable(story, story.follower, appended(entry(zxidAfter(story, 0), { cxid: 77 }))),
  },
  {
    id: 'D-2',
    what: 'a counter is left out',
    breaks: (story) => durable(story, story.follower, appended(entry(zxidAfter(story, 2)))),
    fine: (story) => durable(story, story.follower, appended(entry(zxidAfter(story, 1)))),
  },
  {
    id: 'D-2',
    what: 'an epoch that does not begin with 1',
    breaks(story) {
      durable(story, story.follower, saved('accepted', epochOfStory(story) + 1))
      durable(story, story.follower, appended(entry(makeZxid(epochOfStory(story) + 1, 2))))
    },
  },
  {
    id: 'D-3',
    what: 'the same entry behind another history',
    breaks(story) {
      const last = story.follower.disk.log.at(-1)
      if (last) durable(story, story.follower, appended(last))
    },
  },
  {
    id: 'D-4',
    what: 'an ACK of what is still on its way to the disk',
    breaks(story) {
      const one = proposes(story, entry(zxidAfter(story)))
      logs(story, story.follower, one)
      step(story, story.follower, [told(story.follower, { type: 'ACK', zxid: one.zxid })])
    },
    fine(story) {
      const one = proposes(story, entry(zxidAfter(story)))
      logs(story, story.follower, one)
      keeps(story, story.follower, one)
      step(story, story.follower, [told(story.follower, { type: 'ACK', zxid: one.zxid })])
    },
  },
  {
    id: 'D-5',
    what: "NEWLEADER's ACK without its epoch on disk",
    breaks: (story) =>
      step(story, story.follower, [told(story.follower, { type: 'ACK', zxid: makeZxid(epochOfStory(story) + 1, 0) })]),
    fine: (story) =>
      step(story, story.follower, [told(story.follower, { type: 'ACK', zxid: makeZxid(epochOfStory(story), 0) })]),
  },
  {
    id: 'D-6',
    what: 'the epoch of nobody',
    breaks(story) {
      durable(story, story.follower, saved('accepted', epochOfStory(story) + 1))
      durable(story, story.follower, saved('current', epochOfStory(story) + 1))
    },
  },
  {
    id: 'D-6',
    what: 'an epoch without its history',
    breaks(story) {
      const { ghost } = story.checker
      const established = ghost.newest
      if (established) ghost.established.set(established.epoch, { ...established, initial: ghost.top })
      const g = ghost.servers.get(story.follower.sid)
      if (g) g.disk = ghost.top.parent ?? ghost.origin
      durable(story, story.follower, saved('current', epochOfStory(story)))
    },
    fine: (story) => durable(story, story.follower, saved('current', epochOfStory(story))),
  },
  {
    id: 'D-7',
    what: 'what is chosen is left on one disk',
    alone: true,
    breaks(story) {
      forgets(story, story.follower, 1)
      forgets(story, story.other, 1)
    },
    fine: (story) => forgets(story, story.follower, 1),
  },
  { id: 'D-8', what: 'a truncation takes a chosen entry', breaks: (story) => forgets(story, story.follower, 1) },
  {
    id: 'D-8',
    what: 'a snapshot replaces more than it holds',
    breaks: (story) => durable(story, story.follower, installed(zxidAfter(story, -1))),
  },
  {
    id: 'D-9',
    what: 'a snapshot of what is not chosen',
    breaks(story) {
      const one = proposes(story, entry(zxidAfter(story)))
      snapshot(story, story.leader, one.zxid)
    },
    fine: (story) => snapshot(story, story.leader, zxidAfter(story, 0)),
  },
  {
    id: 'D-9',
    what: 'a recovered tree without a znode',
    alone: true,
    breaks(story) {
      const recovered = ended(story, story.follower)
      recovered.tree.nodes.delete('/z')
      story.checker.observer.started?.(story.follower, recovered)
    },
  },
  {
    id: 'D-9',
    what: 'a recovered tree with other data',
    alone: true,
    breaks(story) {
      const recovered = ended(story, story.follower)
      const node = recovered.tree.nodes.get('/z')
      if (node) node.mtime += 1
      if (node) node.digest += 1
      story.checker.observer.started?.(story.follower, recovered)
    },
  },
  {
    id: 'D-10',
    what: 'a log that was purged without a snapshot',
    breaks(story) {
      story.follower.disk.log = story.follower.disk.log.slice(3)
      story.checker.observer.snapshotTaken?.(story.follower, {
        zxid: zxidAfter(story, 0),
        tree: peerOf(story.follower).tree,
      })
    },
    fine(story) {
      snapshot(story, story.follower, zxidAfter(story, 0))
      story.follower.disk.log = story.follower.disk.log.slice(3)
      story.checker.checkEverything()
    },
  },
  {
    id: 'D-11',
    what: 'recovery drops the last entry',
    breaks(story) {
      const recovered = ended(story, story.follower)
      story.checker.observer.started?.(story.follower, { ...recovered, lastZxid: zxidAfter(story, -1) })
    },
  },
  {
    id: 'D-11',
    what: 'recovery finds an older epoch',
    breaks(story) {
      const recovered = ended(story, story.follower)
      story.checker.observer.started?.(story.follower, { ...recovered, currentEpoch: 0 })
    },
  },
  {
    id: 'D-11',
    what: 'recovery claims a window that is not whole',
    breaks(story) {
      const recovered = ended(story, story.follower)
      story.checker.observer.started?.(story.follower, { ...recovered, recent: recovered.recent.slice(3) })
    },
  },
  {
    id: 'D-12',
    what: 'an entry in the middle of the log is missing',
    breaks(story) {
      const recovered = ended(story, story.follower)
      story.follower.disk.log.splice(2, 1)
      story.checker.observer.started?.(story.follower, recovered)
    },
  },
  {
    id: 'D-13',
    what: 'a learner reports less than its disk holds',
    breaks: (story) =>
      step(story, story.follower, [
        told(story.follower, { type: 'ACKEPOCH', lastLoggedZxid: zxidAfter(story, -1), currentEpoch: -1 }),
      ]),
    fine: (story) =>
      step(story, story.follower, [
        told(story.follower, { type: 'ACKEPOCH', lastLoggedZxid: zxidAfter(story, 0), currentEpoch: -1 }),
      ]),
  },
  {
    id: 'D-14',
    what: 'a process does not come up on its own disk',
    breaks(story) {
      const recovered = ended(story, story.follower)
      story.checker.observer.started?.(story.follower, recovered)
    },
  },
]

/** The last `count` entries are gone from a disk. */
function forgets(story: Story, server: Server, count: number): void {
  const zxid = zxidAfter(story, -count)
  server.disk.log = server.disk.log.filter((one) => one.zxid <= zxid)
  durable(story, server, truncated(zxid))
}

function snapshot(story: Story, server: Server, zxid: ReturnType<typeof zxidAfter>): void {
  const { tree } = recover(server.disk, story.world.options)
  const taken = { zxid, tree: copyTree(tree) }
  server.disk.snapshots.push(taken)
  story.checker.observer.snapshotTaken?.(server, taken)
}
