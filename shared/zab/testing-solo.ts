// One core alone, spoken to by hand: the other servers of its ensemble are words that a test makes up.

import { asSid } from '../zk/ids.ts'
import { LEARNER_PROTOCOL_VERSION, type QuorumPacket } from '../zk/packet.ts'
import type { Notification, ServerState } from '../zk/vote.ts'
import { ZERO_ZXID, type Zxid } from '../zk/zxid.ts'
import type { DiskOp, LinkId, ZabConfig, ZabEffect, ZabInput } from './contract.ts'
import type { Following, Leading } from './state.ts'
import { Ensemble } from './testing.ts'
import { configOf, type Node } from './testing-node.ts'

export interface SoloOptions extends Partial<ZabConfig> {
  readonly observers?: readonly number[]
  readonly acceptedEpoch?: number
  readonly currentEpoch?: number
  readonly entries?: Node['disk']['entries']
}

export class Solo {
  readonly node: Node
  readonly #ensemble: Ensemble
  #nowMs = 0

  /** Its disk works only when `flush` is called. */
  constructor(sid: number, voters: readonly number[], options: SoloOptions = {}) {
    const { observers = [], acceptedEpoch = 0, currentEpoch = 0, entries = [], ...more } = options
    this.#ensemble = new Ensemble(configOf(voters, observers), [sid], more)
    this.node = this.#ensemble.node(sid)
    this.node.flushes = false
    this.node.disk = { accepted: acceptedEpoch, current: currentEpoch, entries: [...entries], config: null }
    this.node.restart()
    this.tick(0)
  }

  get zab() {
    return this.node.zab
  }

  /** What it does in answer. */
  feed(input: ZabInput): ZabEffect[] {
    this.node.forget()
    this.#ensemble.feed(this.node, input)
    return this.node.effects
  }

  tick(ms: number): ZabEffect[] {
    this.#nowMs += ms
    return this.feed({ type: 'tick', nowMs: this.#nowMs })
  }

  /** Makes the next `count` disk operations durable, all without a number. */
  flush(count?: number): ZabEffect[] {
    this.node.forget()
    this.#ensemble.flush(this.node, count)
    return this.node.effects
  }

  hear(from: number, vote: Partial<Notification>, state: ServerState = 'LOOKING'): ZabEffect[] {
    const notification = { ...this.zab.vote, electionEpoch: this.zab.round, ...vote, state, version: 2, config: null }
    return this.feed({ type: 'notification', from: asSid(from), notification })
  }

  packet(link: number, packet: QuorumPacket): ZabEffect[] {
    return this.feed({ type: 'packet', link: link as LinkId, packet })
  }

  /** Elects it: every other voter votes as it does. */
  lead(): Leading {
    for (const sid of this.zab.active.servers.keys()) if (sid !== this.node.sid) this.hear(sid, {})
    this.tick(200)
    return this.node.leading()
  }

  /** Server `sid` connects as a learner. */
  join(
    link: number,
    sid: number,
    acceptedEpoch = 0,
    type: 'FOLLOWERINFO' | 'OBSERVERINFO' = 'FOLLOWERINFO',
  ): ZabEffect[] {
    this.feed({ type: 'linkUp', link: link as LinkId })
    const protocolVersion = LEARNER_PROTOCOL_VERSION
    return this.packet(link, { type, acceptedEpoch, sid: asSid(sid), protocolVersion, configVersion: ZERO_ZXID })
  }

  /** Brings its leadership to the synchronization of these learners, each on the link of its number. */
  synchronize(followers: readonly number[], lastLogged: Zxid = ZERO_ZXID): Leading {
    const leading = this.lead()
    for (const sid of followers) this.join(sid, sid)
    this.flush()
    for (const sid of followers) this.packet(sid, { type: 'ACKEPOCH', lastLoggedZxid: lastLogged, currentEpoch: 0 })
    this.flush()
    return leading
  }

  /** It follows server `leader`, over the link that is returned; both have said who they are. */
  follow(leader: number, epoch: number, exactDigests = false): { readonly role: Following; readonly link: number } {
    for (const sid of this.zab.active.servers.keys())
      if (sid !== this.node.sid) this.hear(sid, { leader: asSid(leader), peerEpoch: 99 })
    this.tick(200)
    const { role } = this.zab
    if (role.state === 'LOOKING' || role.state === 'LEADING') throw new Error(`it is ${role.state}`)
    this.feed({ type: 'linkUp', link: role.link })
    this.packet(role.link, {
      type: 'LEADERINFO',
      epoch,
      protocolVersion: LEARNER_PROTOCOL_VERSION,
      ...(exactDigests ? { exactDigests } : {}),
    })
    return { role, link: role.link }
  }
}

/** What was sent, as `link:TYPE` and the zxid or epoch that came with it. */
export function words(effects: readonly ZabEffect[]): string[] {
  return effects.flatMap((e) => {
    if (e.type === 'close') return [`${e.link}:close`]
    if (e.type !== 'send') return []
    const { packet } = e
    if ('entry' in packet) return [`${e.link}:${packet.type} ${packet.entry.zxid}`]
    if (packet.type === 'ACKEPOCH') return [`${e.link}:ACKEPOCH ${packet.lastLoggedZxid} epoch ${packet.currentEpoch}`]
    if ('epoch' in packet) return [`${e.link}:${packet.type} ${packet.epoch}`]
    return [`${e.link}:${packet.type}${'zxid' in packet ? ` ${packet.zxid}` : ''}`]
  })
}

/** Disk operations, as `append 5` and the like. */
export function diskOps(effects: readonly ZabEffect[]): string[] {
  return effects.flatMap((e) => {
    if (e.type === 'append') return [`append ${e.entry.zxid}`]
    if (e.type === 'truncate' || e.type === 'installSnapshot') return [`${e.type} ${e.zxid}`]
    return e.type === 'saveEpoch' ? [`${e.which} ${e.epoch}`] : []
  })
}

export function opsOf(effects: readonly ZabEffect[]): DiskOp[] {
  return effects.flatMap((e) => ('op' in e ? [e.op] : []))
}
