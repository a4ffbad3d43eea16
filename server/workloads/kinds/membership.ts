// Membership churn: members are ephemeral znodes that come and go at set rates; some go as a crash does, without a
// word, and stay in the list until their session has expired. One observer keeps the list by watching.

import type { ActorReport } from '#shared/events/workload-report.ts'
import { joinPath } from '#shared/zk/path.ts'
import { ZooKeeper } from '../../client/zookeeper.ts'
import { Actor } from '../process/board.ts'
import { Crew, type Member } from '../process/crew.ts'
import type { Kind, RunningKind, WorkloadContext } from '../process/kind.ts'
import { Pace, pause } from '../process/pause.ts'

type Context = WorkloadContext<'membership'>
interface Joined {
  readonly zk: ZooKeeper
  readonly actor: { report(): ActorReport }
}

/** How often a rate of nothing is looked at again. */
const IDLE_MS = 200

export const MEMBERSHIP: Kind<'membership'> = {
  counts: ['members', 'seen', 'joins', 'leaves', 'crashes', 'notifications', 'failures'],
  start: (context) => new Churn(context),
}

class Churn implements RunningKind {
  readonly #context: Context
  readonly #observers: Crew
  readonly #members: Joined[] = []
  readonly #controller = new AbortController()
  readonly #loops: Promise<void>[]
  #joined = 0

  constructor(context: Context) {
    this.#context = context
    const { board, connectString, settings } = context
    const { sessionTimeoutMs } = settings()
    const live = (member: Member) => observe(context, member)
    this.#observers = new Crew({ board, connectString, sessionTimeoutMs, name: 'observer', live })
    this.#observers.resize(1)
    this.#loops = [
      this.#atRate(
        () => settings().joinsPerSecond,
        () => this.#join(),
      ),
      this.#atRate(
        () => settings().leavesPerSecond,
        () => this.#leave(),
      ),
    ]
  }

  /** Rates and shares are read at every turn. */
  update(): void {}

  async stop(): Promise<void> {
    this.#controller.abort(new Error('the workload ends'))
    await Promise.all(this.#loops)
    await Promise.all([this.#observers.stop(), ...this.#members.map(({ zk }) => zk.close())])
  }

  async #atRate(perSecond: () => number, act: () => Promise<void>): Promise<void> {
    const { board } = this.#context
    const { signal } = this.#controller
    const pace = new Pace(perSecond)
    while (!signal.aborted) {
      try {
        if (perSecond() === 0) await pause(IDLE_MS, signal)
        else {
          await pace.next(signal)
          await act()
        }
      } catch (error) {
        if (signal.aborted) return
        board.count('failures')
        board.note('error', error instanceof Error ? error.message : String(error))
      }
    }
  }

  async #join(): Promise<void> {
    const { board, connectString, root, settings } = this.#context
    const { membersMax, sessionTimeoutMs } = settings()
    if (this.#members.length >= membersMax) return
    this.#joined += 1
    const actor = new Actor(`member-${this.#joined}`)
    const { signal } = this.#controller
    const zk = await ZooKeeper.connect({ servers: connectString, sessionTimeoutMs, signal })
    actor.attach(zk)
    try {
      const { path } = await zk.create(joinPath(root, `${actor.name}-`), actor.name, { mode: 'ephemeralSequential' })
      actor.set('holding', path)
    } catch (error) {
      await zk.close()
      throw error
    }
    const joined = { zk, actor }
    this.#members.push(joined)
    board.add(actor)
    board.count('joins')
    board.gauge('members', this.#members.length)
    zk.onState(({ state }) => {
      if (state === 'lost') this.#forget(joined)
    })
  }

  async #leave(): Promise<void> {
    const { board, settings } = this.#context
    const [oldest] = this.#members
    if (!oldest) return
    this.#forget(oldest)
    if (Math.random() * 100 < settings().crashShare) {
      board.count('crashes')
      // Without a link, closing sends nothing: to the servers it is a process that was killed.
      oldest.zk.dropConnection()
      await oldest.zk.close()
    } else {
      board.count('leaves')
      await oldest.zk.close()
    }
  }

  #forget(member: Joined): void {
    const at = this.#members.indexOf(member)
    if (at < 0) return
    this.#members.splice(at, 1)
    this.#context.board.remove(member.actor)
    this.#context.board.gauge('members', this.#members.length)
  }
}

async function observe({ board, root }: Context, { zk, actor, signal }: Member): Promise<void> {
  const watch = await zk.addWatch(root)
  const stopOnAbort = () => void watch.remove().catch(() => undefined)
  signal.addEventListener('abort', stopOnAbort)
  actor.set('watching', root)
  const look = async () => {
    const since = performance.now()
    const { children } = await zk.getChildren(root)
    board.timed('list', since)
    board.gauge('seen', children.filter((name) => name.startsWith('member-')).length)
  }
  try {
    const iterator = watch[Symbol.asyncIterator]()
    await look()
    for (let step = await iterator.next(); !step.done; step = await iterator.next()) {
      board.count('notifications')
      await look()
    }
  } finally {
    signal.removeEventListener('abort', stopOnAbort)
  }
}
