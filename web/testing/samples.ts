// Small samples for tests: one member, one round, one vote, as plain data. Development only.

import type { MemberStages, MemberView, RoundView, VoteView } from '#shared/events/cluster-view.ts'

export function member(sid: number, change: Partial<MemberView> = {}): MemberView {
  return {
    sid,
    process: 'running',
    pid: 100 + sid,
    clientAddress: `127.0.0.1:218${sid}`,
    role: 'participant',
    state: 'FOLLOWING',
    phase: 'BROADCAST',
    serving: true,
    epoch: 1,
    leader: 3,
    lastZxid: '0x100000005',
    connections: 0,
    sessions: 0,
    znodes: 0,
    watches: 0,
    outstanding: 0,
    requests: 0,
    heardAt: 0,
    ...change,
  }
}

/** Three members, 3 leads. */
export function threeMembers(change: Readonly<Record<number, Partial<MemberView>>> = {}): Record<string, MemberView> {
  return {
    1: member(1, change[1]),
    2: member(2, change[2]),
    3: member(3, { state: 'LEADING', ...change[3] }),
  }
}

export function round(
  zxid: string,
  members: Readonly<Record<string, MemberStages>>,
  change: Partial<RoundView> = {},
): RoundView {
  return {
    txn: { zxid, op: 'create', path: '/a', session: '0x1', cxid: 1, bytes: 0, error: null, ephemeral: false },
    leader: 3,
    proposedAt: 1000,
    members: { ...members },
    quorumBy: null,
    quorumAt: null,
    ...change,
  }
}

export function vote(
  t: number,
  from: number,
  leader: number,
  electionRound: number,
  change: Partial<VoteView> = {},
): VoteView {
  return {
    t,
    from,
    to: 1,
    state: 'LOOKING',
    leader,
    zxid: '0x100000005',
    round: electionRound,
    peerEpoch: 1,
    ...change,
  }
}
