// All connections of one run: opened together, stopped together. One that ends before its time fails the run.

import { CLOSE_XID, frameOf } from './frames.ts'
import { Loader, type Tally } from './loader.ts'
import { pending } from './pending.ts'
import { portAt } from './prepare.ts'
import type { Work } from './work.ts'

const OPEN_TIMEOUT_MS = 30_000
const FINISH_TIMEOUT_MS = 60_000
const CLOSE_SESSION = frameOf({ type: 'closeSession' }, CLOSE_XID)

export class LoaderGroup {
  readonly loaders: readonly Loader[]
  readonly #opened: Promise<unknown>
  readonly #idle: Promise<unknown>
  /** Rejects when a connection ends that should not. */
  readonly #lost: Promise<never>
  readonly #closed: Promise<unknown>
  #isClosing = false

  constructor(
    ports: readonly number[],
    works: readonly Work[],
    plan: { readonly outstanding: number; readonly isClosedLoop: boolean; readonly limit?: number },
    tally: Tally,
  ) {
    const opened: Promise<void>[] = []
    const idle: Promise<void>[] = []
    const closed: Promise<void>[] = []
    let lose: (error: Error) => void = () => undefined
    this.#lost = new Promise((_, reject) => {
      lose = reject
    })
    this.#lost.catch(() => undefined) // whoever waits is told; nobody may be waiting
    this.loaders = works.map((work, index) => {
      const open = pending<void>()
      const rest = pending<void>()
      const close = pending<void>()
      opened.push(open.promise)
      idle.push(rest.promise)
      closed.push(close.promise)
      const limit = plan.limit ?? Number.POSITIVE_INFINITY
      return new Loader(portAt(ports, index), { ...plan, work, slots: plan.outstanding, limit }, tally, {
        onOpen: open.resolve,
        onIdle: rest.resolve,
        onClosed: (why) => {
          close.resolve()
          if (!this.#isClosing) lose(new Error(`connection ${index + 1} of ${works.length} ended: ${why}`))
        },
      })
    })
    this.#opened = Promise.all(opened)
    this.#idle = Promise.all(idle)
    this.#closed = Promise.all(closed)
  }

  /** Every connection has its session. */
  async open(): Promise<void> {
    await this.#orTooLong(this.#opened, OPEN_TIMEOUT_MS, 'not all connections got a session')
  }

  start(): void {
    for (const loader of this.loaders) loader.start()
  }

  /** Waits so long; rejects at once when a connection is lost. */
  async during(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const over = new Promise((resolve) => {
      timer = setTimeout(resolve, ms)
    })
    await Promise.race([over, this.#lost]).finally(() => clearTimeout(timer))
  }

  /** Every connection has sent and been answered up to its limit. */
  async idle(timeoutMs: number): Promise<void> {
    await this.#orTooLong(this.#idle, timeoutMs, 'not everything was answered')
  }

  /** Sends no more, waits for all answers, closes the sessions. */
  async finish(): Promise<void> {
    for (const loader of this.loaders) loader.stop()
    try {
      await this.idle(FINISH_TIMEOUT_MS)
      this.#isClosing = true
      for (const loader of this.loaders) loader.writeRaw(CLOSE_SESSION)
      await this.#orTooLong(this.#closed, FINISH_TIMEOUT_MS, 'not all sessions were closed')
    } finally {
      this.#isClosing = true
      for (const loader of this.loaders) loader.close()
    }
  }

  async #orTooLong(wanted: Promise<unknown>, ms: number, what: string): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${what} within ${ms / 1000} s`)), ms)
    })
    await Promise.race([wanted, this.#lost, late]).finally(() => clearTimeout(timer))
  }
}
