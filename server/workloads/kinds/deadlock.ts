// Two clients, two locks, opposite orders: soon each holds what the other waits for. Nothing in ZooKeeper ends that;
// with a timeout the impatient one lets go of its first lock and tries again later.

import { joinPath } from '#shared/zk/path.ts'
import { RequestTimeoutError } from '../../client/errors.ts'
import { acquireLock } from '../../client/recipes/lock.ts'
import { Crew, type Member } from '../process/crew.ts'
import type { Kind, WorkloadContext } from '../process/kind.ts'
import { pause } from '../process/pause.ts'

type Context = WorkloadContext<'deadlock'>

/** After a timeout each waits up to so long, so that they do not meet again at once. */
const BACK_OFF_MS = 1000

export const DEADLOCK: Kind<'deadlock'> = {
  counts: ['rounds', 'deadlocks', 'timeouts', 'failures'],
  start(context) {
    const { board, connectString, settings } = context
    const { sessionTimeoutMs } = settings()
    const waiting = new Set<string>()
    const crews = [
      ['left', 'red', 'blue'],
      ['right', 'blue', 'red'],
    ].map(([name = '', first = '', second = '']) => {
      const live = (member: Member) => cross(context, member, [first, second], waiting)
      const crew = new Crew({ board, connectString, sessionTimeoutMs, name, live })
      crew.resize(1)
      return crew
    })
    return {
      // How long things last is read at every turn.
      update: () => undefined,
      stop: async () => void (await Promise.all(crews.map((crew) => crew.stop()))),
    }
  },
}

/** @param waiting who waits for a second lock just now; shared by both */
async function cross(
  context: Context,
  { zk, actor, signal }: Member,
  order: readonly [string, string],
  waiting: Set<string>,
): Promise<void> {
  const { board, root, settings } = context
  const [first, second] = [joinPath(root, order[0]), joinPath(root, order[1])]
  for (;;) {
    actor.set('waiting', first)
    const outer = await acquireLock(zk, first, { signal, data: actor.name })
    actor.set('holding', outer.path, outer.fencingToken)
    await pause(settings().betweenMs, signal)
    actor.set('waiting', second, outer.fencingToken)
    waiting.add(actor.name)
    if (waiting.size === 2) {
      board.count('deadlocks')
      board.note('warning', 'deadlock: each client holds the lock that the other waits for')
    }
    const { timeoutMs } = settings()
    try {
      const patience = timeoutMs === 0 ? {} : { timeoutMs }
      const inner = await acquireLock(zk, second, { signal, data: actor.name, ...patience })
      waiting.delete(actor.name)
      actor.set('holding', inner.path, inner.fencingToken)
      await pause(settings().holdMs, signal)
      actor.set('releasing', inner.path, inner.fencingToken)
      await inner.release()
      board.count('rounds')
    } catch (error) {
      if (!(error instanceof RequestTimeoutError)) throw error
      board.count('timeouts')
    } finally {
      waiting.delete(actor.name)
    }
    actor.set('releasing', outer.path, outer.fencingToken)
    await outer.release()
    actor.set('thinking')
    await pause(Math.random() * BACK_OFF_MS, signal)
  }
}
