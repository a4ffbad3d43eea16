// A small ensemble of cores for unit tests: links that keep order, disks that are flushed at once or by hand,
// servers that stop, crash and come back. No delays and no chance: `settle` carries everything until nothing
// moves. The simulator in shared/sim is the place for faults at random.

import { assert } from '../base/assert.ts'
import { asSid, NO_SESSION, type Sid } from '../zk/ids.ts'
import type { QuorumPacket } from '../zk/packet.ts'
import type { QuorumConfig } from '../zk/quorum-config.ts'
import type { Entry, Txn } from '../zk/txn.ts'
import type { Notification } from '../zk/vote.ts'
import type { Zxid } from '../zk/zxid.ts'
import type { LinkId, ZabConfig, ZabEffect, ZabInput } from './contract.ts'
import { nextZxid, propose } from './leader-broadcast.ts'
import { onSyncRequest } from './leader-confirm.ts'
import type { Learner, Zab } from './state.ts'
import { step } from './step.ts'
import { entryAt, Node, TICK_TIME_MS, write } from './testing-node.ts'

const STEPS_MAX = 100_000

type Cargo = QuorumPacket | { readonly type: 'stream'; readonly entries: readonly Entry[] }

interface Wire {
  readonly learner: Node
  readonly leader: Node
  readonly learnerLink: LinkId
  readonly leaderLink: LinkId
  readonly up: Cargo[]
  readonly down: Cargo[]
}

interface Word {
  readonly from: Node
  readonly to: Node
  readonly notification: Notification
}

export class Ensemble {
  readonly nodes = new Map<Sid, Node>()
  nowMs = 0
  #wires: Wire[] = []
  #notifications: Word[] = []
  #dials: {
    readonly node: Node
    readonly zab: Zab
    readonly to: Sid
    readonly link: LinkId
    at: number
    tries: number
  }[] = []
  /** What answers an effect comes in as the next input, never inside the step that caused it. */
  readonly #inputs: { readonly node: Node; readonly zab: Zab; readonly input: ZabInput }[] = []
  /** Pairs of servers that cannot reach each other, as `1-2`. */
  readonly #cut = new Set<string>()

  constructor(
    quorum: QuorumConfig,
    sids: readonly number[] = [...quorum.servers.keys()],
    more: Partial<ZabConfig> = {},
  ) {
    for (const sid of sids) this.add(sid, quorum, more)
  }

  add(sid: number, quorum: QuorumConfig, more: Partial<ZabConfig> = {}): Node {
    const limits = { tickTimeMs: TICK_TIME_MS, initLimit: 10, syncLimit: 5, commitLogCount: 500 }
    const node = new Node({ sid: asSid(sid), quorum, ...limits, ...more })
    this.nodes.set(node.sid, node)
    return node
  }

  node(sid: number): Node {
    const node = this.nodes.get(asSid(sid))
    assert(node !== undefined, `there is a server ${sid}`)
    return node
  }

  leader(): Node {
    const leaders = [...this.nodes.values()].filter(
      ({ up, zab }) => up && zab.role.state === 'LEADING' && zab.role.stage === 'BROADCAST',
    )
    assert(leaders.length === 1, 'one server leads')
    return leaders[0] ?? this.node(0)
  }

  /** What the leader knows of a server that follows it. */
  learner(sid: number): Learner {
    const found = [...this.leader().leading().learners.values()].find((learner) => learner.sid === sid)
    assert(found !== undefined, `server ${sid} is a learner`)
    return found
  }

  feed(node: Node, input: ZabInput): void {
    if (!node.up) return
    const out: ZabEffect[] = []
    step(node.zab, input, out)
    this.perform(node, out)
  }

  /** Feeds time in steps of 50 ms, and carries everything after each. */
  run(ms: number): void {
    for (const until = this.nowMs + ms; this.nowMs < until; ) {
      this.tick(50)
      this.settle()
    }
  }

  tick(ms: number): void {
    this.nowMs += ms
    for (const node of this.nodes.values()) if (!node.paused) this.feed(node, { type: 'tick', nowMs: this.nowMs })
  }

  settle(): void {
    for (let steps = 0; this.#answerOne() || this.#flushOne() || this.#dial() || this.#carryOne(); steps += 1)
      assert(steps < STEPS_MAX, 'an ensemble comes to rest')
  }

  /** Carries `steps` things, each chosen by `pick` (a number below its argument), and a part of what waits for a disk. */
  carrySome(steps: number, pick: (count: number) => number): void {
    for (let i = 0; i < steps; i += 1) {
      const todo: (() => void)[] = []
      if (this.#inputs.length > 0) todo.push(() => this.#answerOne())
      if (this.#isDialDue()) todo.push(() => this.#dial())
      for (const n of this.#notifications) if (!n.to.paused && !n.from.paused) todo.push(() => this.#notify(n))
      for (const wire of this.#wires) {
        if (this.#isCut(wire.learner, wire.leader)) continue
        if (wire.up.length > 0 && !wire.leader.paused) todo.push(() => this.#carry(wire, true))
        if (wire.down.length > 0 && !wire.learner.paused) todo.push(() => this.#carry(wire, false))
      }
      for (const node of this.nodes.values())
        if (node.up && !node.paused && node.flushes && node.unflushed.length > 0)
          todo.push(() => this.flush(node, 1 + pick(node.unflushed.length)))
      if (todo.length === 0) return
      todo[pick(todo.length)]?.()
    }
  }

  /** Proposes at a serving leader without carrying anything yet. */
  propose(node: Node, txnAt?: (zxid: Zxid) => Txn): Entry {
    const zxid = nextZxid(node.zab)
    assert(zxid !== null, 'the leader may propose')
    const entry = entryAt(zxid, txnAt?.(zxid))
    const out: ZabEffect[] = []
    propose(node.zab, entry, out)
    this.perform(node, out)
    return entry
  }

  /** A sync of the leader's own client. */
  syncAtLeader(node: Node): void {
    const out: ZabEffect[] = []
    onSyncRequest(node.zab, node.leading(), null, out)
    this.perform(node, out)
  }

  /** A sync of a follower's client. */
  syncAtFollower(node: Node): void {
    const { role } = node.zab
    assert(role.state === 'FOLLOWING' || role.state === 'OBSERVING', 'the server follows')
    const request = { type: 'sync', path: '/' } as const
    this.perform(node, [
      {
        type: 'send',
        link: role.link,
        packet: { type: 'REQUEST', sessionId: NO_SESSION, cxid: 1, request, authInfo: [] },
      },
    ])
  }

  /** Nothing passes between the two any more; their connections end when `notice` is true. */
  cut(a: number, b: number, notice = true): void {
    this.#cut.add(`${a}-${b}`).add(`${b}-${a}`)
    if (!notice) return
    for (const wire of this.#wires.filter((w) => this.#isCut(w.learner, w.leader))) this.#end(wire, 'cut')
  }

  heal(): void {
    this.#cut.clear()
  }

  crash(sid: number): void {
    const node = this.node(sid)
    node.up = false
    for (const wire of this.#wires.filter((w) => w.learner === node || w.leader === node)) this.#end(wire, 'crashed')
    this.#notifications = this.#notifications.filter((n) => n.from !== node && n.to !== node)
  }

  flush(node: Node, count = node.unflushed.length): void {
    const done = node.unflushed.splice(0, count)
    for (const effect of done) write(node, effect)
    const last = done.at(-1)
    if (last) this.feed(node, { type: 'persisted', upTo: last.op })
  }

  perform(node: Node, effects: readonly ZabEffect[]): void {
    node.effects.push(...effects)
    for (const effect of effects) this.#perform(node, effect)
  }

  #perform(node: Node, effect: ZabEffect): void {
    switch (effect.type) {
      case 'installSnapshot':
        node.snapshots.set(effect.op, [...node.tree])
        node.unflushed.push(effect)
        return
      case 'append':
      case 'truncate':
      case 'saveEpoch':
      case 'saveConfig':
        node.unflushed.push(effect)
        return
      case 'notify': {
        const to = this.nodes.get(effect.to)
        if (!to?.up || this.#isCut(node, to)) return
        this.#notifications = this.#notifications.filter((n) => n.from !== node || n.to !== to)
        this.#notifications.push({ from: node, to, notification: effect.notification })
        return
      }
      case 'listen':
        node.listening = effect.on
        return
      case 'connect':
        this.#dials.push({ node, zab: node.zab, to: effect.to, link: effect.link, at: this.nowMs, tries: 5 })
        return
      case 'close':
      case 'send':
      case 'sendSnapshot':
        return this.#onWire(node, effect)
      case 'deliver':
        node.tree.push(effect.entry)
        return
      case 'adoptSnapshot':
        node.tree = [...node.received]
        return
      case 'reload':
        for (const op of node.unflushed) if (op.type === 'truncate') write(node, op)
        node.tree = [...node.disk.entries]
        this.#inputs.push({ node, zab: node.zab, input: { type: 'reloaded', recovered: node.recovered() } })
        return
      case 'wantTouches': {
        const { role } = node.zab
        if (role.state !== 'FOLLOWING' && role.state !== 'OBSERVING') return
        const packet = { type: 'PING', zxid: effect.zxid, touches: [] } as const
        return this.perform(node, [{ type: 'send', link: role.link, packet }])
      }
      default:
        return
    }
  }

  #isDialDue(): boolean {
    return this.#dials.some(({ at, node }) => at <= this.nowMs && !node.paused)
  }

  /** Five tries, 100 ms apart. */
  #dial(): boolean {
    const dial = this.#dials.find(({ at, node }) => at <= this.nowMs && !node.paused)
    if (!dial) return false
    const { node, to, link } = dial
    const leader = this.nodes.get(to)
    const answers = leader?.up === true && leader.listening && !this.#isCut(node, leader)
    dial.at += 100
    dial.tries -= 1
    const stale = !node.up || node.zab !== dial.zab
    if (!stale && !answers && dial.tries > 0) return true
    this.#dials = this.#dials.filter((d) => d !== dial)
    if (stale) return true
    if (leader && answers) this.#connect(node, leader, link)
    else this.feed(node, { type: 'linkDown', link, reason: 'nobody listens' })
    return true
  }

  #answerOne(): boolean {
    const next = this.#inputs.shift()
    if (next && next.node.zab === next.zab) this.feed(next.node, next.input)
    return next !== undefined
  }

  #connect(node: Node, leader: Node, link: LinkId): void {
    const leaderLink = leader.nextLink as LinkId
    leader.nextLink += 1
    this.#wires.push({ learner: node, leader, learnerLink: link, leaderLink, up: [], down: [] })
    this.feed(leader, { type: 'linkUp', link: leaderLink })
    this.feed(node, { type: 'linkUp', link })
  }

  #onWire(node: Node, effect: Extract<ZabEffect, { type: 'close' | 'send' | 'sendSnapshot' }>): void {
    const up = this.#wires.find((w) => w.learner === node && w.learnerLink === effect.link)
    const wire = up ?? this.#wires.find((w) => w.leader === node && w.leaderLink === effect.link)
    if (!wire) return
    const queue = up ? wire.up : wire.down
    if (effect.type === 'send') queue.push(effect.packet)
    else if (effect.type === 'sendSnapshot') queue.push({ type: 'stream', entries: [...node.tree] })
    else this.#end(wire, effect.reason, node)
  }

  /** What is on its way still arrives at the other end, then the end of the link. */
  #end(wire: Wire, reason: string, by?: Node): void {
    this.#wires = this.#wires.filter((w) => w !== wire)
    if (by === wire.leader) for (const cargo of wire.down) this.#arrive(wire, cargo, false)
    if (by !== wire.learner && wire.learner.up)
      this.feed(wire.learner, { type: 'linkDown', link: wire.learnerLink, reason })
    if (by !== wire.leader && wire.leader.up)
      this.feed(wire.leader, { type: 'linkDown', link: wire.leaderLink, reason })
  }

  #isCut(a: Node, b: Node): boolean {
    return this.#cut.has(`${a.sid}-${b.sid}`)
  }

  #flushOne(): boolean {
    for (const node of this.nodes.values())
      if (node.up && node.flushes && !node.paused && node.unflushed.length > 0) {
        this.flush(node)
        return true
      }
    return false
  }

  #carryOne(): boolean {
    const word = this.#notifications.find((n) => !n.to.paused && !n.from.paused)
    if (word) {
      this.#notify(word)
      return true
    }
    for (const wire of this.#wires) {
      if (this.#isCut(wire.learner, wire.leader)) continue
      for (const up of [true, false]) {
        if ((up ? wire.leader : wire.learner).paused) continue
        if (this.#carry(wire, up)) return true
      }
    }
    return false
  }

  #notify(word: Word): void {
    this.#notifications = this.#notifications.filter((n) => n !== word)
    if (this.#isCut(word.from, word.to)) return
    this.feed(word.to, { type: 'notification', from: word.from.sid, notification: word.notification })
  }

  #carry(wire: Wire, up: boolean): boolean {
    const cargo = (up ? wire.up : wire.down).shift()
    if (cargo) this.#arrive(wire, cargo, up)
    return cargo !== undefined
  }

  #arrive(wire: Wire, cargo: Cargo, up: boolean): void {
    const node = up ? wire.leader : wire.learner
    const link = up ? wire.leaderLink : wire.learnerLink
    if (cargo.type !== 'stream') return this.feed(node, { type: 'packet', link, packet: cargo })
    node.received = cargo.entries
    this.feed(node, { type: 'snapshotReceived', link })
  }
}
