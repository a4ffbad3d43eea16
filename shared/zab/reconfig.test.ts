// Reconfigurations told in a small ensemble: who must agree, what is in force when, who leads afterwards. Crashes in
// between are reconfig-crash.test.ts; the request itself is tested in tree/prepare-reconfig.test.ts.

import { describe, expect, test } from 'vitest'
import { utf8Encode } from '../base/text.ts'
import { formatQuorumConfig } from '../zk/quorum-config.ts'
import type { Txn } from '../zk/txn.ts'
import { makeZxid, ZERO_ZXID } from '../zk/zxid.ts'
import { isReconfiguring } from './configs.ts'
import { isQuorumSynced } from './leader-reconfig.ts'
import { Ensemble } from './testing.ts'
import { configOf, reconfigTo } from './testing-node.ts'
import { join, members, reconfig, serving, states } from './testing-reconfig.ts'

describe('the initial configuration', () => {
  test('[RECONF-10] the first leader stamps it with its epoch, and everybody keeps it', () => {
    const ensemble = serving([1, 2, 3], [4])
    for (const node of ensemble.nodes.values()) {
      expect(node.zab.active.version).toBe(makeZxid(1, 0))
      expect(node.disk.config?.version).toBe(makeZxid(1, 0))
      expect(isReconfiguring(node.zab)).toBe(false)
    }
    ensemble.crash(3)
    ensemble.run(2000)
    expect(ensemble.leader().zab.active.version).toBe(makeZxid(1, 0))
  })

  test('[RECONF-10] without reconfiguration nothing is stamped, said or kept', () => {
    const ensemble = new Ensemble(configOf([1, 2, 3]))
    ensemble.run(1000)
    const leader = ensemble.leader()
    expect(leader.zab.active.version).toBe(ZERO_ZXID)
    expect(leader.effects.some((e) => e.type === 'saveConfig' || e.type === 'configured')).toBe(false)
    expect(leader.sent('NEWLEADER')[0]).toMatchObject({ config: formatQuorumConfig(configOf([1, 2, 3])) })
    const text: Txn = {
      type: 'reconfig',
      path: '/zookeeper/config',
      data: utf8Encode('version=100000001'),
      version: -1,
    }
    ensemble.propose(leader, () => text)
    ensemble.settle()
    expect(leader.sent('COMMIT')).toHaveLength(2)
    expect(leader.zab.active).toEqual(configOf([1, 2, 3]))
  })

  test('[RECONF-11] a joiner takes over what the ensemble says, and follows without a vote', () => {
    const ensemble = serving([1, 2, 3])
    const joiner = join(ensemble, 4, [1, 2, 3])
    expect(members(joiner.zab.active)).toBe('1 2 3')
    expect(joiner.zab.role.state).toBe('FOLLOWING')
    expect(ensemble.learner(4)).toMatchObject({ votes: 0, observer: false, stage: 'current' })
  })
})

describe('a reconfiguration', () => {
  test('[RECONF-5] is in force everywhere with its commit, by one word', () => {
    const ensemble = serving([1, 2, 3], [4])
    const leader = ensemble.leader()
    const { zxid } = reconfig(ensemble, [1, 2, 3])
    ensemble.settle()
    expect(leader.sent('COMMITANDACTIVATE')).toEqual(
      [1, 2].map(() => ({ type: 'COMMITANDACTIVATE', zxid, designatedLeader: 3 })),
    )
    expect(leader.sent('INFORMANDACTIVATE')).toMatchObject([{ designatedLeader: 3, entry: { zxid } }])
    ensemble.run(1000)
    for (const node of ensemble.nodes.values()) {
      expect(members(node.zab.active)).toBe('1 2 3')
      expect(node.zab.active.version).toBe(zxid)
      expect(node.disk.config).toEqual(node.zab.active)
      expect(node.tree.at(-1)?.zxid).toBe(zxid)
      expect(node.effects.some((e) => e.type === 'configured' && e.active.version === zxid)).toBe(true)
    }
  })

  test('[RECONF-2] needs a quorum of the old one', () => {
    const ensemble = serving([1, 2, 3])
    for (const sid of [4, 5]) join(ensemble, sid, [1, 2, 3])
    for (const sid of [1, 2]) ensemble.node(sid).flushes = false
    const { zxid } = reconfig(ensemble, [3, 4, 5])
    ensemble.settle()
    expect(ensemble.leader().leading().committed).toBeLessThan(zxid)
    ensemble.node(1).flushes = true
    ensemble.settle()
    expect(ensemble.leader().zab.active.version).toBe(zxid)
  })

  test('[RECONF-2] needs a quorum of the new one, and so does what follows; what came before does not', () => {
    const ensemble = serving([1, 2, 3])
    for (const sid of [4, 5]) join(ensemble, sid, [1, 2, 3])
    const leader = ensemble.leader()
    for (const sid of [4, 5]) ensemble.node(sid).flushes = false
    const before = ensemble.propose(leader)
    const { zxid } = reconfig(ensemble, [3, 4, 5])
    const after = ensemble.propose(leader)
    ensemble.settle()
    expect(leader.leading().committed).toBe(before.zxid)
    expect(isReconfiguring(leader.zab)).toBe(true)
    ensemble.node(5).flushes = true
    ensemble.settle()
    expect(leader.zab.active.version).toBe(zxid)
    expect(leader.leading().committed).toBe(after.zxid)
  })

  test('[RECONF-2] what follows it may have its quorum as soon as the old one is not asked any more', () => {
    const ensemble = serving([1, 2, 3, 4, 5])
    const leader = ensemble.leader()
    const { zxid } = reconfig(ensemble, [4, 5])
    ensemble.settle()
    expect(leader.zab.active.version).toBe(zxid)
    for (const sid of [1, 2, 3]) ensemble.crash(sid)
    ensemble.run(3000)
    const { zxid: alone } = ensemble.propose(leader)
    ensemble.settle()
    expect(leader.leading().committed).toBe(alone)
  })

  test('[RECONF-4] the core refuses a second one while the first is not committed', () => {
    const ensemble = serving([1, 2, 3])
    for (const sid of [1, 2]) ensemble.node(sid).flushes = false
    reconfig(ensemble, [2, 3])
    expect(() => reconfig(ensemble, [1, 3])).toThrow('one reconfiguration at a time')
  })

  test('[RECONF-1] is possible only with a quorum of it in sync, observers not counted', () => {
    const ensemble = serving([1, 2, 3], [4, 5])
    const { zab } = ensemble.leader()
    expect(isQuorumSynced(zab, configOf([1, 2, 3, 4]))).toBe(true)
    expect(isQuorumSynced(zab, configOf([3, 4, 5]))).toBe(false)
    ensemble.crash(1)
    ensemble.settle()
    expect(isQuorumSynced(zab, configOf([1, 3]))).toBe(false)
    expect(isQuorumSynced(ensemble.node(2).zab, configOf([2]))).toBe(false)
  })

  test('[RECONF-5] [LEAD-9] syncs that waited for the old quorum are confirmed by the new one', () => {
    const ensemble = serving([1, 2, 3])
    const leader = ensemble.leader()
    const { zxid } = reconfig(ensemble, [3])
    for (const sid of [1, 2]) {
      // Both have acked; then they are silent.
      const { link } = ensemble.learner(sid)
      if (sid === 1) ensemble.feed(leader, { type: 'packet', link, packet: { type: 'ACK', zxid } })
      ensemble.node(sid).paused = true
    }
    ensemble.syncAtLeader(leader)
    ensemble.settle()
    expect(members(leader.zab.active)).toBe('3')
    expect(leader.effects.filter((e) => e.type === 'leaderAnswer')).toHaveLength(1)
  })
})

describe('places', () => {
  test('[RECONF-8] a follower becomes an observer and back, and connects anew each time', () => {
    const ensemble = serving([1, 2, 3])
    reconfig(ensemble, [2, 3], [1])
    ensemble.run(1000)
    expect(states(ensemble)).toBe('1:OBSERVING 2:FOLLOWING 3:LEADING')
    expect(ensemble.learner(1)).toMatchObject({ observer: true, votes: 0 })
    reconfig(ensemble, [1, 2, 3])
    ensemble.run(1000)
    expect(states(ensemble)).toBe('1:FOLLOWING 2:FOLLOWING 3:LEADING')
    expect(ensemble.learner(1)).toMatchObject({ observer: false, votes: 1 })
    const { zxid } = ensemble.propose(ensemble.leader())
    ensemble.settle()
    expect(ensemble.node(1).tree.at(-1)?.zxid).toBe(zxid)
  })

  test('[RECONF-7] it needs no election for that', () => {
    const ensemble = serving([1, 2, 3])
    const { round } = ensemble.node(1).zab
    reconfig(ensemble, [2, 3], [1])
    ensemble.run(100)
    expect(ensemble.node(1).zab.role.state).toBe('OBSERVING')
    expect(ensemble.node(1).zab.round).toBe(round)
  })

  test('[RECONF-8] a removed follower goes on without a vote, and finds its way back', () => {
    const ensemble = serving([1, 2, 3, 4])
    reconfig(ensemble, [2, 3, 4])
    ensemble.run(1000)
    expect(ensemble.node(1).zab.role.state).toBe('FOLLOWING')
    expect(ensemble.learner(1)).toMatchObject({ votes: 0, observer: false })
    for (const sid of [2, 3]) ensemble.node(sid).flushes = false
    const { zxid } = ensemble.propose(ensemble.leader())
    ensemble.settle()
    expect(ensemble.learner(1).acked).toBe(zxid)
    expect(ensemble.leader().leading().committed).toBeLessThan(zxid)
    ensemble.node(2).flushes = true
    ensemble.crash(1)
    ensemble.run(1000)
    ensemble.node(1).restart()
    ensemble.run(2000)
    expect(ensemble.node(1).zab.role.state).toBe('FOLLOWING')
    expect(ensemble.node(1).tree.at(-1)?.zxid).toBe(zxid)
  })

  test('[RECONF-8] a removed observer goes on as a follower without a vote', () => {
    const ensemble = serving([1, 2, 3], [4])
    reconfig(ensemble, [1, 2, 3])
    ensemble.run(1000)
    expect(ensemble.node(4).zab.role.state).toBe('FOLLOWING')
    expect(ensemble.learner(4).votes).toBe(0)
  })

  test('servers are added one by one, and then carry the ensemble', () => {
    const ensemble = serving([1])
    for (const sid of [2, 3]) {
      join(ensemble, sid, [1])
      reconfig(ensemble, sid === 2 ? [1, 2] : [1, 2, 3])
      ensemble.run(1000)
    }
    ensemble.crash(1)
    ensemble.run(3000)
    expect(ensemble.leader().sid).toBe(3)
    expect(members(ensemble.leader().zab.active)).toBe('1 2 3')
  })
})

describe('the leader', () => {
  test('[RECONF-6] [RECONF-7] hands over to the voter that acked most, without an election', () => {
    const ensemble = serving([1, 2, 3, 4])
    const old = ensemble.leader()
    const rounds = [...ensemble.nodes.values()].map((n) => n.zab.round)
    ensemble.node(3).flushes = false
    const { zxid } = reconfig(ensemble, [1, 2, 3])
    const tail = ensemble.propose(old)
    ensemble.node(2).flushes = false
    ensemble.settle() // 1 and the leader
    ensemble.node(2).flushes = true
    ensemble.settle()
    expect(old.zab.active.version).toBe(zxid)
    // 2 has a larger id, but its ACK of what follows comes later.
    expect(old.sent('COMMITANDACTIVATE')[0]).toMatchObject({ designatedLeader: 1 })
    ensemble.node(3).flushes = true
    ensemble.run(1000)
    expect(states(ensemble)).toBe('1:LEADING 2:FOLLOWING 3:FOLLOWING 4:FOLLOWING')
    expect([...ensemble.nodes.values()].map((n) => n.zab.round)).toEqual(rounds)
    // What was acked by its quorum is not lost, though the old leader did not commit it.
    for (const node of ensemble.nodes.values()) expect(node.tree.map((e) => e.zxid)).toContain(tail.zxid)
  })

  test('[RECONF-6] that is not designated proposes and commits nothing any more', () => {
    const ensemble = serving([1, 2, 3])
    const old = ensemble.leader()
    const { zxid } = reconfig(ensemble, [1, 2])
    const tail = ensemble.propose(old)
    for (const sid of [1, 2]) {
      const { link } = ensemble.learner(sid)
      ensemble.feed(old, { type: 'packet', link, packet: { type: 'ACK', zxid: tail.zxid } })
    }
    ensemble.flush(old)
    expect(old.leading().committed).toBe(zxid)
    expect(old.leading().retiring?.designated).toBe(2)
    expect(() => ensemble.propose(old)).toThrow('may propose')
    ensemble.run(2000)
    expect(states(ensemble)).toBe('1:FOLLOWING 2:LEADING 3:FOLLOWING')
    expect(ensemble.learner(3).votes).toBe(0)
  })

  test('[RECONF-6] steps down when nobody leaves it', () => {
    const ensemble = serving([1, 2, 3])
    const old = ensemble.leader()
    reconfig(ensemble, [1, 2])
    ensemble.flush(old)
    for (const sid of [1, 2]) {
      const { link } = ensemble.learner(sid)
      ensemble.feed(old, { type: 'packet', link, packet: { type: 'ACK', zxid: old.zab.lastSeen.version } })
      ensemble.node(sid).paused = true
    }
    expect(old.leading().retiring).not.toBe(null)
    ensemble.run(2000)
    expect(old.zab.role.state).not.toBe('LEADING')
  })

  test('[RECONF-6] that is to listen elsewhere hands over, too', () => {
    const ensemble = serving([1, 2, 3])
    const moved = configOf([1, 2, 3])
    const spec = moved.servers.get(3 as never)
    ensemble.propose(ensemble.leader(), (zxid) =>
      reconfigTo({
        servers: new Map([...moved.servers].map(([sid, s]) => [sid, s === spec ? { ...s, quorumPort: 7 } : s])),
        version: zxid,
      }),
    )
    ensemble.run(1000)
    expect(states(ensemble)).toBe('1:FOLLOWING 2:LEADING 3:FOLLOWING')
    expect(ensemble.learner(3).votes).toBe(1)
  })
})
