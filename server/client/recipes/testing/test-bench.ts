// What tests of recipes have in common: clients that are closed after each test, a directory of its own for each, and
// waiting for what others see.

import type { ConnectOptions } from '../../connect-options.ts'
import { until } from '../../testing/wait.ts'
import { ZooKeeper } from '../../zookeeper.ts'
import type { TestServer } from './test-server.ts'

export class TestBench {
  readonly server: TestServer
  readonly #clients: ZooKeeper[] = []
  readonly #root: string
  #directories = 0

  /** `root`: what the paths of its tests begin with. */
  constructor(server: TestServer, root = '/recipes/of') {
    this.server = server
    this.#root = root
  }

  async connect(options: Partial<ConnectOptions> = {}): Promise<ZooKeeper> {
    const zk = await ZooKeeper.connect({ servers: this.server.address, ...options })
    this.#clients.push(zk)
    return zk
  }

  /** A path that no other test uses; it does not exist. */
  fresh(): string {
    this.#directories += 1
    return `${this.#root}/test-${this.#directories}`
  }

  /** Resolves when `dir` has so many children. */
  async hasChildren(zk: ZooKeeper, dir: string, count: number): Promise<void> {
    for (;;) {
      const now = (await zk.exists(dir))?.numChildren ?? 0
      if (now === count) return
    }
  }

  /** Loses the answer to what `ask` sends: it is in the server's socket when the connection goes. */
  async loseAnswer<T>(zk: ZooKeeper, ask: () => Promise<T>): Promise<T> {
    await this.server.pause()
    const answer = ask()
    await new Promise((resolve) => setImmediate(resolve))
    zk.dropConnection()
    this.server.resume()
    return await answer
  }

  async endTest(): Promise<void> {
    this.server.resume()
    await Promise.all(this.#clients.splice(0).map((zk) => zk.close()))
  }
}

/** True when `promise` has not settled by the time that everything under way has had its turn. */
export async function isWaiting(promise: Promise<unknown>, turn: () => Promise<unknown>): Promise<boolean> {
  let settled = false
  promise.then(
    () => {
      settled = true
    },
    () => {
      settled = true
    },
  )
  await turn()
  return !settled
}

export async function untilAborted(signal: AbortSignal): Promise<void> {
  await until(() => signal.aborted, 'the signal to abort')
}
