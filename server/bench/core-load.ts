// A whole ensemble in one thread, its links and disks plain queues: nothing but the pure peers costs time here.

import type { ConnId, PeerEffect, PeerInput } from '#shared/peer/contract.ts'
import { createPeer, freshRecovered, type Peer, step } from '#shared/peer/peer.ts'
import type { DiskOp, LinkId } from '#shared/zab/contract.ts'
import { OPEN_ACL } from '#shared/zk/acl.ts'
import { asSid, NO_SESSION, type Sid } from '#shared/zk/ids.ts'
import type { ServerSpec } from '#shared/zk/quorum-config.ts'
import type { ClientRequest } from '#shared/zk/request.ts'
import { ZERO_ZXID } from '#shared/zk/zxid.ts'

interface Member {
  readonly sid: Sid
  readonly peer: Peer
  /** The other end of each link. */
  readonly ends: Map<LinkId, { readonly member: Member; readonly link: LinkId }>
  nextLink: number
  /** The last disk operation asked for; durable once everything else has been done. */
  written: DiskOp | null
}

export const WRITER = 1 as ConnId

export class CoreLoad {
  readonly leader: Member
  readonly #members: Member[] = []
  readonly #waiting: { readonly member: Member; readonly input: PeerInput }[] = []
  #nowMs = 0
  replies = 0

  constructor(members: number) {
    const servers = new Map<Sid, ServerSpec>()
    for (let n = 1; n <= members; n += 1)
      servers.set(asSid(n), {
        sid: asSid(n),
        host: 'h',
        quorumPort: n,
        electionPort: n,
        role: 'participant',
        client: null,
      })
    const limits = { tickTimeMs: 2000, initLimit: 10, syncLimit: 5, commitLogCount: 500 }
    const sessions = { minSessionTimeoutMs: 4000, maxSessionTimeoutMs: 40_000, sessionIdSeedMs: 1 }
    for (const sid of servers.keys()) {
      const config = { sid, quorum: { servers, version: ZERO_ZXID }, ...limits, ...sessions }
      const peer = createPeer(config, freshRecovered())
      this.#members.push({ sid, peer, ends: new Map(), nextLink: 1, written: null })
    }
    for (let i = 0; i < 100 && !this.#members.some(({ peer }) => peer.leadership); i += 1) this.tick()
    const leader = this.#members.find(({ peer }) => peer.leadership)
    if (!leader) throw new Error('no leader was elected')
    this.leader = leader
    this.connect(WRITER)
    this.ask(WRITER, 1, { type: 'create', path: '/x', data: new Uint8Array(100), acl: OPEN_ACL, flags: 0 })
    this.settle()
  }

  connect(conn: ConnId): void {
    const hello = { sessionId: NO_SESSION, passwordOk: true, timeoutMs: 30_000, lastZxidSeen: ZERO_ZXID, auth: [] }
    this.#feed(this.leader, { type: 'connect', conn, ...hello })
    this.settle()
  }

  ask(conn: ConnId, xid: number, request: ClientRequest): void {
    this.#feed(this.leader, { type: 'request', conn, xid, request })
  }

  tick(): void {
    this.#nowMs += 50
    for (const member of this.#members) this.#feed(member, { type: 'tick', nowMs: this.#nowMs, wallMs: this.#nowMs })
    this.settle()
  }

  /** Delivers everything, then makes what was written durable, until nothing is left to do. */
  settle(): void {
    for (;;) {
      for (let i = 0; i < this.#waiting.length; i += 1) {
        const next = this.#waiting[i]
        if (next) this.#feed(next.member, next.input)
      }
      this.#waiting.length = 0
      for (const member of this.#members) {
        const upTo = member.written
        member.written = null
        if (upTo !== null) this.#feed(member, { type: 'persisted', upTo })
      }
      if (this.#waiting.length === 0 && this.#members.every(({ written }) => written === null)) return
    }
  }

  #feed(member: Member, input: PeerInput): void {
    const effects: PeerEffect[] = []
    step(member.peer, input, effects)
    for (const effect of effects) this.#perform(member, effect)
  }

  #perform(member: Member, effect: PeerEffect): void {
    switch (effect.type) {
      case 'append':
      case 'saveEpoch':
        member.written = effect.op
        return
      case 'send': {
        const end = member.ends.get(effect.link)
        if (end)
          this.#waiting.push({ member: end.member, input: { type: 'packet', link: end.link, packet: effect.packet } })
        return
      }
      case 'notify': {
        const to = this.#members.find(({ sid }) => sid === effect.to)
        const { notification } = effect
        if (to) this.#waiting.push({ member: to, input: { type: 'notification', from: member.sid, notification } })
        return
      }
      case 'connect':
        return this.#connectTo(member, effect.to, effect.link)
      case 'reply':
        this.replies += 1
    }
  }

  #connectTo(learner: Member, to: Sid, link: LinkId): void {
    const leader = this.#members.find(({ sid }) => sid === to)
    if (!leader) return
    const leaderLink = leader.nextLink as LinkId
    leader.nextLink += 1
    learner.ends.set(link, { member: leader, link: leaderLink })
    leader.ends.set(leaderLink, { member: learner, link })
    this.#waiting.push({ member: leader, input: { type: 'linkUp', link: leaderLink } })
    this.#waiting.push({ member: learner, input: { type: 'linkUp', link } })
  }
}
