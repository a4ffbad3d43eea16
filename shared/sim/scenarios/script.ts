// More words for scripts: disks that go on step by step, crashes that leave exactly so many of the operations that
// were asked for, packets held up by type and direction, and what a server holds in a form that tests can compare.

import { assert } from '../../base/assert.ts'
import { copyTree, walkTree } from '../../tree/snapshot.ts'
import type { Sid } from '../../zk/ids.ts'
import { CREATE_FLAGS } from '../../zk/op.ts'
import type { QuorumPacket } from '../../zk/packet.ts'
import { formatEpochCounter, type Zxid } from '../../zk/zxid.ts'
import { beginFlush, flush } from '../world/process.ts'
import { resetWires } from '../world/quorum-wires.ts'
import { diskLine } from './journal.ts'
import {
  boot,
  createRequest,
  createStage,
  disk,
  gate,
  kill,
  type Stage,
  send,
  server,
  settle,
  until,
  write,
} from './stage.ts'

export type Held = (from: Sid, to: Sid, packet: QuorumPacket) => boolean

/** Packets of these types (none: of any) from `from` to `to` (null: anybody). */
export function packets(from: number | null, to: number | null, ...types: QuorumPacket['type'][]): Held {
  return (sender, receiver, packet) =>
    (from === null || sender === from) &&
    (to === null || receiver === to) &&
    (types.length === 0 || types.includes(packet.type))
}

/** Holds up what any of them means; what an earlier gate held and this one does not goes on. */
export function hold(stage: Stage, ...held: readonly Held[]): void {
  gate(stage, (from, to, packet) => held.some((holds) => holds(from, to, packet)))
}

export function letGo(stage: Stage): void {
  gate(stage, null)
}

/** What is held up is lost, and so is what dead processes had sent; the connections end with it. */
export function lose(stage: Stage): void {
  const { world } = stage
  for (const { learner, leader, learnerOpen, leaderOpen, heldUp, heldDown } of [...world.wires])
    if (!learnerOpen || !leaderOpen || heldUp.length + heldDown.length > 0) resetWires(world, learner.sid, leader.sid)
  gate(stage, null)
}

/** From now on nothing becomes durable there but by `flushOps`. */
export function holdDisk(stage: Stage, sid: number): void {
  disk(stage, sid, 'stuck')
}

/** Disk operations asked for and not yet durable, oldest first: `append 1/3`, `current 2` … */
export function asked(stage: Stage, sid: number): string[] {
  return server(stage, sid).disk.queue.map((work) => (work.type === 'op' ? diskLine(work.effect) : 'snapshot'))
}

/** Exactly the `count` oldest of them become durable, and the server hears of it. */
export function flushOps(stage: Stage, sid: number, count: number): void {
  flush(stage.world, server(stage, sid), count)
}

/** The process ends; exactly the `count` oldest operations under way have reached the disk. */
export function killKeeping(stage: Stage, sid: number, count: number): void {
  const under = server(stage, sid).disk.queue.length
  assert(count <= under, 'only what is under way can survive')
  kill(stage, sid, under === 0 ? 1 : count / under)
  disk(stage, sid, 'ok')
}

/** The process ends in the middle of its next step with more effects than this, after so many of them. */
export function killMidStep(stage: Stage, sid: number, afterEffects: number, kept = 1): void {
  const one = server(stage, sid)
  one.crashAfterEffects = afterEffects
  one.crashKeeps = kept
}

/** Paths created by the entries on the server's disk, in log order. What a snapshot stands for is not among them. */
export function logged(stage: Stage, sid: number): string[] {
  return server(stage, sid).disk.log.flatMap(({ txn }) => (txn.type === 'create' ? [txn.path] : []))
}

/** The zxids of the server's disk, as `1/3`. */
export function zxidsOn(stage: Stage, sid: number): string[] {
  return server(stage, sid).disk.log.map((entry) => formatEpochCounter(entry.zxid))
}

/** Where an entry stands that creates `path`, on any disk: `1/3`. */
export function zxidOf(stage: Stage, path: string): string {
  for (const { disk: one } of stage.world.servers.values())
    for (const { txn, zxid } of one.log) if (txn.type === 'create' && txn.path === path) return formatEpochCounter(zxid)
  return 'nowhere'
}

export function lastOn(stage: Stage, sid: number): Zxid {
  const { log, logAfter } = server(stage, sid).disk
  return log.at(-1)?.zxid ?? logAfter
}

/** Everything that is in the server's tree, as lines to compare. */
export function treeOf(stage: Stage, sid: number): string[] {
  const { peer } = server(stage, sid)
  if (!peer) return []
  const lines = [...peer.tree.sessions.keys()].map((id) => `session ${id}`)
  for (const { path, node } of walkTree(peer.tree)) {
    const { czxid, mzxid, pzxid, version, cversion, ephemeralOwner } = node
    if (!path.startsWith('/zookeeper'))
      lines.push([path, czxid, mzxid, pzxid, version, cversion, ephemeralOwner].join(' '))
  }
  return lines.sort()
}

/** Waits until all of them serve, have applied the same last txn and have nothing under way. */
export function level(stage: Stage, ...sids: readonly number[]): void {
  until(stage, `servers ${sids.join(', ')} are level`, () => {
    const all = sids.map((sid) => server(stage, sid))
    const last = all[0]?.peer?.tree.lastProcessedZxid
    const rests = (sid: number) => server(stage, sid).disk.queue.length === 0 && lastOn(stage, sid) === last
    return all.every((one) => one.serving && one.peer?.tree.lastProcessedZxid === last && rests(one.sid))
  })
}

/** Tells the leader's client to create `path`; waits until it is on the leader's disk, not until it is answered. */
export function proposeAt(stage: Stage, sid: number, path: string, flags: number = CREATE_FLAGS.persistent): void {
  send(stage, `w${sid}`, sid, createRequest(path, flags))
  until(stage, `${path} is logged by ${sid}`, () => logged(stage, sid).includes(path))
}

/** The serving server writes a snapshot of its tree as it is, and purges what that makes superfluous. */
export function snapshotAt(stage: Stage, sid: number): void {
  const one = server(stage, sid)
  const { peer } = one
  assert(peer !== null && one.serving, 'a serving server takes snapshots')
  const zxid = peer.tree.lastProcessedZxid
  one.disk.queue.push({ type: 'place', snapshot: { zxid, tree: copyTree(peer.tree) } })
  beginFlush(stage.world, one)
  until(stage, `the snapshot of ${sid} is in place`, () => one.disk.snapshots.at(-1)?.zxid === zxid)
}

export function killAll(stage: Stage): void {
  for (const one of stage.world.servers.values()) kill(stage, one.sid)
}

/** Waits until a line is in the server's journal. */
export function heard(stage: Stage, lines: readonly string[], line: string): void {
  until(stage, `the line ${line}`, () => lines.includes(line))
}

/** How `lagging` makes server 3 lag: the words for how it is brought up to date. */
export type Lag = 'DIFF' | 'TRUNC' | 'SNAP'

/**
 * Servers 1 and 2 have gone on to epoch 2 under 2, with /b … /g, while 3 was down: it knows only /a, and for TRUNC
 * also /stray, which nobody else has. Server 3 is still down.
 */
export function lagging(how: Lag): Stage {
  const stage = createStage(how === 'SNAP' ? { commitLogCount: 2 } : {})
  settle(stage)
  write(stage, 3, '/a')
  level(stage, 1, 2, 3)
  if (how === 'TRUNC') {
    hold(stage, packets(3, null, 'PROPOSAL'))
    proposeAt(stage, 3, '/stray')
  }
  kill(stage, 3)
  lose(stage)
  settle(stage, 1, 2)
  for (const path of ['/b', '/c', '/d', '/e', '/f', '/g']) write(stage, 1, path)
  level(stage, 1, 2)
  return stage
}

/** As `lagging`; then 3 comes back and has read NEWLEADER, but nothing of what that asks for is durable yet. */
export function installing(how: Lag): Stage {
  const stage = lagging(how)
  holdDisk(stage, 3)
  boot(stage, 3)
  until(stage, 'the promise is asked for', () => asked(stage, 3).length > 0)
  flushOps(stage, 3, 1)
  until(stage, 'the epoch is asked for', () => asked(stage, 3).at(-1) === 'current 2')
  return stage
}
