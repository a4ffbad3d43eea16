// A learner that comes back to the same leader with proposals that were not committed when it left.

import { describe, expect, test } from 'vitest'
import { asSid } from '../zk/ids.ts'
import type { LeaderPacket } from '../zk/packet.ts'
import type { QuorumConfig, ServerSpec } from '../zk/quorum-config.ts'
import type { Entry } from '../zk/txn.ts'
import { makeZxid, ZERO_ZXID } from '../zk/zxid.ts'
import type { DiskOp, LinkId, ZabEffect } from './contract.ts'
import { startFollowing } from './follower.ts'
import { createZab, type Zab } from './state.ts'
import { step } from './step.ts'

const EPOCH = 3

function entry(counter: number): Entry {
  const zxid = makeZxid(EPOCH, counter)
  return {
    zxid,
    sessionId: 1n as Entry['sessionId'],
    cxid: counter,
    timeMs: 0,
    txn: { type: 'error', err: -101 },
    digest: null,
  }
}

/** A follower of server 3 that has just restarted with entries 1 … `last` in its log, and its tree. */
function restarted(last: number): Zab {
  const servers = new Map(
    [1, 2, 3].map((n): [ReturnType<typeof asSid>, ServerSpec] => [
      asSid(n),
      { sid: asSid(n), host: 'h', quorumPort: 1, electionPort: 2, role: 'participant', client: null },
    ]),
  )
  const quorum: QuorumConfig = { servers, version: ZERO_ZXID }
  const recent = Array.from({ length: last }, (_, i) => entry(i + 1))
  const zab = createZab(
    { sid: asSid(1), quorum, tickTimeMs: 200, initLimit: 10, syncLimit: 5, commitLogCount: 500 },
    { acceptedEpoch: EPOCH, currentEpoch: EPOCH, lastZxid: makeZxid(EPOCH, last), recent, recentAfter: ZERO_ZXID },
  )
  startFollowing(zab, asSid(3), [])
  return zab
}

function hear(zab: Zab, ...packets: LeaderPacket[]): ZabEffect[] {
  const out: ZabEffect[] = []
  const link = -1 as LinkId
  for (const packet of packets) step(zab, { type: 'packet', link, packet }, out)
  return out
}

function connect(zab: Zab): void {
  step(zab, { type: 'linkUp', link: -1 as LinkId }, [])
  hear(zab, { type: 'LEADERINFO', epoch: EPOCH, protocolVersion: 0x10000 })
}

function acksIn(effects: readonly ZabEffect[]): number[] {
  return effects.flatMap((e) => (e.type === 'send' && e.packet.type === 'ACK' ? [e.packet.zxid] : []))
}

describe('a learner that holds proposals of this epoch', () => {
  test('[FOLL-8] D-8: keeps what is proposed again behind a TRUNC, and acks it', () => {
    const zab = restarted(7)
    connect(zab)
    const newLeader: LeaderPacket = { type: 'NEWLEADER', epoch: EPOCH, config: null }
    const proposals = [6, 7, 8].map((n): LeaderPacket => ({ type: 'PROPOSAL', entry: entry(n) }))
    const out = hear(zab, { type: 'TRUNC', zxid: makeZxid(EPOCH, 5) }, ...proposals, newLeader)
    expect(out.filter((e) => e.type === 'truncate' || e.type === 'reload')).toEqual([])
    expect(out.filter((e) => e.type === 'append')).toMatchObject([{ entry: { zxid: makeZxid(EPOCH, 8) } }])
    const after: ZabEffect[] = []
    step(zab, { type: 'persisted', upTo: zab.lastOp as DiskOp }, after)
    after.push(...hear(zab, { type: 'UPTODATE' }))
    expect(acksIn(after).slice(2)).toEqual([6, 7, 8].map((n) => makeZxid(EPOCH, n)))
  })

  test('[FOLL-8] still cuts away what is not proposed again', () => {
    const zab = restarted(7)
    connect(zab)
    const out = hear(
      zab,
      { type: 'TRUNC', zxid: makeZxid(EPOCH, 5) },
      { type: 'PROPOSAL', entry: entry(6) },
      { type: 'NEWLEADER', epoch: EPOCH, config: null },
    )
    expect(out.filter((e) => e.type === 'truncate')).toMatchObject([{ zxid: makeZxid(EPOCH, 6) }])
  })

  test('[FOLL-9] B-0: serves nobody before what its tree holds is committed', () => {
    const zab = restarted(7)
    connect(zab)
    hear(
      zab,
      { type: 'TRUNC', zxid: makeZxid(EPOCH, 6) },
      { type: 'PROPOSAL', entry: entry(7) },
      { type: 'NEWLEADER', epoch: EPOCH, config: null },
    )
    step(zab, { type: 'persisted', upTo: zab.lastOp as DiskOp }, [])
    expect(hear(zab, { type: 'UPTODATE' }).some((e) => e.type === 'serving')).toBe(false)
    const later = hear(zab, { type: 'COMMIT', zxid: makeZxid(EPOCH, 7) })
    expect(later.map((e) => e.type)).toEqual(['serving'])
  })
})
