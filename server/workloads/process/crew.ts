// As many clients as wanted, each with a session of its own and a life of turns: what breaks is written down, and
// the client starts anew. What a life is, is for the kinds.

import { orAborted } from '../../client/recipes/reconnect.ts'
import { ZooKeeper } from '../../client/zookeeper.ts'
import { Actor, type Board } from './board.ts'
import { pause } from './pause.ts'

/** Before a client whose life has failed starts anew. */
const AGAIN_MS = 500
/** Short, so that the reports soon say why there is no connection. It is tried again. */
export const CONNECT_TIMEOUT_MS = 3000

export interface Member {
  readonly zk: ZooKeeper
  readonly actor: Actor
  /** Aborts when this member is to go. */
  readonly signal: AbortSignal
}

export interface CrewOptions {
  readonly board: Board
  readonly connectString: string
  readonly sessionTimeoutMs: number
  /** Members are called `contender-1`, `contender-2` … */
  readonly name: string
  /** Turns until the signal aborts (and then may throw its reason) or something fails. */
  readonly live: (member: Member) => Promise<void>
}

interface Hired {
  readonly controller: AbortController
  readonly over: Promise<void>
}

export class Crew {
  readonly #options: CrewOptions
  readonly #members: Hired[] = []
  readonly #leaving = new Set<Promise<void>>()
  #hired = 0

  constructor(options: CrewOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#members.length
  }

  /** Hires or lets go, the latest first. */
  resize(size: number): void {
    while (this.#members.length < size) this.#hire()
    while (this.#members.length > size) this.#letGo(this.#members.pop())
  }

  /** Resolves when all have closed their sessions. */
  async stop(): Promise<void> {
    this.resize(0)
    await Promise.all(this.#leaving)
  }

  #hire(): void {
    this.#hired += 1
    const controller = new AbortController()
    const actor = this.#options.board.add(new Actor(`${this.#options.name}-${this.#hired}`))
    const over = this.#liveOn(actor, controller.signal).finally(() => this.#options.board.remove(actor))
    this.#members.push({ controller, over })
  }

  #letGo(member: Hired | undefined): void {
    if (!member) return
    member.controller.abort(new Error('the workload lets this client go'))
    this.#leaving.add(member.over)
    void member.over.finally(() => this.#leaving.delete(member.over))
  }

  async #liveOn(actor: Actor, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#liveOnce(actor, signal)
      } catch (error) {
        if (signal.aborted) return
        this.#options.board.count('failures')
        this.#options.board.note('error', `${actor.name}: ${error instanceof Error ? error.message : String(error)}`)
        await pause(AGAIN_MS, signal).catch(() => undefined)
      }
    }
  }

  async #liveOnce(actor: Actor, signal: AbortSignal): Promise<void> {
    const { connectString, sessionTimeoutMs, live } = this.#options
    const zk = await ZooKeeper.connect({
      servers: connectString,
      sessionTimeoutMs,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      signal,
    })
    try {
      actor.attach(zk)
      // Who is to go does not wait for servers: what it still asks is refused by the close.
      await orAborted(live({ zk, actor, signal }), signal)
    } finally {
      // With the session goes what it held.
      await zk.close()
      actor.attach(null)
    }
  }
}
