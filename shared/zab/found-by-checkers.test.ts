// Holes that the simulator's checkers found, each as the shortest story that shows it.

import { expect, test } from 'vitest'
import { asSid, type Sid } from '../zk/ids.ts'
import type { LearnerPacket, QuorumPacket } from '../zk/packet.ts'
import type { Notification, Vote } from '../zk/vote.ts'
import { makeZxid, ZERO_ZXID } from '../zk/zxid.ts'
import type { LinkId, RecoveredLog, ZabEffect, ZabInput } from './contract.ts'
import { createZab, type Zab } from './state.ts'
import { step } from './step.ts'
import { configOf, entryAt, reconfigTo, TICK_TIME_MS } from './testing-node.ts'

const EMPTY: RecoveredLog = {
  acceptedEpoch: 0,
  currentEpoch: 0,
  lastZxid: ZERO_ZXID,
  recent: [],
  recentAfter: ZERO_ZXID,
}

function server(sid: number, recovered: RecoveredLog = EMPTY, reconfigEnabled = false): Zab {
  const limits = { tickTimeMs: TICK_TIME_MS, initLimit: 10, syncLimit: 5, commitLogCount: 500 }
  return createZab({ sid: asSid(sid), quorum: configOf([1, 2, 3], [4]), reconfigEnabled, ...limits }, recovered)
}

function feed(zab: Zab, input: ZabInput): ZabEffect[] {
  const out: ZabEffect[] = []
  step(zab, input, out)
  return out
}

function packet(zab: Zab, link: number, word: LearnerPacket): ZabEffect[] {
  return feed(zab, { type: 'packet', link: link as LinkId, packet: word })
}

function sent(effects: readonly ZabEffect[], link: number): QuorumPacket[] {
  return effects.flatMap((e) => (e.type === 'send' && e.link === link ? [e.packet] : []))
}

/** Server 3 is elected by all. */
function elected(recovered: RecoveredLog = EMPTY, reconfigEnabled = false): Zab {
  const zab = server(3, recovered, reconfigEnabled)
  feed(zab, { type: 'tick', nowMs: 1000 })
  for (const from of [1, 2]) vote(zab, from, zab.vote)
  expect(zab.role.state).toBe('LEADING')
  return zab
}

function vote(zab: Zab, from: number, given: Vote, state: Notification['state'] = 'LOOKING'): ZabEffect[] {
  const notification: Notification = { ...given, state, version: 2, config: null }
  return feed(zab, { type: 'notification', from: asSid(from), notification })
}

function greet(zab: Zab, sid: number, acceptedEpoch: number): ZabEffect[] {
  feed(zab, { type: 'linkUp', link: sid as LinkId })
  const word = { acceptedEpoch, sid: asSid(sid) as Sid, protocolVersion: 0x10000, configVersion: ZERO_ZXID }
  return packet(zab, sid, { type: 'FOLLOWERINFO', ...word })
}

function persistAll(zab: Zab): ZabEffect[] {
  return feed(zab, { type: 'persisted', upTo: zab.lastOp })
}

test('[DISC-4] a "no vote" is no promise: another leader may hold it, and two would lead one epoch (L-1)', () => {
  const zab = elected()
  greet(zab, 1, 0)
  persistAll(zab)
  expect(zab.role.stage).toBe('EPOCH_ACKS')
  // Server 1 has promised epoch 1 to somebody else meanwhile.
  packet(zab, 1, { type: 'ACKEPOCH', lastLoggedZxid: ZERO_ZXID, currentEpoch: -1 })
  expect(zab.role.stage).toBe('EPOCH_ACKS')
  greet(zab, 2, 0)
  packet(zab, 2, { type: 'ACKEPOCH', lastLoggedZxid: ZERO_ZXID, currentEpoch: 0 })
  expect(zab.role.stage).toBe('SAVING_CURRENT')
})

test('[LEAD-6] a learner whose ACK of NEWLEADER is its last word is silent from there on (L-11)', () => {
  const zab = elected()
  greet(zab, 1, 0)
  persistAll(zab)
  packet(zab, 1, { type: 'ACKEPOCH', lastLoggedZxid: ZERO_ZXID, currentEpoch: 0 })
  persistAll(zab)
  packet(zab, 1, { type: 'ACK', zxid: makeZxid(1, 0) })
  expect(zab.role.stage).toBe('BROADCAST')
  const silentMs = 5 * TICK_TIME_MS
  for (let nowMs = 1000; nowMs <= 1000 + silentMs + 2 * TICK_TIME_MS; nowMs += 50) feed(zab, { type: 'tick', nowMs })
  expect(zab.role.state).toBe('LOOKING')
})

test('[ELECT-2] nobody is told a vote while the disk is still at work, an observer neither (E-1)', () => {
  const zab = elected()
  greet(zab, 1, 0)
  feed(zab, { type: 'tick', nowMs: 1000 + 20 * TICK_TIME_MS }) // initLimit
  expect(zab.role).toMatchObject({ state: 'LOOKING', stage: 'settling' })
  const unknown: Vote = { leader: asSid(4), zxid: ZERO_ZXID, electionEpoch: 1, peerEpoch: 0 }
  expect(vote(zab, 4, unknown)).toEqual([])
  persistAll(zab)
  expect(vote(zab, 4, unknown)).toMatchObject([{ type: 'notify', to: 4, notification: { leader: 3 } }])
})

test('[SYNC-5] a SNAP holds the whole initial history, also what no role has delivered so far (D-8)', () => {
  const recent = [1, 2, 3, 4].map((counter) => entryAt(makeZxid(1, counter)))
  const zab = elected({ acceptedEpoch: 4, currentEpoch: 4, lastZxid: makeZxid(1, 4), recent, recentAfter: ZERO_ZXID })
  // Logged as a follower and not yet committed when its leader died.
  zab.log.entries.push(entryAt(makeZxid(1, 5)), entryAt(makeZxid(4, 1)))
  greet(zab, 1, 3)
  persistAll(zab)
  // Server 1 may hold 1/5, and with it half of what makes it chosen; its 3/1 forbids both TRUNC and DIFF.
  packet(zab, 1, { type: 'ACKEPOCH', lastLoggedZxid: makeZxid(3, 1), currentEpoch: 3 })
  const effects = persistAll(zab)
  expect(sent(effects, 1)[0]).toEqual({ type: 'SNAP', zxid: makeZxid(4, 1) })
  expect(effects.flatMap((e) => (e.type === 'deliver' ? [e.entry.zxid] : []))).toEqual([makeZxid(1, 5), makeZxid(4, 1)])
})

test('[RECONF-5] R-TAIL: a configuration that a SNAP takes along from the end of the log is not in force yet (L-12)', () => {
  const [before, version] = [makeZxid(1, 4), makeZxid(1, 5)]
  const recent = [entryAt(before), entryAt(version, reconfigTo(configOf([1, 2, 3], [], version)))]
  const epochs = { acceptedEpoch: 4, currentEpoch: 4 }
  const lastSeen = configOf([1, 2, 3], [], version)
  const zab = elected({ ...epochs, lastZxid: version, recent, recentAfter: makeZxid(1, 3), lastSeen }, true)
  zab.log.delivered = 1
  greet(zab, 1, 3)
  greet(zab, 2, 3)
  persistAll(zab)
  packet(zab, 1, { type: 'ACKEPOCH', lastLoggedZxid: makeZxid(1, 1), currentEpoch: 1 })
  packet(zab, 2, { type: 'ACKEPOCH', lastLoggedZxid: before, currentEpoch: 1 })
  const effects = persistAll(zab)
  expect(sent(effects, 1)[0]).toEqual({ type: 'SNAP', zxid: version })
  expect(effects.some((e) => e.type === 'deliver' && e.entry.zxid === version)).toBe(true)
  expect(zab.active.version).toBe(ZERO_ZXID)
})
