// Reconfigurations cut short: what a crash in between leaves, who may go on with it, who joins late.

import { describe, expect, test } from 'vitest'
import { formatQuorumConfig } from '../zk/quorum-config.ts'
import { makeZxid } from '../zk/zxid.ts'
import { isReconfiguring } from './configs.ts'
import type { Ensemble } from './testing.ts'
import { configOf } from './testing-node.ts'
import { join, members, reconfig, serving, states } from './testing-reconfig.ts'

describe('a crash in between', () => {
  /** A quorum of the new one has it on disk, but only the leader of the old one. Then everybody crashes. */
  function halfDone(): Ensemble {
    const ensemble = serving([1, 2, 3])
    for (const sid of [4, 5]) join(ensemble, sid, [1, 2, 3])
    ensemble.propose(ensemble.leader())
    ensemble.run(500)
    for (const sid of [1, 2]) ensemble.node(sid).flushes = false
    reconfig(ensemble, [3, 4, 5])
    ensemble.settle()
    for (const sid of [1, 2, 3, 4, 5]) ensemble.crash(sid)
    return ensemble
  }

  test('[RECONF-2] [RECONF-3] a quorum of an uncommitted one alone elects nobody', () => {
    const ensemble = halfDone()
    for (const sid of [3, 4, 5]) {
      ensemble.node(sid).restart()
      expect(members(ensemble.node(sid).zab.active)).toBe('1 2 3')
      expect(members(ensemble.node(sid).zab.lastSeen)).toBe('3 4 5')
      ensemble.node(sid).forget()
    }
    ensemble.run(5000)
    const told = ensemble.node(3).effects.find((e) => e.type === 'configured')
    expect(told?.type === 'configured' && members(told.lastSeen)).toBe('3 4 5')
    for (const sid of [3, 4, 5]) expect(ensemble.node(sid).zab.role.state).toBe('LOOKING')
  })

  test('[RECONF-2] a quorum of the old one alone goes on without it, and it is cut off the others’ logs', () => {
    const ensemble = halfDone()
    for (const sid of [1, 2]) {
      ensemble.node(sid).restart()
      ensemble.node(sid).flushes = true
    }
    ensemble.run(2000)
    ensemble.propose(ensemble.leader())
    ensemble.run(500)
    for (const sid of [3, 4, 5]) ensemble.node(sid).restart()
    ensemble.run(3000)
    for (const node of ensemble.nodes.values()) {
      expect(members(node.zab.active)).toBe('1 2 3')
      expect(isReconfiguring(node.zab)).toBe(false)
      expect(node.tree.map((e) => e.zxid)).toEqual(ensemble.leader().tree.map((e) => e.zxid))
    }
  })

  test('[RECONF-9] a new leader that holds it completes it, with quorums of both', () => {
    const ensemble = halfDone()
    for (const sid of [1, 2, 3, 4, 5]) {
      ensemble.node(sid).restart()
      ensemble.node(sid).flushes = true
    }
    ensemble.run(3000)
    expect(members(ensemble.leader().zab.active)).toBe('3 4 5')
    for (const node of ensemble.nodes.values()) expect(members(node.zab.active)).toBe('3 4 5')
    expect(states(ensemble)).toBe('1:FOLLOWING 2:FOLLOWING 3:FOLLOWING 4:FOLLOWING 5:LEADING')
  })

  test('[RECONF-6] [RECONF-9] a leader that completes its own removal serves nobody and hands over', () => {
    const ensemble = serving([1, 2, 3])
    ensemble.node(1).flushes = false
    ensemble.node(2).flushes = false
    reconfig(ensemble, [1, 2])
    ensemble.settle()
    for (const sid of [1, 2, 3]) ensemble.crash(sid)
    for (const sid of [1, 2, 3]) {
      ensemble.node(sid).restart()
      ensemble.node(sid).flushes = true
      ensemble.node(sid).forget()
    }
    ensemble.run(3000)
    expect(ensemble.node(3).effects.some((e) => e.type === 'serving' && e.state === 'LEADING')).toBe(false)
    expect(states(ensemble)).toBe('1:FOLLOWING 2:LEADING 3:FOLLOWING')
    expect(members(ensemble.leader().zab.active)).toBe('1 2')
  })

  test('[RECONF-13] [DISC-3] a new voter with the longest log leads, though hardly anybody knows of it', () => {
    const ensemble = serving([1, 2, 3])
    join(ensemble, 5, [1, 2, 3])
    const old = ensemble.leader()
    for (const sid of [1, 2, 3]) ensemble.node(sid).flushes = false
    reconfig(ensemble, [2, 5], [1])
    ensemble.flush(old)
    const { zxid } = ensemble.propose(old)
    ensemble.settle()
    expect(ensemble.node(5).disk.entries.at(-1)?.zxid).toBe(zxid)
    for (const sid of [1, 2, 3, 5]) ensemble.crash(sid)
    for (const sid of [1, 2, 3, 5]) {
      ensemble.node(sid).restart()
      ensemble.node(sid).flushes = true
    }
    expect(members(ensemble.node(1).zab.lastSeen)).toBe('1 2 3')
    ensemble.run(5000)
    expect(states(ensemble)).toBe('1:OBSERVING 2:FOLLOWING 3:FOLLOWING 5:LEADING')
    expect(members(ensemble.leader().zab.active)).toBe('1o 2 5')
    for (const node of ensemble.nodes.values()) expect(node.tree.at(-1)?.zxid).toBe(zxid)
  })

  test('[RECONF-14] an observer that becomes a voter with it helps to complete it', () => {
    const ensemble = serving([1, 2, 3], [4])
    reconfig(ensemble, [3, 4])
    ensemble.settle()
    expect(isReconfiguring(ensemble.leader().zab)).toBe(true) // observers ack no proposals
    for (const sid of [1, 2, 3, 4]) ensemble.crash(sid)
    for (const sid of [1, 2, 3, 4]) ensemble.node(sid).restart()
    ensemble.run(3000)
    expect(members(ensemble.leader().zab.active)).toBe('3 4')
    expect(ensemble.node(4).zab.role.state).not.toBe('OBSERVING')
    const { zxid } = ensemble.propose(ensemble.leader())
    ensemble.settle()
    expect(ensemble.node(4).tree.at(-1)?.zxid).toBe(zxid)
  })

  test('[DISC-3] a longer log without a vote stops nobody, and is cut', () => {
    const ensemble = serving([1, 2, 3])
    join(ensemble, 4, [1, 2, 3])
    for (const sid of [1, 2, 3]) ensemble.node(sid).flushes = false
    ensemble.propose(ensemble.leader())
    ensemble.settle()
    expect(ensemble.node(4).disk.entries).toHaveLength(1)
    for (const sid of [1, 2, 3, 4]) ensemble.crash(sid)
    for (const sid of [1, 2, 3, 4]) {
      ensemble.node(sid).restart()
      ensemble.node(sid).flushes = true
    }
    ensemble.run(3000)
    expect(states(ensemble)).toBe('1:FOLLOWING 2:FOLLOWING 3:LEADING 4:FOLLOWING')
    expect(ensemble.node(4).disk.entries).toHaveLength(0)
  })

  test('[RECONF-3] a server whose file is one behind its log finds its way', () => {
    const ensemble = serving([1, 2, 3])
    reconfig(ensemble, [1, 2, 3])
    ensemble.run(500)
    const node = ensemble.node(1)
    ensemble.crash(1)
    node.disk.config = { servers: configOf([1, 2, 3]).servers, version: makeZxid(1, 0) }
    node.restart()
    expect(isReconfiguring(node.zab)).toBe(true)
    ensemble.run(1000)
    expect(isReconfiguring(node.zab)).toBe(false)
    expect(node.disk.config.version).toBe(ensemble.leader().zab.active.version)
  })

  test('[RECONF-3] the file is written before what comes after it', () => {
    const ensemble = serving([1, 2, 3])
    const late = ensemble.node(1)
    ensemble.crash(1)
    ensemble.settle()
    const first = reconfig(ensemble, [1, 2, 3], [4])
    ensemble.settle()
    const second = reconfig(ensemble, [1, 2, 3], [5])
    ensemble.run(500)
    late.restart()
    late.forget()
    ensemble.run(1000)
    const order = late.effects.flatMap((e) => {
      if (e.type === 'saveConfig') return [`config ${e.config.version}`]
      return e.type === 'append' ? [`append ${e.entry.zxid}`] : []
    })
    expect(order.at(-1)).toBe(`append ${second.zxid}`)
    expect(order.slice(0, -1)).toContain(`config ${second.zxid}`) // this leader says what is in force
    expect(order.indexOf(`append ${first.zxid}`)).toBeLessThan(order.indexOf(`append ${second.zxid}`))
  })
})

describe('a late learner', () => {
  test('[RECONF-9] does not put in force what is still being proposed', () => {
    const ensemble = serving([1, 2, 3, 4, 5])
    ensemble.crash(1)
    ensemble.settle()
    for (const sid of [2, 3, 4]) ensemble.node(sid).flushes = false
    const { zxid } = reconfig(ensemble, [1, 2, 3, 4, 5], [9])
    ensemble.node(1).restart()
    ensemble.run(1000)
    const node = ensemble.node(1)
    expect(node.zab.lastSeen.version).toBe(zxid)
    expect(node.zab.role).toMatchObject({ state: 'FOLLOWING', stage: 'BROADCAST' })
    expect(node.zab.active.version).toBeLessThan(zxid)
    ensemble.node(2).flushes = true
    ensemble.settle()
    expect(node.zab.active.version).toBe(zxid)
  })

  test('[RECONF-12] that knows a newer committed configuration than the leader is refused', () => {
    const ensemble = serving([1, 2, 3])
    const leader = ensemble.leader()
    ensemble.feed(leader, { type: 'linkUp', link: 77 as never })
    ensemble.feed(leader, {
      type: 'packet',
      link: 77 as never,
      packet: {
        type: 'FOLLOWERINFO',
        acceptedEpoch: 1,
        sid: 9 as never,
        protocolVersion: 0x10000,
        configVersion: makeZxid(1, 1),
      },
    })
    expect(leader.effects).toContainEqual({ type: 'close', link: 77, reason: 'it knows a newer configuration' })
  })
})

describe('elections', () => {
  test('[RECONF-11] a server takes over a newer configuration while it looks, not otherwise', () => {
    const ensemble = serving([1, 2, 3])
    const [node, leader] = [ensemble.node(1), ensemble.leader()]
    const config = formatQuorumConfig(configOf([1, 2], [], makeZxid(7, 7)))
    const notification = { ...leader.zab.vote, state: 'LOOKING', version: 2, config } as const
    ensemble.feed(node, { type: 'notification', from: leader.sid, notification })
    expect(node.zab.active.version).toBe(makeZxid(1, 0))
    ensemble.crash(1)
    node.restart()
    ensemble.feed(node, { type: 'tick', nowMs: ensemble.nowMs })
    const { round } = node.zab
    ensemble.feed(node, { type: 'notification', from: leader.sid, notification })
    expect(members(node.zab.active)).toBe('1 2')
    expect(node.zab.round).toBe(round + 1)
  })

  test('[RECONF-11] servers without a vote do not answer each other for ever', () => {
    const ensemble = serving([1, 2, 3, 4])
    reconfig(ensemble, [1, 2])
    ensemble.run(1000)
    for (const sid of [1, 2, 3, 4]) ensemble.crash(sid)
    ensemble.node(3).disk.config = { servers: configOf([1, 2, 3, 4]).servers, version: makeZxid(1, 0) }
    for (const sid of [3, 4]) {
      ensemble.node(sid).disk.entries = []
      ensemble.node(sid).restart()
    }
    ensemble.run(1000) // an endless exchange would not come to rest
    expect(states(ensemble)).toBe('3:LOOKING 4:LOOKING')
  })
})
