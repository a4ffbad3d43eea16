// Key–value load, open loop: operations are due at a set rate, and are sent when they are due whether or not earlier
// ones were answered. Their latency counts from when they were due, so a stall is not hidden by the waiting.

import { joinPath } from '#shared/zk/path.ts'
import { NodeExistsError } from '../../client/errors.ts'
import type { ZooKeeper } from '../../client/zookeeper.ts'
import { Crew, type Member } from '../process/crew.ts'
import type { Kind, WorkloadContext } from '../process/kind.ts'
import { pause } from '../process/pause.ts'

type Context = WorkloadContext<'load'>

/** Between two looks at what is due. */
const TICK_MS = 5
/** Creates under way while the keys are made. */
const PREPARING_MAX = 200

export const LOAD: Kind<'load'> = {
  counts: ['reads', 'writes', 'errors', 'leftOut', 'outstanding', 'failures'],
  start(context) {
    const { board, connectString, settings } = context
    const { sessionTimeoutMs } = settings()
    const keys = new Keys(context)
    const live = (member: Member) => new Client(context, keys, member).run()
    const crew = new Crew({ board, connectString, sessionTimeoutMs, name: 'client', live })
    const update = () => crew.resize(settings().sessions)
    update()
    return { update, stop: () => crew.stop() }
  },
}

/** What the clients share: the znodes, made once by whoever comes first. */
class Keys {
  /** Of all clients. */
  outstanding = 0
  readonly #context: Context
  #made: Promise<void> | null = null

  constructor(context: Context) {
    this.#context = context
  }

  ensure(zk: ZooKeeper, signal: AbortSignal): Promise<void> {
    this.#made ??= this.#make(zk, signal).catch((error: unknown) => {
      this.#made = null
      throw error
    })
    return this.#made
  }

  any(): string {
    return this.#path(Math.floor(Math.random() * this.#context.settings().keys))
  }

  async #make(zk: ZooKeeper, signal: AbortSignal): Promise<void> {
    const { keys, bytes } = this.#context.settings()
    const data = Buffer.alloc(bytes, '.')
    for (let at = 0; at < keys; at += PREPARING_MAX) {
      signal.throwIfAborted()
      const batch = Array.from({ length: Math.min(PREPARING_MAX, keys - at) }, (_, i) => this.#path(at + i))
      await Promise.all(batch.map((path) => create(zk, path, data)))
    }
  }

  #path(index: number): string {
    return joinPath(this.#context.root, `key-${index}`)
  }
}

async function create(zk: ZooKeeper, path: string, data: Uint8Array): Promise<void> {
  await zk.create(path, data).catch((error: unknown) => {
    if (!(error instanceof NodeExistsError)) throw error
  })
}

class Client {
  readonly #context: Context
  readonly #keys: Keys
  readonly #member: Member
  #outstanding = 0

  constructor(context: Context, keys: Keys, member: Member) {
    this.#context = context
    this.#keys = keys
    this.#member = member
  }

  async run(): Promise<void> {
    const { zk, actor, signal } = this.#member
    actor.set('waiting', this.#context.root)
    await this.#keys.ensure(zk, signal)
    actor.set('working', this.#context.root)
    let dueAt = performance.now()
    for (;;) {
      const { opsPerSecond, sessions } = this.#context.settings()
      const everyMs = (1000 * sessions) / opsPerSecond
      const now = performance.now()
      for (; dueAt <= now; dueAt += everyMs) this.#issue(dueAt)
      // A session that is over answers nothing any more: the crew brings another.
      if (zk.state === 'lost') await zk.sync()
      await pause(Math.max(1, Math.min(TICK_MS, dueAt - now)), signal)
    }
  }

  #issue(dueAt: number): void {
    const { board, settings } = this.#context
    const { outstandingMax, sessions } = settings()
    if (this.#outstanding >= Math.ceil(outstandingMax / sessions)) {
      board.count('leftOut')
      return
    }
    this.#outstanding += 1
    this.#keys.outstanding += 1
    board.gauge('outstanding', this.#keys.outstanding)
    void this.#operate(dueAt).finally(() => {
      this.#outstanding -= 1
      this.#keys.outstanding -= 1
      board.gauge('outstanding', this.#keys.outstanding)
    })
  }

  async #operate(dueAt: number): Promise<void> {
    const { board, settings } = this.#context
    const { zk, actor, signal } = this.#member
    const reads = Math.random() * 100 < settings().readShare
    try {
      if (reads) await zk.getData(this.#keys.any())
      else await zk.setData(this.#keys.any(), Buffer.alloc(settings().bytes, '.'))
      board.count(reads ? 'reads' : 'writes')
      board.timed(reads ? 'read' : 'write', dueAt)
    } catch (error) {
      if (signal.aborted) return
      board.count('errors')
      // Without the path, which would make each a note of its own.
      board.note('error', `${actor.name}: operations fail with ${error instanceof Error ? error.name : String(error)}`)
    }
  }
}
