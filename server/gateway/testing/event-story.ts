// Events as three members would tell them: an election, writes at a steady rate, flushes, samples, counts. For tests of the
// history and of what pages are sent.

import type { MemberView } from '#shared/events/cluster-view.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { createCounts } from './event-counts.ts'

export const STORY_START_MS = 1_700_000_000_000
const EPOCH = '0x1'

export function storyZxid(counter: number): string {
  return `${EPOCH}${counter.toString(16).padStart(8, '0')}`
}

/** Up to member 1 leading epoch 1. */
export function electionStory(t = STORY_START_MS): GatewayEvent[] {
  const events: GatewayEvent[] = []
  for (const sid of [1, 2, 3]) events.push({ type: 'member', t, sid, member: memberOf(sid) })
  for (const sid of [1, 2, 3]) events.push({ type: 'stream', t, sid, up: true })
  for (const sid of [1, 2, 3])
    events.push({ type: 'state', t: t + 1, sid, state: 'LOOKING', round: 1, reason: 'start' })
  for (const sid of [1, 2, 3]) {
    const state = sid === 1 ? 'LEADING' : 'FOLLOWING'
    events.push({ type: 'elected', t: t + 2, sid, round: 1, state, leader: 1, votes: [1, 2, 3] })
    events.push({ type: 'state', t: t + 2, sid, state, round: 1, reason: 'elected' })
    events.push({ type: 'serving', t: t + 3, sid, state, epoch: 1, zxid: storyZxid(0) })
  }
  return events
}

/** `count` writes, one every `everyMs`, the first with counter `first`: quorum after 2 ms, applied everywhere after 4. */
export function writeStory(count: number, { first = 1, everyMs = 1, t = STORY_START_MS + 10 } = {}): GatewayEvent[] {
  const events: GatewayEvent[] = []
  for (let i = 0; i < count; i += 1) {
    const zxid = storyZxid(first + i)
    const at = t + i * everyMs
    const path = `/w/${i % 10}`
    const txn = { zxid, op: 'setData', path, session: '0x1', cxid: i, bytes: 8, error: null, ephemeral: false }
    events.push({ type: 'proposed', t: at, sid: 1, txn })
    events.push({ type: 'mark', t: at + 1, sid: 1, stage: 'logged', zxid })
    for (const sid of [2, 3]) {
      events.push({ type: 'mark', t: at + 0.5, sid, stage: 'received', zxid })
      events.push({ type: 'mark', t: at + 1.5, sid, stage: 'acked', zxid })
    }
    events.push({ type: 'quorum', t: at + 2, sid: 1, zxid, by: 2 })
    events.push({ type: 'mark', t: at + 2, sid: 1, stage: 'committed', zxid })
    for (const sid of [1, 2, 3]) events.push({ type: 'mark', t: at + 4, sid, stage: 'applied', zxid })
  }
  return events
}

/** What member `sid` has counted; `requests` and `watches` are all that grows. */
export function countsStory(sid: number, t: number, requests: number, watches: number, sinceMs = 1): GatewayEvent {
  const counts = {
    ...createCounts(sinceMs),
    requests,
    watchesTriggered: watches,
    flushes: requests,
    flushMs: requests * 2,
  }
  return { type: 'counts', t, sid, counts }
}

function memberOf(sid: number): MemberView {
  return {
    ...{ sid, process: 'running', pid: 100 + sid, clientAddress: `127.0.0.1:218${sid}`, role: 'participant' },
    ...{ state: null, phase: null, serving: false, epoch: 0, leader: null, lastZxid: '0x0' },
    ...{ connections: 0, sessions: 0, znodes: 5, watches: 0, outstanding: 0, requests: 0, heardAt: 1 },
  }
}
