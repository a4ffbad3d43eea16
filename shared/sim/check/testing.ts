// For tests only: a small ensemble of the real engine, brought to a quiet place by real steps that the checker has
// seen, and words to say what happens next, whether it could or not. Everything that is said reaches the checker as
// the world would tell it.

import { AssertionFailed, assert } from '../../base/assert.ts'
import { utf8Encode } from '../../base/text.ts'
import type { ConnId, PeerEffect, PeerInput } from '../../peer/contract.ts'
import type { Peer } from '../../peer/state.ts'
import type { DiskEffect, DiskOp } from '../../zab/contract.ts'
import { appendToWindow } from '../../zab/log-window.ts'
import type { Following, Leading } from '../../zab/state.ts'
import { OPEN_ACL } from '../../zk/acl.ts'
import { NO_SESSION, type SessionId } from '../../zk/ids.ts'
import { CREATE_FLAGS } from '../../zk/op.ts'
import type { LeaderPacket, LearnerPacket } from '../../zk/packet.ts'
import type { ClientRequest } from '../../zk/request.ts'
import type { Entry, Txn } from '../../zk/txn.ts'
import { makeZxid, type Zxid } from '../../zk/zxid.ts'
import { addClient, type SimClient } from '../clients/sim-client.ts'
import type { WorldOptions } from '../world/contract.ts'
import { recover } from '../world/disk.ts'
import { crash, type Server, start } from '../world/process.ts'
import { createWorld, nextEvent, startAll, type World } from '../world/world.ts'
import type { CheckId } from './checks.ts'
import type { Conversation } from './conversation.ts'
import { type GhostServer, ghostOf } from './ghost.ts'
import { createSafetyChecker, type SafetyChecker } from './safety.ts'

const OPTIONS: WorldOptions = {
  seed: 1,
  voters: 3,
  observers: 1,
  delayMinUs: 500,
  delayMaxUs: 1500,
  flushMinUs: 100,
  flushMaxUs: 300,
  tickTimeMs: 200,
  initLimit: 10,
  syncLimit: 5,
  commitLogCount: 500,
  snapCount: 100_000,
  snapRetainCount: 3,
  minSessionTimeoutMs: 400,
  maxSessionTimeoutMs: 40_000,
}

const LIMIT_US = 60_000_000

export interface Story {
  readonly world: World
  readonly checker: SafetyChecker
  readonly client: SimClient
  /** Who leads, two who follow, and the observer. */
  readonly leader: Server
  readonly follower: Server
  readonly other: Server
  readonly observer: Server
}

function create(path: string, flags: number = CREATE_FLAGS.persistent): ClientRequest {
  return { type: 'create2', path, data: utf8Encode(path), acl: OPEN_ACL, flags }
}

/** Some znodes, one of them ephemeral, one refused write, and a create at the end. */
const REQUESTS: readonly ClientRequest[] = [
  create('/a'),
  create('/a/b'),
  create('/a'),
  create('/e', CREATE_FLAGS.ephemeral),
  { type: 'setACL', path: '/a/b', acl: [{ perms: 1, scheme: 'world', id: 'anyone' }], version: -1 },
  { type: 'multi', ops: [{ type: 'check', path: '/a', version: 0 }] },
  create('/z'),
]

/** An epoch, a leader that serves everybody, a client with a session, and everything that it wrote on every disk. */
export function createStory(only?: CheckId): Story {
  const world = createWorld(OPTIONS)
  const checker = createSafetyChecker(world, { fullCheckEvery: 0, ...(only ? { only: new Set([only]) } : {}) })
  world.observers.push(checker.observer)
  const todo = [...REQUESTS]
  const client = addClient(world, {
    workload: { next: () => todo.shift() ?? null },
    timeoutMs: 4000,
    pipeline: 1,
    thinkMaxUs: 0,
    operationsMax: 100,
    identities: [],
  })
  startAll(world)
  until(world, () => todo.length === 0 && client.outstanding.items.length === 0)
  until(world, () => isQuiet(world))
  const servers = [...world.servers.values()]
  const by = (state: string): Server[] => servers.filter(({ peer }) => peer?.zab.role.state === state)
  const [leader, observer] = [by('LEADING')[0], by('OBSERVING')[0]]
  const [follower, other] = by('FOLLOWING')
  assert(leader !== undefined && observer !== undefined, 'one leads and one observes')
  assert(follower !== undefined && other !== undefined, 'two follow')
  return { world, checker, client, leader, follower, other, observer }
}

export function until(world: World, holds: () => boolean): void {
  const endUs = world.nowUs + LIMIT_US
  while (!holds()) assert(nextEvent(world) && world.nowUs < endUs, 'it happens within a minute')
}

/** All serve the same history, and it is on all disks. */
function isQuiet(world: World): boolean {
  const servers = [...world.servers.values()]
  const last = servers[0]?.peer?.tree.lastProcessedZxid
  return servers.every(
    ({ serving, peer, disk }) =>
      serving && peer?.tree.lastProcessedZxid === last && disk.queue.length === 0 && disk.log.at(-1)?.zxid === last,
  )
}

/** The world goes on by itself: the leader dies and comes back, others take over, and all is well. */
export function carryOn({ world }: Story): void {
  const leader = [...world.servers.values()].find((s) => s.serving && s.peer?.zab.role.state === 'LEADING')
  assert(leader !== undefined, 'one leads')
  crash(world, leader, 0.5)
  until(world, () => [...world.servers.values()].some((s) => s.serving && s.peer?.zab.role.state === 'LEADING'))
  start(world, leader)
  until(world, () => isQuiet(world))
}

export function peerOf(server: Server): Peer {
  assert(server.peer !== null, `server ${server.sid} is running`)
  return server.peer
}

export function ghostServer({ checker }: Story, server: Server): GhostServer {
  return ghostOf(checker.ghost, server)
}

export function leading(server: Server): Leading {
  const { role } = peerOf(server).zab
  assert(role.state === 'LEADING', `server ${server.sid} leads`)
  return role
}

export function following(server: Server): Following {
  const { role } = peerOf(server).zab
  assert(role.state === 'FOLLOWING', `server ${server.sid} follows`)
  return role
}

/** The leader's side of its conversation with a learner. */
export function conversation(story: Story, learner: Server): Conversation {
  const all = [...ghostServer(story, story.leader).links.values()]
  const found = all.find((one) => one.learner === learner.sid && one.leader === story.leader.sid)
  assert(found !== undefined, `the leader talks with server ${learner.sid}`)
  return found
}

export function epochOfStory({ leader }: Story): number {
  return leading(leader).epoch
}

/** `n` behind the last chosen entry, in the story's epoch. */
export function zxidAfter(story: Story, n = 1): Zxid {
  return makeZxid(epochOfStory(story), (story.checker.ghost.top.zxid % 2 ** 32) + n)
}

export const SESSION_LATER = 0x77n as SessionId

export function entry(zxid: Zxid, more: Partial<Entry> = {}): Entry {
  const txn: Txn = { type: 'error', err: -101 }
  return { zxid, sessionId: NO_SESSION, cxid: 0, timeMs: 0, txn, digest: null, ...more }
}

/** The client's session. */
export function sessionOf({ client }: Story): SessionId {
  return client.sessionId
}

/** A step with these effects. */
export function step(story: Story, server: Server, effects: readonly PeerEffect[] = [], input?: PeerInput): void {
  const { nowMs, wallMs } = peerOf(server)
  story.checker.observer.stepped?.(server, input ?? { type: 'tick', nowMs, wallMs }, effects, false)
}

export function durable(story: Story, server: Server, effect: DiskEffect): void {
  story.checker.observer.durable?.(server, effect)
}

const NO_OP = 0 as DiskOp

export function appended(one: Entry): Extract<DiskEffect, { type: 'append' }> {
  return { type: 'append', op: NO_OP, entry: one }
}

export function saved(which: 'accepted' | 'current', epoch: number): DiskEffect {
  return { type: 'saveEpoch', op: NO_OP, which, epoch }
}

export function truncated(zxid: Zxid): DiskEffect {
  return { type: 'truncate', op: NO_OP, zxid }
}

export function installed(zxid: Zxid): Extract<DiskEffect, { type: 'installSnapshot' }> {
  return { type: 'installSnapshot', op: NO_OP, zxid }
}

/** To a learner, or from one to its leader. */
export function sent(story: Story, to: Server, packet: LeaderPacket): PeerEffect {
  for (const [link, one] of ghostServer(story, story.leader).links)
    if (one.learner === to.sid) return { type: 'send', link, packet }
  throw new AssertionFailed(`the leader talks with server ${to.sid}`)
}

export function told(from: Server, packet: LearnerPacket): PeerEffect {
  return { type: 'send', link: following(from).link, packet }
}

/** A server logs what it is given. */
export function logs(story: Story, server: Server, one: Entry): void {
  appendToWindow(peerOf(server).zab.log, one)
  step(story, server, [appended(one)])
}

/** The leader proposes to all that follow. */
export function proposes(story: Story, one: Entry, input?: PeerInput): Entry {
  const { leader, follower, other } = story
  appendToWindow(peerOf(leader).zab.log, one)
  const packet = { type: 'PROPOSAL', entry: one } as const
  const how = input ?? { type: 'disconnected', conn: 0 as ConnId }
  step(story, leader, [appended(one), sent(story, follower, packet), sent(story, other, packet)], how)
  return one
}

/** It is on the disk of a server. */
export function keeps(story: Story, server: Server, one: Entry): void {
  server.disk.log.push(one)
  durable(story, server, appended(one))
}

/** Proposed, and on the disks of a quorum. */
export function chosen(story: Story, one: Entry): Entry {
  proposes(story, one)
  logs(story, story.follower, one)
  keeps(story, story.leader, one)
  keeps(story, story.follower, one)
  return one
}

/** A process ends, and what its disk gives is at hand. */
export function ended({ world }: Story, server: Server): ReturnType<typeof recover> {
  crash(world, server, 1)
  return recover(server.disk, world.options)
}

/** One way to break a rule, and what is nearest to it without breaking it. */
export interface Break {
  readonly id: CheckId
  readonly what: string
  /** Only this rule counts: others, which say the same of a single move, would see it first. */
  readonly alone?: true
  breaks(story: Story): void
  /** Left out: the world goes on by itself through an election. */
  fine?(story: Story): void
}
