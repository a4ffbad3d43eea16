// The calls of one session: those that wait for a connection, and those that were sent and wait for their
// answers, which come in the order of sending. Gives out xids. What an answer means is for session.ts.

import { Fifo, type PendingCall } from './pending-calls.ts'

const XID_MAX = 2 ** 31 - 1

type MakeError = (path: string | null) => Error

export class CallQueue {
  readonly #unsent = new Fifo<PendingCall>()
  readonly #sent = new Fifo<PendingCall>()
  #xid = 0

  /** Calls without an answer. */
  get length(): number {
    return this.#unsent.length + this.#sent.length
  }

  /** Keeps a call for the next connection. */
  hold(call: PendingCall): void {
    this.#unsent.push(call)
  }

  /** Takes what was held and is still wanted. */
  takeHeld(): PendingCall[] {
    return this.#unsent.drain().filter((call) => !call.settled)
  }

  /** Notes that a call goes out now, and with which xid; a special one may be given. */
  markSent(call: PendingCall, special: number | null): number {
    call.xid = special ?? this.#nextXid()
    call.sentAt = performance.now()
    this.#sent.push(call)
    return call.xid
  }

  /**
   * The call that an answer belongs to. Throws when it is not the next one: then that one is rejected, and
   * the connection is of no more use.
   */
  take(xid: number, makeError: MakeError): PendingCall {
    const sent = this.#sent.shift()
    if (sent?.xid === xid) return sent
    sent?.fail(makeError)
    throw new Error(`an answer to xid ${xid}, where ${sent?.xid ?? 'none'} was next`)
  }

  /** Rejects held calls that are older than this. */
  dropOlderThan(ms: number, makeError: MakeError): void {
    const now = performance.now()
    for (const call of this.takeHeld()) {
      if (now - call.createdAt >= ms) call.fail(makeError)
      else this.#unsent.push(call)
    }
  }

  /** Rejects all, sent or not. */
  failAll(makeError: MakeError): void {
    for (const call of this.#sent.drain()) call.fail(makeError)
    for (const call of this.#unsent.drain()) call.fail(makeError)
  }

  #nextXid(): number {
    this.#xid = this.#xid === XID_MAX ? 1 : this.#xid + 1
    return this.#xid
  }
}
