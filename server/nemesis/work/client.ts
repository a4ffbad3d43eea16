// One client of the run: a session, or the next one when it is lost, and work drawn by weight, one thing after the
// other. What the work is, is beside this file; what came of each call is written down by the recorder.

import { createPrng, nextInt, nextUint32, type Prng } from '#shared/base/prng.ts'
import type { Dial } from '../../client/connection.ts'
import { ConnectFailedError, ZooKeeperError } from '../../client/errors.ts'
import { ZooKeeper } from '../../client/zookeeper.ts'
import type { Shared } from './shared-work.ts'

/** One thing that a client does. Errors of ZooKeeper are part of the game; any other ends the run. */
export type Work = (client: WorkingClient) => Promise<void>

export interface WorkingClient {
  readonly number: number
  readonly zk: ZooKeeper
  readonly prng: Prng
  readonly shared: Shared
  /** True when the run is over: what waits should give up. */
  readonly stopping: AbortSignal
  /** A text that nobody else writes. */
  unique(): string
}

export interface ClientOptions {
  readonly number: number
  readonly seed: number
  readonly servers: string
  readonly sessionTimeoutMs: number
  readonly dial: Dial
  readonly shared: Shared
  readonly work: readonly { readonly weight: number; readonly run: Work }[]
  /** Mean pause between two pieces of work. */
  readonly pauseMs: number
}

export class RunningClient {
  readonly #options: ClientOptions
  readonly #stop = new AbortController()
  readonly #prng: Prng
  #written = 0
  #zk: ZooKeeper | null = null
  readonly #done: Promise<void>

  constructor(options: ClientOptions) {
    this.#options = options
    this.#prng = createPrng(options.seed * 1000 + options.number)
    this.#done = this.#run()
  }

  get zk(): ZooKeeper | null {
    return this.#zk
  }

  /** Lets the present piece of work end; the session stays. Rejects with what should not have happened. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('the run is over'))
    await this.#done
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    const total = this.#options.work.reduce((sum, { weight }) => sum + weight, 0)
    while (!signal.aborted) {
      try {
        const zk = await this.#session(signal)
        await this.#draw(total)(this.#context(zk))
      } catch (error) {
        if (!isExpected(error, signal)) throw error
      }
      await pause((nextUint32(this.#prng) / 2 ** 32) * 2 * this.#options.pauseMs, signal)
    }
  }

  async #session(signal: AbortSignal): Promise<ZooKeeper> {
    const zk = this.#zk
    if (zk && zk.state !== 'lost' && zk.state !== 'closed') return zk
    const { servers, sessionTimeoutMs, dial } = this.#options
    const random = () => nextUint32(this.#prng) / 2 ** 32
    this.#zk = await ZooKeeper.connect({ servers, sessionTimeoutMs, dial, random, signal, connectTimeoutMs: 60_000 })
    return this.#zk
  }

  #draw(total: number): Work {
    let left = nextInt(this.#prng, total)
    for (const { weight, run } of this.#options.work) {
      if (left < weight) return run
      left -= weight
    }
    throw new Error('weights add up to their sum')
  }

  #context(zk: ZooKeeper): WorkingClient {
    const { number, shared } = this.#options
    return {
      number,
      zk,
      prng: this.#prng,
      shared,
      stopping: this.#stop.signal,
      unique: () => {
        this.#written += 1
        return `${number}-${this.#written}`
      },
    }
  }
}

/** What every client of a distributed system meets. */
function isExpected(error: unknown, signal: AbortSignal): boolean {
  return error instanceof ZooKeeperError || error instanceof ConnectFailedError || error === signal.reason
}

/** Resolves early when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
}
