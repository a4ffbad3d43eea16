import { describe, expect, test } from 'vitest'
import { Ensemble } from './testing.ts'
import { configOf, type Node, TICK_TIME_MS } from './testing-node.ts'

/** A serving ensemble; its leader is the server with the largest id. */
function serving(voters: number[], observers: number[] = []): Ensemble {
  const ensemble = new Ensemble(configOf(voters, observers))
  ensemble.run(1000)
  for (const node of ensemble.nodes.values()) node.forget()
  return ensemble
}

function pingsTo(leader: Node): number {
  return leader.sent('PING').length
}

function answered(node: Node): number {
  return node.effects.filter((e) => e.type === 'leaderAnswer').length
}

describe('a confirmed SYNC', () => {
  test('[LEAD-5] an own client is answered after a quorum has answered a ping that was sent at once', () => {
    const ensemble = serving([1, 2, 3])
    const leader = ensemble.leader()
    ensemble.syncAtLeader(leader)
    expect(pingsTo(leader)).toBe(2)
    expect(answered(leader)).toBe(0)
    ensemble.settle()
    expect(answered(leader)).toBe(1)
  })

  test('[LEAD-5] a learner is answered behind the COMMIT of everything proposed before it', () => {
    const ensemble = serving([1, 2, 3])
    const leader = ensemble.leader()
    const follower = ensemble.node(1)
    for (const sid of [1, 2, 3]) ensemble.node(sid).flushes = false
    const { zxid } = ensemble.propose(leader)
    ensemble.settle()
    ensemble.syncAtFollower(follower)
    ensemble.settle()
    expect(answered(follower)).toBe(0)
    for (const sid of [1, 2, 3]) ensemble.node(sid).flushes = true
    ensemble.settle()
    expect(follower.tree.at(-1)?.zxid).toBe(zxid)
    const order = follower.effects.map((e) => e.type).filter((type) => type === 'deliver' || type === 'leaderAnswer')
    expect(order).toEqual(['deliver', 'leaderAnswer'])
  })

  test('[LEAD-5] R-SYNC: a deposed leader that does not know it answers no sync', () => {
    const ensemble = serving([1, 2, 3])
    const old = ensemble.leader()
    for (const sid of [1, 2]) ensemble.cut(3, sid, false) // nobody notices yet
    ensemble.syncAtLeader(old)
    const silence = TICK_TIME_MS * 5
    ensemble.run(silence + 200)
    expect(answered(old)).toBe(0)
    ensemble.run(2000)
    expect(old.zab.role.state).toBe('LOOKING')
    expect(ensemble.leader().sid).toBe(2)
    expect(answered(old)).toBe(0)
  })

  test('[LEAD-5] R-PAUSE: a leader that stood still does not answer on what it was told before', () => {
    const ensemble = serving([1, 2, 3])
    const old = ensemble.leader()
    ensemble.run(TICK_TIME_MS) // pings are under way and their answers wait in the socket
    old.paused = true
    ensemble.run(4000)
    expect(ensemble.node(2).zab.role.state).toBe('LEADING')
    ensemble.propose(ensemble.node(2))
    ensemble.settle()
    ensemble.syncAtLeader(old)
    old.paused = false
    ensemble.settle()
    ensemble.run(2000)
    expect(answered(old)).toBe(0)
    expect(old.zab.role.state).toBe('FOLLOWING')
  })

  test('[LEAD-8] R-SYNC-2: answers to earlier pings confirm nothing', () => {
    const ensemble = serving([1, 2, 3])
    const leader = ensemble.leader()
    for (const sid of [1, 2]) ensemble.node(sid).paused = true
    ensemble.run(TICK_TIME_MS) // rounds that nobody has answered yet
    ensemble.syncAtLeader(leader)
    const learner = ensemble.learner(1)
    const due = learner.answerDue
    const round = leader.leading().pingRound
    expect(round).toBeGreaterThan(due)
    for (let answers = due; answers < round; answers += 1) {
      ensemble.feed(leader, {
        type: 'packet',
        link: learner.link,
        packet: { type: 'PING', zxid: 0 as never, touches: [] },
      })
      expect(answered(leader)).toBe(0)
    }
    ensemble.feed(leader, {
      type: 'packet',
      link: learner.link,
      packet: { type: 'PING', zxid: 0 as never, touches: [] },
    })
    expect(answered(leader)).toBe(1)
  })

  test('[LEAD-8] an answer that nobody asked for is none, and none is due before UPTODATE', () => {
    const ensemble = serving([1, 2, 3])
    const leader = ensemble.leader()
    const learner = ensemble.learner(1)
    for (const sid of [1, 2]) ensemble.node(sid).paused = true
    for (let i = 0; i < 5; i += 1)
      ensemble.feed(leader, {
        type: 'packet',
        link: learner.link,
        packet: { type: 'PING', zxid: 0 as never, touches: [] },
      })
    ensemble.syncAtLeader(leader)
    expect(answered(leader)).toBe(0)
    learner.answerDue = 0
    ensemble.feed(leader, {
      type: 'packet',
      link: learner.link,
      packet: { type: 'PING', zxid: 0 as never, touches: [] },
    })
    expect(answered(leader)).toBe(0)
  })

  test('[LEAD-8] observers confirm nothing', () => {
    const ensemble = serving([1, 2, 3], [4])
    const leader = ensemble.leader()
    for (const sid of [1, 2]) ensemble.node(sid).paused = true
    ensemble.syncAtLeader(leader)
    ensemble.settle()
    expect(ensemble.learner(4).answered).toBe(leader.leading().pingRound)
    expect(answered(leader)).toBe(0)
  })

  test('[LEAD-10] R-1863: a learner is answered before the COMMIT of what was proposed after its SYNC', () => {
    const ensemble = serving([1, 2, 3])
    const leader = ensemble.leader()
    const follower = ensemble.node(1)
    for (const sid of [1, 2, 3]) ensemble.node(sid).flushes = false
    ensemble.propose(leader)
    ensemble.syncAtFollower(follower)
    ensemble.settle()
    ensemble.propose(leader)
    ensemble.settle()
    for (const sid of [1, 2, 3]) ensemble.node(sid).flushes = true
    ensemble.settle() // one flush, one ack, two commits
    const order = follower.effects.map((e) => e.type).filter((type) => type === 'deliver' || type === 'leaderAnswer')
    expect(order).toEqual(['deliver', 'leaderAnswer', 'deliver'])
  })

  test('[LEAD-10] the quorum of a later proposal confirms, too: an own client waits for no round', () => {
    const ensemble = serving([1, 2, 3])
    const leader = ensemble.leader()
    for (const sid of [1, 2]) ensemble.node(sid).paused = true
    ensemble.syncAtLeader(leader)
    ensemble.syncAtLeader(leader)
    const { zxid } = ensemble.propose(leader)
    ensemble.syncAtLeader(leader)
    ensemble.settle()
    expect(answered(leader)).toBe(0)
    ensemble.feed(leader, { type: 'packet', link: ensemble.learner(1).link, packet: { type: 'ACK', zxid } })
    const order = leader.effects.map((e) => e.type).filter((type) => type === 'deliver' || type === 'leaderAnswer')
    expect(order).toEqual(['leaderAnswer', 'leaderAnswer', 'deliver']) // the third came after that proposal
  })

  test('[LEAD-9] syncs that come while a round is under way share the next one', () => {
    const ensemble = serving([1, 2, 3])
    const leader = ensemble.leader()
    for (let i = 0; i < 50; i += 1) ensemble.syncAtLeader(leader)
    ensemble.settle()
    expect(answered(leader)).toBe(50)
    expect(pingsTo(leader)).toBe(4) // two rounds to two learners
  })

  test('[LEAD-9] a tick may bring the round that later syncs wait for', () => {
    const ensemble = serving([1, 2, 3])
    const leader = ensemble.leader()
    for (const sid of [1, 2]) ensemble.node(sid).paused = true
    ensemble.syncAtLeader(leader)
    ensemble.syncAtLeader(leader)
    ensemble.run(TICK_TIME_MS / 2)
    const { pingRound, wantedRound } = leader.leading()
    expect(pingRound).toBeGreaterThanOrEqual(wantedRound)
    for (const sid of [1, 2]) ensemble.node(sid).paused = false
    ensemble.settle()
    expect(answered(leader)).toBe(2)
    expect(leader.leading().pingRound).toBe(pingRound)
  })

  test('[LEAD-9] a voter alone asks nobody', () => {
    const ensemble = serving([1], [2])
    const leader = ensemble.leader()
    ensemble.syncAtLeader(leader)
    expect(answered(leader)).toBe(1)
    expect(pingsTo(leader)).toBe(0)
  })

  test('[LEAD-7] rounds are counted for each learner from its UPTODATE on', () => {
    const ensemble = serving([1, 2, 3])
    ensemble.crash(1)
    ensemble.run(500)
    ensemble.node(1).restart()
    ensemble.run(1000)
    const { pingRound } = ensemble.leader().leading()
    expect(ensemble.learner(1).answered).toBe(pingRound)
    expect(ensemble.learner(2).answered).toBe(pingRound)
  })
})
