// Both directions of a connection whose owner moves its bytes itself, as a client port does: the owner hands in what it
// has read and what it wants to write, and gets each back when it may go on. Whose connection it is, the owner knows.

import { LinkLane, type LinkRules } from './link-lane.ts'

export interface LinkOwner {
  /** Bytes for the socket. */
  readonly write: (bytes: Uint8Array) => void
  /** Bytes that came from it. */
  readonly take: (bytes: Uint8Array) => void
  /** The other side has closed the connection, or it has broken. */
  readonly closed: () => void
}

type Outgoing = { readonly bytes: Uint8Array; readonly done: readonly (() => void)[] } | { readonly then: () => void }

export class DisturbedLink {
  readonly #out: LinkLane<Outgoing>
  readonly #in: LinkLane<Uint8Array | 'closed'>

  /** `random`: from 0 to below 1. */
  constructor(owner: LinkOwner, random: () => number) {
    this.#out = new LinkLane((item) => {
      if ('then' in item) return item.then()
      owner.write(item.bytes)
      for (const done of item.done) done()
    }, random)
    this.#in = new LinkLane((item) => (item === 'closed' ? owner.closed() : owner.take(item)), random)
  }

  /** Bytes that wait to be written. */
  get outBytes(): number {
    return this.#out.heldBytes
  }

  /** Bytes that have been read and are not taken yet. */
  get inBytes(): number {
    return this.#in.heldBytes
  }

  /** From now on. What a cut has held back goes on when it ends. */
  setRules(rules: LinkRules): void {
    const { out, in: into } = rules
    if (this.#out.rule !== (out?.rule ?? null)) this.#out.setRule(out?.rule ?? null, out?.hits)
    if (this.#in.rule !== (into?.rule ?? null)) this.#in.setRule(into?.rule ?? null, into?.hits)
  }

  /** `done`: called when the bytes have been written. */
  write(bytes: Uint8Array, done: readonly (() => void)[] = []): void {
    this.#out.push({ bytes, done }, bytes.length)
  }

  /** Calls back when everything before has gone: for an end, which must not overtake what was written. */
  after(then: () => void): void {
    this.#out.push({ then }, 0)
  }

  received(bytes: Uint8Array): void {
    this.#in.push(bytes, bytes.length)
  }

  closed(): void {
    this.#in.push('closed', 0)
  }

  /** Forgets everything that is held. */
  drop(): void {
    this.#out.close()
    this.#in.close()
  }
}
