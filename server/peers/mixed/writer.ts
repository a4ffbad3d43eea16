// A client that writes as fast as it is answered, through whatever server takes it, and remembers what it was
// promised. What was under way when a connection broke may or may not have happened; both are right.

import { createPrng, nextInt, pick } from '#shared/base/prng.ts'
import { OPEN_ACL } from '#shared/zk/acl.ts'
import { ERROR_CODES } from '#shared/zk/errors.ts'
import type { ClientRequest, CreateRequest } from '#shared/zk/request.ts'
import { delay } from '../harness/wait-for.ts'
import { ZkSocket } from '../wire/zk-socket.ts'

const CONNECT_AGAIN_MS = 50
const ANSWER_TIMEOUT_MS = 15_000
/** Requests sent together. */
const BATCH = 4
/** A pause between batches, so that a long run stays a tree that can be read whole. */
const PAUSE_MS = 4

/** What became of a node, as far as this client was told. */
export type Fate = 'created' | 'deleted' | 'createUnknown' | 'deleteUnknown'

export class Writer {
  readonly directory: string
  /** Fate of each node, by path. */
  readonly fates = new Map<string, Fate>()
  /** The register's value: at least `acked`, at most `sent`. */
  readonly register = { acked: -1, sent: -1 }
  acknowledged = 0
  #wrong: string | null = null
  #stopping = false
  readonly #ports: readonly number[]
  readonly #prng
  #next = 0
  #done: Promise<void> = Promise.resolve()

  constructor(name: string, ports: readonly number[], seed: number) {
    this.directory = `/${name}`
    this.#ports = ports
    this.#prng = createPrng(seed)
  }

  /** An answer that cannot be right, in words. */
  get wrong(): string | null {
    return this.#wrong
  }

  start(): void {
    this.#done = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.#done
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      const socket = await ZkSocket.connect(pick(this.#prng, this.#ports)).catch(() => null)
      if (socket === null) {
        await delay(CONNECT_AGAIN_MS)
        continue
      }
      // A server that hangs is left, as any client would.
      let answeredAt = performance.now()
      const watch = setInterval(() => {
        if (performance.now() - answeredAt > ANSWER_TIMEOUT_MS) socket.close()
      }, 500)
      try {
        await this.#prepare(socket)
        while (!this.#stopping) {
          await this.#writeBatch(socket)
          answeredAt = performance.now()
          await delay(PAUSE_MS)
        }
      } catch {
        // The connection is gone: whatever was not answered stays unknown.
      }
      clearInterval(watch)
      socket.close()
    }
  }

  /** Its directory and register; either may be there from before. */
  async #prepare(socket: ZkSocket): Promise<void> {
    const create = { type: 'create', data: new Uint8Array(0), acl: OPEN_ACL, flags: 0 } as const
    for (const path of [this.directory, `${this.directory}/register`]) {
      const { err } = await socket.ask({ ...create, path })
      if (err !== ERROR_CODES.OK && err !== ERROR_CODES.NODEEXISTS) this.#wrong ??= `create ${path}: ${err}`
    }
  }

  async #writeBatch(socket: ZkSocket): Promise<void> {
    await Promise.all(Array.from({ length: BATCH }, () => this.#writeOne(socket)))
  }

  #writeOne(socket: ZkSocket): Promise<void> {
    const dice = nextInt(this.#prng, 10)
    if (dice === 0) return this.#setRegister(socket)
    if (dice === 1) return this.#deleteOne(socket)
    return this.#create(socket, dice === 2 ? 3 : 1)
  }

  async #setRegister(socket: ZkSocket): Promise<void> {
    const value = this.register.sent + 1
    this.register.sent = value
    const path = `${this.directory}/register`
    const { err } = await socket.ask({ type: 'setData', path, data: Buffer.from(String(value)), version: -1 })
    if (this.#isAcknowledged(err, 'setData', path)) this.register.acked = value
  }

  async #deleteOne(socket: ZkSocket): Promise<void> {
    for (const [path, fate] of this.fates) {
      if (fate !== 'created') continue
      this.fates.set(path, 'deleteUnknown')
      const { err } = await socket.ask({ type: 'delete', path, version: -1 })
      if (this.#isAcknowledged(err, 'delete', path)) this.fates.set(path, 'deleted')
      return
    }
  }

  /** One create, or several in one multi. */
  async #create(socket: ZkSocket, count: number): Promise<void> {
    const ops: CreateRequest[] = Array.from({ length: count }, () => {
      this.#next += 1
      const path = `${this.directory}/n${this.#next}`
      this.fates.set(path, 'createUnknown')
      return { type: 'create', path, data: Buffer.from(path), acl: OPEN_ACL, flags: 0 }
    })
    const [first] = ops
    if (first === undefined) return
    const request: ClientRequest = count === 1 ? first : { type: 'multi', ops }
    const { err, body } = await socket.ask(request)
    if (!this.#isAcknowledged(err, request.type, first.path)) return
    if (body.type === 'multi' && body.results.some(({ type }) => type === 'error')) {
      this.#wrong ??= `a multi of creates from ${first.path} on failed`
      return
    }
    for (const { path } of ops) this.fates.set(path, 'created')
  }

  #isAcknowledged(err: number, what: string, path: string): boolean {
    if (err === ERROR_CODES.OK) {
      this.acknowledged += 1
      return true
    }
    // A server may say so while it goes down; anything else is no answer to what was asked.
    if (err !== ERROR_CODES.SESSIONEXPIRED && err !== ERROR_CODES.CONNECTIONLOSS)
      this.#wrong ??= `${what} ${path} was answered with ${err}`
    return false
  }
}
