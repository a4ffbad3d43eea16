import { expect, test } from 'vitest'
import { asSid, type Sid } from '../zk/ids.ts'
import type { ServerSpec } from '../zk/quorum-config.ts'
import { ZERO_ZXID } from '../zk/zxid.ts'
import type { LinkId, ZabEffect } from './contract.ts'
import { onLearnerInfo, startLeading } from './leader-discovery.ts'
import { createZab, type Leading } from './state.ts'

const servers = new Map<Sid, ServerSpec>(
  [1, 2, 3].map((n) => {
    const sid = asSid(n)
    return [sid, { sid, host: 'h', quorumPort: 1, electionPort: 2, role: 'participant', client: null }]
  }),
)

function leader() {
  const quorum = { servers, version: ZERO_ZXID }
  const zab = createZab(
    { sid: asSid(3), quorum, tickTimeMs: 200, initLimit: 10, syncLimit: 5, commitLogCount: 500 },
    { acceptedEpoch: 0, currentEpoch: 0, lastZxid: ZERO_ZXID, recent: [], recentAfter: ZERO_ZXID },
  )
  startLeading(zab, [])
  if (zab.role.state !== 'LEADING') throw new Error('it leads')
  return { zab, leading: zab.role }
}

function hear(
  { zab, leading }: ReturnType<typeof leader>,
  link: number,
  sid: number | null,
  protocolVersion = 0x10000,
) {
  const out: ZabEffect[] = []
  const named = sid === null ? null : asSid(sid)
  const info = { type: 'OBSERVERINFO', acceptedEpoch: 0, protocolVersion, configVersion: ZERO_ZXID } as const
  onLearnerInfo(zab, leading, link as LinkId, { ...info, sid: named }, out)
  return out
}

const sids = (leading: Leading) => [...leading.learners.values()].map(({ sid }) => sid)

test('[DISC-1] learners that name no server id get negative ones, and do not push each other out', () => {
  const it = leader()
  hear(it, 1, null)
  hear(it, 2, -2)
  hear(it, 3, null)
  hear(it, 4, null)
  expect(sids(it.leading)).toEqual([-1, -2, -3, -4])
})

test('[DISC-1] a learner whose protocol knows no epochs is told so', () => {
  const it = leader()
  expect(hear(it, 1, 2, 1)).toEqual([{ type: 'close', link: 1, reason: 'protocol version 1 knows no epochs' }])
  expect(it.leading.learners.size).toBe(0)
})
