// The main thread's end of the clients' thread: starts it, passes orders, and takes the history when it stops.

import { Worker } from 'node:worker_threads'
import type { Order, Recorded, Told, WorkerOptions } from './client-worker.ts'

/** Clients have to end what they are doing, and the history has to be copied. */
const STOP_TIMEOUT_MS = 180_000

export class ClientThread {
  readonly #worker: Worker
  /** Rejects when the clients cannot go on; never resolves. */
  readonly failed: Promise<never>
  readonly #ready: Promise<void>
  readonly #recorded: Promise<Recorded>

  private constructor(self: URL, options: WorkerOptions) {
    const worker = new Worker(self, { workerData: options })
    this.#worker = worker
    this.failed = new Promise((_resolve, reject) => {
      worker.on('error', reject)
      worker.on('exit', (code) => reject(new Error(`the clients’ thread has ended with ${code}`)))
      worker.on('message', (told: Told) => told.type === 'failed' && reject(new Error(`a client failed: ${told.why}`)))
    })
    this.failed.catch(() => undefined)
    this.#ready = new Promise((resolve) => {
      worker.on('message', (told: Told) => told.type === 'ready' && resolve())
    })
    this.#recorded = new Promise((resolve) => {
      worker.on('message', (told: Told) => told.type === 'recorded' && resolve(told.recorded))
    })
  }

  /** `self`: the program that runs clients when it finds itself in a thread. Resolves when they are at work. */
  static async start(self: URL, options: WorkerOptions): Promise<ClientThread> {
    const thread = new ClientThread(self, options)
    await Promise.race([thread.#ready, thread.failed])
    return thread
  }

  order(order: Order): void {
    this.#worker.postMessage(order)
  }

  async stop(): Promise<Recorded> {
    this.order({ type: 'stop' })
    const timer = setTimeout(() => void this.#worker.terminate(), STOP_TIMEOUT_MS)
    try {
      return await Promise.race([this.#recorded, this.failed])
    } finally {
      clearTimeout(timer)
    }
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }
}
