// The txns of the stream once they are committed, in the order of their zxids. A leader tells what it proposes; what
// is not committed when it loses its place may never be, so what came before is then waited for no longer.

import type { TxnSummary } from '#shared/events/cluster-event.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import type { GapReason } from '#shared/recipes/history/gaps.ts'
import { epochOf, parseZxid, type Zxid } from '#shared/zk/zxid.ts'

/** Proposals that wait for their commit; more mean that marks are missed, and count as a gap. */
const PENDING_MAX = 20_000

export interface CommittedTxn {
  readonly t: number
  readonly zxid: Zxid
  readonly txn: TxnSummary
  /** Of a multi: its parts, empty when it has more than are told. */
  readonly parts: readonly { readonly op: string; readonly path: string | null }[]
}

export interface CommittedTxnsHandlers {
  readonly txn: (txn: CommittedTxn) => void
  /** Txns may have been missed. */
  readonly gap: (t: number, reason: GapReason) => void
  /** The stream tells only some txns from now on, or all of them again. */
  readonly sampling: (t: number, on: boolean) => void
}

export class CommittedTxns {
  readonly #on: CommittedTxnsHandlers
  #pending: CommittedTxn[] = []
  #sampled = new Set<number>()

  constructor(on: CommittedTxnsHandlers) {
    this.#on = on
  }

  /** Not every txn is told: listings have to say what the stream does not. */
  get isSampled(): boolean {
    return this.#sampled.size > 0
  }

  onEvent(event: GatewayEvent): void {
    switch (event.type) {
      case 'proposed':
        return this.#propose(event.t, event.txn)
      case 'multi': {
        const zxid = parseZxid(event.zxid)
        const at = this.#pending.findLastIndex((each) => each.zxid === zxid)
        const found = this.#pending[at]
        if (found && event.parts.length === event.total) this.#pending[at] = { ...found, parts: event.parts }
        return
      }
      case 'quorum':
        return this.#commit(event.zxid)
      case 'mark':
        if (event.stage === 'committed' || event.stage === 'applied') this.#commit(event.zxid)
        return
      case 'sampling':
        return this.#sample(event.t, event.sid, event.every > 1)
      case 'dropped':
        return this.#on.gap(event.t, 'dropped')
      case 'phase':
        // Whoever leads next may have committed what we wait for, or thrown it away.
        if (event.phase !== 'DISCOVERY') return
        this.#pending = []
        return this.#on.gap(event.t, 'leader')
      case 'process':
        if (event.pid === null) this.#sample(event.t, event.sid, false)
        return
    }
  }

  #sample(t: number, sid: number, on: boolean): void {
    const before = this.isSampled
    if (on) this.#sampled.add(sid)
    else this.#sampled.delete(sid)
    if (this.isSampled !== before) this.#on.sampling(t, this.isSampled)
  }

  #propose(t: number, txn: TxnSummary): void {
    const zxid = parseZxid(txn.zxid)
    if (zxid === null || txn.error !== null) return
    const last = this.#pending.at(-1)
    if (last && epochOf(last.zxid) !== epochOf(zxid)) this.#pending = []
    this.#pending.push({ t, zxid, txn, parts: [] })
    if (this.#pending.length <= PENDING_MAX) return
    this.#pending = []
    this.#on.gap(t, 'dropped')
  }

  #commit(text: string): void {
    const zxid = parseZxid(text)
    if (zxid === null) return
    let done = 0
    while (done < this.#pending.length && (this.#pending[done]?.zxid ?? zxid) <= zxid) done += 1
    if (done === 0) return
    for (const txn of this.#pending.splice(0, done)) this.#on.txn(txn)
  }
}
