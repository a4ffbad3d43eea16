import { describe, expect, test } from 'vitest'
import { asSid, type Sid } from '../zk/ids.ts'
import type { ServerSpec } from '../zk/quorum-config.ts'
import type { Notification, ServerState, Vote } from '../zk/vote.ts'
import { makeZxid, ZERO_ZXID, type Zxid } from '../zk/zxid.ts'
import type { DiskOp, ZabConfig, ZabEffect } from './contract.ts'
import { beats } from './election.ts'
import { createZab, type Zab } from './state.ts'
import { step } from './step.ts'

function vote(leader: number, epoch: number, zxid: Zxid): Vote {
  return { leader: asSid(leader), zxid, electionEpoch: 1, peerEpoch: epoch }
}

function server(sid: number, lastZxid: Zxid, currentEpoch: number, voters = 3, more: Partial<ZabConfig> = {}): Zab {
  const servers = new Map<Sid, ServerSpec>()
  for (let n = 1; n <= voters; n += 1)
    servers.set(asSid(n), {
      sid: asSid(n),
      host: 'h',
      quorumPort: 1,
      electionPort: 2,
      role: 'participant',
      client: null,
    })
  return createZab(
    {
      sid: asSid(sid),
      quorum: { servers, version: ZERO_ZXID },
      tickTimeMs: 200,
      initLimit: 10,
      syncLimit: 5,
      commitLogCount: 500,
      ...more,
    },
    { acceptedEpoch: currentEpoch, currentEpoch, lastZxid, recent: [], recentAfter: lastZxid },
  )
}

function tick(zab: Zab, nowMs: number): ZabEffect[] {
  const out: ZabEffect[] = []
  step(zab, { type: 'tick', nowMs }, out)
  return out
}

function hear(zab: Zab, from: number, v: Vote, state: ServerState = 'LOOKING'): ZabEffect[] {
  const out: ZabEffect[] = []
  const notification: Notification = { ...v, state, version: 2, config: null }
  step(zab, { type: 'notification', from: asSid(from), notification }, out)
  return out
}

function absent(zab: Zab, sid: number): void {
  step(zab, { type: 'absent', sid: asSid(sid) }, [])
}

describe('votes', () => {
  test('[ELECT-1] epoch, then zxid, then server id', () => {
    expect(beats(vote(1, 2, makeZxid(1, 9)), vote(3, 1, makeZxid(1, 99)))).toBe(true)
    expect(beats(vote(1, 2, makeZxid(2, 9)), vote(3, 2, makeZxid(2, 8)))).toBe(true)
    expect(beats(vote(2, 2, makeZxid(2, 9)), vote(3, 2, makeZxid(2, 9)))).toBe(false)
    expect(beats(vote(3, 2, makeZxid(2, 9)), vote(3, 2, makeZxid(2, 9)))).toBe(false)
  })
})

describe('an election', () => {
  test('[ELECT-4] with every voter agreed it is decided at once', () => {
    const zab = server(3, ZERO_ZXID, 0)
    tick(zab, 0)
    hear(zab, 1, vote(3, 0, ZERO_ZXID))
    expect(zab.role.state).toBe('LOOKING')
    hear(zab, 2, vote(3, 0, ZERO_ZXID))
    expect(zab.role.state).toBe('LEADING')
  })

  test('[ELECT-4] with a quorum it is decided after 200 ms of silence', () => {
    const zab = server(3, ZERO_ZXID, 0)
    tick(zab, 0)
    hear(zab, 1, vote(3, 0, ZERO_ZXID))
    tick(zab, 199)
    expect(zab.role.state).toBe('LOOKING')
    tick(zab, 200)
    expect(zab.role.state).toBe('LEADING')
  })

  test('[ELECT-4] nobody waits for a voter that is absent', () => {
    const zab = server(3, ZERO_ZXID, 0)
    tick(zab, 0)
    hear(zab, 1, vote(3, 0, ZERO_ZXID))
    absent(zab, 2)
    expect(zab.role.state).toBe('LEADING')
  })

  test('[ELECT-4] absence before the votes counts, too, until a word of that server', () => {
    const waiting = server(3, ZERO_ZXID, 0)
    const hasty = server(3, ZERO_ZXID, 0)
    for (const zab of [waiting, hasty]) {
      tick(zab, 0)
      absent(zab, 2)
    }
    hear(waiting, 2, vote(2, 0, ZERO_ZXID))
    for (const zab of [waiting, hasty]) hear(zab, 1, vote(3, 0, ZERO_ZXID))
    expect(waiting.role.state).toBe('LOOKING')
    expect(hasty.role.state).toBe('LEADING')
  })

  test('[ELECT-4] absence makes no quorum', () => {
    const zab = server(3, ZERO_ZXID, 0)
    tick(zab, 0)
    absent(zab, 1)
    absent(zab, 2)
    tick(zab, 5000)
    expect(zab.role.state).toBe('LOOKING')
  })

  test('[ELECT-4] a better vote within the 200 ms wins', () => {
    const zab = server(2, ZERO_ZXID, 0)
    tick(zab, 0)
    hear(zab, 1, vote(2, 0, ZERO_ZXID))
    hear(zab, 3, vote(3, 0, makeZxid(1, 4)))
    expect(zab.vote.leader).toBe(3)
    tick(zab, 300)
    expect(zab.role.state).toBe('FOLLOWING')
  })

  test('a vote that nobody answers is sent again, ever more seldom', () => {
    const times = (more: Partial<ZabConfig>) => {
      const zab = server(1, ZERO_ZXID, 0, 3, more)
      const sent: number[] = []
      for (let ms = 0; ms <= 12_000; ms += 100)
        if (tick(zab, ms).some((effect) => effect.type === 'notify')) sent.push(ms)
      return sent
    }
    expect(times({})).toEqual([0, 200, 600, 1400, 3000, 6200, 9400])
    expect(times({ notificationMinMs: 1000, notificationMaxMs: 2000 })).toEqual([
      0, 1000, 3000, 5000, 7000, 9000, 11_000,
    ])
  })

  test('[ELECT-3] a larger round is adopted, a smaller one answered', () => {
    const zab = server(1, ZERO_ZXID, 0)
    tick(zab, 0)
    hear(zab, 2, { ...vote(2, 0, ZERO_ZXID), electionEpoch: 7 })
    expect(zab.round).toBe(7)
    expect(hear(zab, 3, { ...vote(3, 0, ZERO_ZXID), electionEpoch: 6 })).toMatchObject([{ type: 'notify', to: 3 }])
    expect(zab.vote.leader).toBe(2)
  })

  test('[ELECT-5] R-0975: followers alone do not prove a leader that is silent', () => {
    const zab = server(1, ZERO_ZXID, 0, 5)
    tick(zab, 0)
    const joined = { ...vote(5, 1, ZERO_ZXID), electionEpoch: 4 }
    for (const from of [2, 3, 4]) hear(zab, from, joined, 'FOLLOWING')
    expect(zab.role.state).toBe('LOOKING')
    hear(zab, 5, joined, 'LEADING')
    expect(zab.role.state).toBe('FOLLOWING')
    expect(zab.round).toBe(4)
  })

  test('[ELECT-7] whoever is not a voter is answered and never counted', () => {
    const zab = server(3, ZERO_ZXID, 0)
    tick(zab, 0)
    expect(hear(zab, 77, vote(3, 0, ZERO_ZXID))).toMatchObject([{ type: 'notify', to: 77 }])
    tick(zab, 1000)
    expect(zab.role.state).toBe('LOOKING')
  })

  test('[ELECT-7] only so many of them are answered a tick, and none that looks for nobody', () => {
    const zab = server(3, ZERO_ZXID, 0)
    tick(zab, 0)
    const answers = () => Array.from({ length: 40 }, () => hear(zab, 77, vote(3, 0, ZERO_ZXID))).flat().length
    expect(answers()).toBe(16)
    expect(answers()).toBe(0)
    tick(zab, 50)
    expect(answers()).toBe(16)
    expect(hear(zab, 77, vote(3, 0, ZERO_ZXID), 'FOLLOWING')).toEqual([])
  })

  test('[ELECT-3] who has no vote does not answer a smaller round', () => {
    const zab = server(9, ZERO_ZXID, 0)
    tick(zab, 0)
    hear(zab, 2, { ...vote(2, 0, ZERO_ZXID), electionEpoch: 7 })
    expect(zab.round).toBe(7)
    expect(hear(zab, 3, { ...vote(3, 0, ZERO_ZXID), electionEpoch: 6 })).toEqual([])
  })

  test('[ELECT-2] no vote while the disk still works for the last role', () => {
    const zab = server(3, ZERO_ZXID, 0)
    zab.lastOp = 5 as DiskOp
    expect(tick(zab, 0)).toEqual([])
    const out: ZabEffect[] = []
    step(zab, { type: 'persisted', upTo: 5 as DiskOp }, out)
    expect(out.filter((e) => e.type === 'notify')).toHaveLength(2)
  })
})

describe('[ELECT-8] a leader that no quorum has come to yet', () => {
  test('gives way to a better vote, and to no other', () => {
    for (const [zxid, state] of [
      [makeZxid(1, 9), 'LOOKING'],
      [makeZxid(1, 3), 'LEADING'],
    ] as const) {
      const zab = server(3, makeZxid(1, 5), 1)
      tick(zab, 0)
      hear(zab, 1, { ...vote(3, 1, makeZxid(1, 5)) })
      tick(zab, 200)
      expect(zab.role.state).toBe('LEADING')
      hear(zab, 2, { ...vote(2, 1, zxid), electionEpoch: zab.round })
      expect(zab.role.state).toBe(state)
    }
  })
})
