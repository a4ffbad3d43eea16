// A reconfiguration as clients see it, told through a server alone that may have others added.

import { describe, expect, test } from 'vitest'
import { utf8Decode } from '../base/text.ts'
import { CONFIG_PATH } from '../tree/create-tree.ts'
import type { DiskOp } from '../zab/contract.ts'
import { configOf } from '../zab/testing-node.ts'
import { ERROR_CODES } from '../zk/errors.ts'
import { asSid, NO_SESSION } from '../zk/ids.ts'
import { formatQuorumConfig, type QuorumConfig } from '../zk/quorum-config.ts'
import type { ClientRequest, ReconfigRequest } from '../zk/request.ts'
import { makeZxid, NO_ZXID, ZERO_ZXID } from '../zk/zxid.ts'
import type { ConnId, PeerConfig, PeerEffect, PeerInput } from './contract.ts'
import { createPeer, freshRecovered, type Peer, step } from './peer.ts'

const CONN = 1 as ConnId

class Alone {
  readonly peer: Peer
  nowMs = 0
  saved: QuorumConfig | null = null

  constructor(more: Partial<PeerConfig>) {
    const config = {
      sid: asSid(1),
      quorum: configOf([1]),
      tickTimeMs: 1000,
      initLimit: 10,
      syncLimit: 5,
      commitLogCount: 500,
      minSessionTimeoutMs: 2000,
      maxSessionTimeoutMs: 20_000,
      sessionIdSeedMs: 1,
    }
    this.peer = createPeer({ ...config, ...more }, freshRecovered())
    for (let i = 0; i < 5; i += 1) this.tick()
    this.feed({
      type: 'connect',
      conn: CONN,
      sessionId: NO_SESSION,
      passwordOk: true,
      timeoutMs: 4000,
      lastZxidSeen: ZERO_ZXID,
      auth: [{ scheme: 'super', id: '' }],
    })
  }

  tick(): void {
    this.nowMs += 100
    this.feed({ type: 'tick', nowMs: this.nowMs, wallMs: 1e12 + this.nowMs })
  }

  feed(input: PeerInput): PeerEffect[] {
    const out: PeerEffect[] = []
    step(this.peer, input, out)
    let last = 0
    for (const effect of out) {
      if ('op' in effect) last = effect.op
      if (effect.type === 'saveConfig') this.saved = effect.config
    }
    if (last > this.peer.zab.persistedOp) out.push(...this.feed({ type: 'persisted', upTo: last as DiskOp }))
    return out
  }

  ask(xid: number, request: ClientRequest): PeerEffect[] {
    return this.feed({ type: 'request', conn: CONN, xid, request })
  }
}

const NONE: ReconfigRequest = {
  type: 'reconfig',
  joiningServers: null,
  leavingServers: null,
  newMembers: null,
  curConfigId: NO_ZXID,
}
const JOIN = { ...NONE, joiningServers: 'server.2=h2:2888:3888:observer;2181' }
const GET = { type: 'getData', path: CONFIG_PATH, watch: true } as const

function replies(effects: readonly PeerEffect[]): unknown[] {
  return effects.flatMap((e): unknown[] => {
    if (e.type === 'watchEvent') return [`event ${e.event.type} ${e.event.path}`]
    if (e.type !== 'reply') return []
    const { body, err } = e
    return [body.type === 'data' && body.data ? { text: utf8Decode(body.data), mzxid: body.stat.mzxid } : err]
  })
}

describe('a reconfig', () => {
  test('[RECONF-5] [RECONF-10] answers with the new text, fires the watch first, and is kept', () => {
    const alone = new Alone({ reconfigEnabled: true, standaloneEnabled: false })
    const before = formatQuorumConfig(configOf([1], [], makeZxid(1, 0)))
    expect(replies(alone.ask(1, GET))).toEqual([{ text: before, mzxid: makeZxid(1, 0) }])
    const zxid = makeZxid(1, 2)
    const text = [
      'server.1=h1:2888:3888:participant',
      'server.2=h2:2888:3888:observer;0.0.0.0:2181',
      'version=100000002',
    ].join('\n')
    expect(replies(alone.ask(2, JOIN))).toEqual([`event nodeDataChanged ${CONFIG_PATH}`, { text, mzxid: zxid }])
    expect(replies(alone.ask(3, GET))).toEqual([{ text, mzxid: zxid }])
    expect(alone.saved?.version).toBe(zxid)
    expect(replies(alone.ask(4, { ...JOIN, curConfigId: makeZxid(1, 0) }))).toEqual([ERROR_CODES.BADVERSION])
  })

  test('[RECONF-1] of a participant that is not there is refused', () => {
    const alone = new Alone({ reconfigEnabled: true, standaloneEnabled: false })
    const joiningServers = 'server.2=h2:2888:3888;2181'
    expect(replies(alone.ask(1, { ...NONE, joiningServers }))).toEqual([ERROR_CODES.NEWCONFIGNOQUORUM])
  })

  test('[RECONF-1] is none of a server alone, and none at all while it is switched off', () => {
    expect(replies(new Alone({ reconfigEnabled: true }).ask(1, JOIN))).toEqual([ERROR_CODES.UNIMPLEMENTED])
    const off = new Alone({})
    expect(replies(off.ask(1, JOIN))).toEqual([ERROR_CODES.RECONFIGDISABLED])
    expect(replies(off.ask(2, GET))).toEqual([{ text: formatQuorumConfig(configOf([1])), mzxid: ZERO_ZXID }])
  })

  test('[RECONF-3] at the next start the tree says what was seen, the file what is in force', () => {
    const alone = new Alone({ reconfigEnabled: true, standaloneEnabled: false })
    alone.ask(1, JOIN)
    const { tree, config } = alone.peer
    const recovered = {
      ...freshRecovered(),
      lastZxid: tree.lastProcessedZxid,
      recentAfter: tree.lastProcessedZxid,
      tree,
    }
    const again = createPeer(config, recovered)
    expect([again.zab.active.version, again.zab.lastSeen.version]).toEqual([ZERO_ZXID, makeZxid(1, 2)])
    const kept = createPeer({ ...config, quorum: alone.saved ?? config.quorum }, recovered)
    expect([kept.zab.active.version, kept.zab.lastSeen.version]).toEqual([makeZxid(1, 2), makeZxid(1, 2)])
  })
})
