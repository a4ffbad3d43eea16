// A queue of sequential znodes: producers append, consumers delete the lowest, and whose delete succeeds has the item.
// An item that was taken by a consumer which then crashed is gone: at most once.

import { tryUtf8Decode } from '#shared/base/text.ts'
import { joinPath } from '#shared/zk/path.ts'
import { ConnectionLossError, NoNodeError } from '../../client/errors.ts'
import type { ZooKeeper } from '../../client/zookeeper.ts'
import { Crew, type Member } from '../process/crew.ts'
import type { Kind, WorkloadContext } from '../process/kind.ts'
import { Bell, Pace, pause } from '../process/pause.ts'

type Context = WorkloadContext<'queue'>

const ITEM = 'item-'
/** How often a producer looks whether a queue that is too long has become shorter. */
const FULL_MS = 200

export const QUEUE: Kind<'queue'> = {
  counts: ['length', 'produced', 'consumed', 'contended', 'inDoubt', 'failures'],
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

async function produce({ board, root, settings }: Context, { zk, actor, signal }: Member): Promise<void> {
  const pace = new Pace(() => settings().itemsPerSecond / settings().producers)
  for (;;) {
    actor.set('thinking')
    await pace.next(signal)
    const length = (await zk.exists(root))?.numChildren ?? 0
    board.gauge('length', length)
    if (length >= settings().lengthMax) {
      actor.set('waiting', root)
      await pause(FULL_MS, signal)
      continue
    }
    actor.set('working', root)
    const since = performance.now()
    await zk.create(joinPath(root, ITEM), `${process.pid} ${since}`, { mode: 'persistentSequential' })
    board.timed('append', since)
    board.count('produced')
  }
}

async function consume(context: Context, { zk, actor, signal }: Member): Promise<void> {
  const { board, root, settings } = context
  for (;;) {
    actor.set('waiting', root)
    const path = await take(context, zk, signal)
    actor.set('working', path)
    board.count('consumed')
    await pause(settings().workMs, signal)
  }
}

/** Waits for an item that is ours alone. */
async function take(context: Context, zk: ZooKeeper, signal: AbortSignal): Promise<string> {
  const { board, root } = context
  for (;;) {
    signal.throwIfAborted()
    const changed = new Bell()
    const { children } = await zk.getChildren(root, { watch: changed.ring })
    const items = children.filter((name) => name.startsWith(ITEM)).sort()
    board.gauge('length', items.length)
    for (const name of items) {
      signal.throwIfAborted()
      if (await takeOne(context, zk, joinPath(root, name))) return joinPath(root, name)
      // Others are quicker: what they leave is seen best in a fresh list.
      if (changed.rung) break
    }
    await changed.heard(signal)
  }
}

async function takeOne({ board }: Context, zk: ZooKeeper, path: string): Promise<boolean> {
  try {
    const { data, stat } = await zk.getData(path)
    await zk.delete(path, stat.version)
    const [pid, since] = (data ? (tryUtf8Decode(data) ?? '') : '').split(' ')
    if (Number(pid) === process.pid) board.timed('queued', Number(since))
    return true
  } catch (error) {
    if (error instanceof NoNodeError) board.count('contended')
    // Whether the item is ours or still there is not known: it is left alone, and counted.
    else if (error instanceof ConnectionLossError) board.count('inDoubt')
    else throw error
    return false
  }
}
