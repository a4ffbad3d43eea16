// For tests only: a server alone, a quorum of one, and what reaches its clients.

import type { TreeOptions } from '../tree/options.ts'
import type { DiskOp } from '../zab/contract.ts'
import { asSid, NO_SESSION, type SessionId } from '../zk/ids.ts'
import type { ClientRequest } from '../zk/request.ts'
import { ZERO_ZXID, type Zxid } from '../zk/zxid.ts'
import type { ConnId, PeerConfig, PeerEffect, PeerInput } from './contract.ts'
import { createPeer, freshRecovered, type Peer, step } from './peer.ts'

/** A server alone, whose disk is as fast as its owner wants. */
export class Alone {
  readonly peer: Peer
  nowMs = 0
  lastOp = 0
  /** Writes wait for `flush` when false. */
  flushAtOnce = true

  constructor(tree?: TreeOptions, more: Partial<PeerConfig> = {}) {
    const sid = asSid(1)
    const spec = { sid, host: 'h', quorumPort: 1, electionPort: 2, role: 'participant', client: null } as const
    this.peer = createPeer(
      {
        sid,
        quorum: { servers: new Map([[sid, spec]]), version: ZERO_ZXID },
        tickTimeMs: 1000,
        initLimit: 10,
        syncLimit: 5,
        commitLogCount: 500,
        minSessionTimeoutMs: 2000,
        maxSessionTimeoutMs: 20_000,
        sessionIdSeedMs: 1,
        ...(tree && { tree }),
        ...more,
      },
      freshRecovered(),
    )
    this.pass(0)
  }

  feed(input: PeerInput): PeerEffect[] {
    const out: PeerEffect[] = []
    step(this.peer, input, out)
    for (const effect of out) if ('op' in effect) this.lastOp = effect.op
    if (this.flushAtOnce && this.lastOp > this.peer.zab.persistedOp) out.push(...this.flush())
    return out
  }

  flush(): PeerEffect[] {
    return this.feed({ type: 'persisted', upTo: this.lastOp as DiskOp })
  }

  pass(ms: number): PeerEffect[] {
    const out: PeerEffect[] = []
    const until = this.nowMs + ms
    do {
      this.nowMs = Math.min(this.nowMs + 100, until)
      out.push(...this.feed({ type: 'tick', nowMs: this.nowMs, wallMs: 1e12 + this.nowMs }))
    } while (this.nowMs < until)
    return out
  }

  connect(
    conn: number,
    sessionId: SessionId = NO_SESSION,
    more: { passwordOk?: boolean; lastZxidSeen?: Zxid; readOnly?: boolean } = {},
  ) {
    return this.feed({
      type: 'connect',
      conn: conn as ConnId,
      sessionId,
      passwordOk: more.passwordOk ?? true,
      timeoutMs: 4000,
      lastZxidSeen: more.lastZxidSeen ?? ZERO_ZXID,
      readOnly: more.readOnly ?? false,
      auth: [{ scheme: 'ip', id: '127.0.0.1' }],
    })
  }

  ask(conn: number, xid: number, request: ClientRequest): PeerEffect[] {
    return this.feed({ type: 'request', conn: conn as ConnId, xid, request })
  }

  sessionOf(conn: number): SessionId {
    return this.peer.conns.get(conn as ConnId)?.sessionId ?? NO_SESSION
  }
}

/** What reaches clients, in order: `1:reply 5 OK`, `2:event nodeCreated /a`. */
export function story(effects: readonly PeerEffect[]): string[] {
  return effects.flatMap((e) => {
    if (e.type === 'reply') return [`${e.conn}:reply ${e.xid} ${e.err}`]
    if (e.type === 'watchEvent') return [`${e.conn}:event ${e.event.type} ${e.event.path}`]
    if (e.type === 'session') return [`${e.conn}:session ${e.timeoutMs}`]
    return e.type === 'closeConn' ? [`${e.conn}:close`] : []
  })
}
