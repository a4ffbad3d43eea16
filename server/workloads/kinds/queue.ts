// A queue that producers fill and consumers empty, in the layout of ZooKeeper's own recipe. An item is removed before it
// is worked on: what a consumer had taken when it crashed is gone.

import { tryUtf8Decode } from '#shared/base/text.ts'
import { joinPath } from '#shared/zk/path.ts'
import { ConnectionLossError } from '../../client/errors.ts'
import { DistributedQueue, type QueueItem } from '../../client/recipes/queue.ts'
import { Crew, type Member } from '../process/crew.ts'
import type { Kind, WorkloadContext } from '../process/kind.ts'
import { Pace, pause } from '../process/pause.ts'

type Context = WorkloadContext<'queue'>

/** How often a producer looks whether a queue that is too long has become shorter. */
const FULL_MS = 200

export const QUEUE: Kind<'queue'> = {
  counts: ['length', 'produced', 'consumed', 'inDoubt', 'failures'],
  start(context) {
    const { board, connectString, settings } = context
    const { sessionTimeoutMs } = settings()
    const common = { board, connectString, sessionTimeoutMs }
    const producers = new Crew({ ...common, name: 'producer', live: (member) => produce(context, member) })
    const consumers = new Crew({ ...common, name: 'consumer', live: (member) => consume(context, member) })
    const update = () => {
      producers.resize(settings().producers)
      consumers.resize(settings().consumers)
    }
    update()
    return { update, stop: async () => void (await Promise.all([producers.stop(), consumers.stop()])) }
  },
}

function queuePath(root: string): string {
  return joinPath(root, 'items')
}

async function produce({ board, root, settings }: Context, { zk, actor, signal }: Member): Promise<void> {
  const queue = new DistributedQueue(zk, queuePath(root), { layout: 'simple' })
  const pace = new Pace(() => settings().itemsPerSecond / settings().producers)
  for (;;) {
    actor.set('thinking')
    await pace.next(signal)
    const length = await queue.size()
    board.gauge('length', length)
    if (length >= settings().lengthMax) {
      actor.set('waiting', queuePath(root))
      await pause(FULL_MS, signal)
      continue
    }
    actor.set('working', queuePath(root))
    const since = performance.now()
    await queue.put(`${process.pid} ${since}`)
    board.timed('append', since)
    board.count('produced')
  }
}

async function consume(context: Context, { zk, actor, signal }: Member): Promise<void> {
  const { board, root, settings } = context
  const queue = new DistributedQueue(zk, queuePath(root), { layout: 'simple' })
  for (;;) {
    actor.set('waiting', queuePath(root))
    const item = await take(context, queue, signal)
    if (item === null) continue
    const path = joinPath(queuePath(root), item.name)
    actor.set('working', path)
    board.count('consumed')
    const [pid, since] = (tryUtf8Decode(item.data) ?? '').split(' ')
    if (Number(pid) === process.pid) board.timed('queued', Number(since))
    await pause(settings().workMs, signal)
  }
}

/** Null when the answer was lost: whether an item was taken is not known, so it is left alone, and counted. */
async function take({ board }: Context, queue: DistributedQueue, signal: AbortSignal): Promise<QueueItem | null> {
  try {
    return await queue.take({ signal })
  } catch (error) {
    if (!(error instanceof ConnectionLossError)) throw error
    board.count('inDoubt')
    return null
  }
}
