import { expect, test } from 'vitest'
import type { PeerEffect, PeerInput } from '#shared/peer/contract.ts'
import { createPeer, freshRecovered, step } from '#shared/peer/peer.ts'
import { asSid } from '#shared/zk/ids.ts'
import type { Notification } from '#shared/zk/vote.ts'
import { makeZxid, ZERO_ZXID, type Zxid } from '#shared/zk/zxid.ts'
import { createElectionEvents } from './election-events.ts'
import type { Said } from './watch-events.ts'

/** Server 2 of three, empty, driven as its host drives it. */
function rig() {
  const servers = [1, 2, 3].map((n) => {
    const spec = { sid: asSid(n), host: 'h', quorumPort: n, electionPort: n + 10, role: 'participant', client: null }
    return [asSid(n), { ...spec, role: 'participant' as const }] as const
  })
  const peer = createPeer(
    {
      sid: asSid(2),
      quorum: { servers: new Map(servers), version: ZERO_ZXID },
      ...{ tickTimeMs: 1000, initLimit: 10, syncLimit: 5, commitLogCount: 500, sessionIdSeedMs: 1 },
      ...{ minSessionTimeoutMs: 2000, maxSessionTimeoutMs: 20_000 },
    },
    freshRecovered(),
  )
  let said: Said[] = []
  const events = createElectionEvents(peer, (event) => said.push(event))
  function feed(input: PeerInput): Said[] {
    said = []
    const effects: PeerEffect[] = []
    if (input.type === 'notification') events.onNotification(input.from, input.notification)
    step(peer, input, effects)
    for (const effect of effects) {
      if (effect.type === 'notify' && effect.to !== 2) events.onNotify(effect.notification)
      else if (effect.type === 'state') events.onState(effect.state)
    }
    return said
  }
  const tick = (nowMs: number) => feed({ type: 'tick', nowMs, wallMs: 1e12 + nowMs })
  const hear = (from: number, leader: number, zxid: Zxid, round: number, peerEpoch = 0) => {
    const vote = { leader: asSid(leader), zxid, electionEpoch: round, peerEpoch }
    const notification: Notification = { ...vote, state: 'LOOKING', version: 2, config: null }
    return feed({ type: 'notification', from: asSid(from), notification })
  }
  return { tick, hear }
}

test('a round begins with the own vote, and each comparison that another wins is named', () => {
  const { tick, hear } = rig()
  expect(tick(1)).toMatchObject([{ type: 'voteChange', why: 'start', from: null, leader: 2, round: 1 }])
  expect(hear(3, 3, ZERO_ZXID, 1)[0]).toMatchObject({ why: 'sid', from: 3, leader: 3, beforeLeader: 2 })
  expect(hear(1, 1, makeZxid(1, 4), 1)[0]).toMatchObject({
    ...{ why: 'zxid', from: 1, leader: 1, beforeLeader: 3 },
    ...{ zxid: '0x100000004', beforeZxid: '0x0' },
  })
  expect(hear(3, 3, makeZxid(1, 1), 1, 1)[0]).toMatchObject({ why: 'epoch', from: 3, peerEpoch: 1, beforePeerEpoch: 0 })
})

test('a later round is a reason of its own', () => {
  const { tick, hear } = rig()
  tick(1)
  expect(hear(3, 3, ZERO_ZXID, 7)[0]).toMatchObject({ why: 'round', from: 3, round: 7, leader: 3 })
})

test('a vote that wins nothing changes nothing', () => {
  const { tick, hear } = rig()
  tick(1)
  expect(hear(1, 1, ZERO_ZXID, 1)).toEqual([])
})

test('the decision names who had voted alike', () => {
  const { tick, hear } = rig()
  tick(1)
  hear(1, 1, ZERO_ZXID, 1)
  hear(3, 3, ZERO_ZXID, 1)
  const decided = [...hear(1, 3, ZERO_ZXID, 1), ...tick(500)].filter(({ type }) => type === 'elected')
  expect(decided).toMatchObject([{ type: 'elected', state: 'FOLLOWING', leader: 3, votes: [1, 2, 3], round: 1 }])
})
