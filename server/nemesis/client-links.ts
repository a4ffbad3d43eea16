// How clients reach members: over sockets that can be disturbed, by member and direction, and whose bytes are recorded.

import { connect, type Socket } from 'node:net'
import type { Sid } from '#shared/zk/ids.ts'
import { asSid } from '#shared/zk/ids.ts'
import type { Dial } from '../client/connection.ts'
import { FaultySocket } from '../faults/faulty-socket.ts'
import type { CountedRule } from '../faults/link-lane.ts'
import type { LinkRule } from '../faults/link-rule.ts'
import { type Recorder, type Tap, tapConnection } from './recorder.ts'

/** As clients see it: `out` is from a client to the member. */
export interface ClientLinkFault {
  readonly server: number
  readonly direction: 'in' | 'out' | 'both'
  /** Null: as it should be. */
  readonly rule: LinkRule | null
}

export class ClientLinks {
  readonly #recorder: Recorder
  readonly #sids: ReadonlyMap<number, Sid>
  readonly #rules = new Map<Sid, { out: CountedRule | null; in: CountedRule | null }>()
  readonly #open = new Map<RecordedSocket, Sid>()

  /** `servers`: client port → sid. */
  constructor(recorder: Recorder, servers: ReadonlyMap<number, Sid>) {
    this.#recorder = recorder
    this.#sids = servers
  }

  /** How client number `client` reaches its servers. */
  dialOf(client: number): Dial {
    return ({ host, port }) => {
      const sid = this.#sids.get(port)
      if (sid === undefined) throw new Error(`no member has client port ${port}`)
      const raw = connect({ host, port, noDelay: true })
      const socket = new RecordedSocket(raw, tapConnection(this.#recorder, client, sid))
      const rules = this.#rules.get(sid)
      if (rules) socket.setRules(rules)
      this.#open.set(socket, sid)
      socket.on('close', () => this.#open.delete(socket))
      return socket
    }
  }

  set({ server, direction, rule }: ClientLinkFault): void {
    const sid = asSid(server)
    const rules = this.#rules.get(sid) ?? { out: null, in: null }
    const counted = rule && { rule, hits: { count: 0 } }
    if (direction !== 'in') rules.out = counted
    if (direction !== 'out') rules.in = counted
    this.#rules.set(sid, rules)
    for (const [socket, to] of this.#open) if (to === sid) socket.setRules(rules)
  }

  /** Breaks every connection with a member. */
  reset(server: number): void {
    for (const [socket, sid] of [...this.#open]) if (sid === server) socket.reset()
  }

  heal(): void {
    for (const sid of this.#rules.keys()) this.set({ server: sid, direction: 'both', rule: null })
  }
}

/** The tap is at the client's end: what a disturbed link holds back has been sent, and has not been received. */
class RecordedSocket extends FaultySocket {
  readonly #tap: Tap

  constructor(raw: Socket, tap: Tap) {
    super(raw, Math.random)
    this.#tap = tap
  }

  override _write(chunk: Uint8Array, encoding: string, done: () => void): void {
    this.#tap.sent(chunk)
    super._write(chunk, encoding, done)
  }

  override push(chunk: Uint8Array | null): boolean {
    if (chunk !== null) this.#tap.received(chunk)
    return super.push(chunk)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#tap.closed()
    super._destroy(error, done)
  }
}
