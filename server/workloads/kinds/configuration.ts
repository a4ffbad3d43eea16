// Configuration fan-out: the znode holds when it was written, so each watcher can say how long it took until it had
// read it. Writers and watchers are in one process, so one clock times both.

import { tryUtf8Decode } from '#shared/base/text.ts'
import { joinPath } from '#shared/zk/path.ts'
import type { Zxid } from '#shared/zk/zxid.ts'
import { NodeExistsError } from '../../client/errors.ts'
import { retryOnLoss } from '../../client/recipes/reconnect.ts'
import type { ZooKeeper } from '../../client/zookeeper.ts'
import { Crew, type Member } from '../process/crew.ts'
import type { Kind, WorkloadContext } from '../process/kind.ts'
import { Pace } from '../process/pause.ts'

type Context = WorkloadContext<'configuration'>

export const CONFIGURATION: Kind<'configuration'> = {
  counts: ['writes', 'notifications', 'deliveries', 'skipped', 'gaps', 'failures'],
  start(context) {
    const { board, connectString, settings } = context
    const { sessionTimeoutMs } = settings()
    const common = { board, connectString, sessionTimeoutMs }
    const writers = new Crew({ ...common, name: 'writer', live: (member) => write(context, member) })
    const watchers = new Crew({ ...common, name: 'watcher', live: (member) => watch(context, member) })
    const update = () => {
      writers.resize(settings().writers)
      watchers.resize(settings().watchers)
    }
    update()
    return { update, stop: async () => void (await Promise.all([writers.stop(), watchers.stop()])) }
  },
}

function configPath({ root }: Context): string {
  return joinPath(root, 'current')
}

async function ensureConfig(zk: ZooKeeper, path: string): Promise<void> {
  await zk.create(path, '').catch((error: unknown) => {
    if (!(error instanceof NodeExistsError)) throw error
  })
}

async function write(context: Context, { zk, actor, signal }: Member): Promise<void> {
  const { board, settings } = context
  const path = configPath(context)
  await ensureConfig(zk, path)
  const pace = new Pace(() => settings().writesPerSecond / settings().writers)
  for (;;) {
    actor.set('thinking', path)
    await pace.next(signal)
    actor.set('working', path)
    const since = performance.now()
    // What it ends with says when it was written, and in which process: another's clock is of no use.
    const text = `${process.pid} ${since} `
    await zk.setData(path, text.padEnd(settings().bytes, '.'))
    board.timed('write', since)
    board.count('writes')
  }
}

async function watch(context: Context, { zk, actor, signal }: Member): Promise<void> {
  const { board } = context
  const path = configPath(context)
  await ensureConfig(zk, path)
  let seen: { mzxid: Zxid; version: number } | null = null
  const read = async () => {
    const { data, stat } = await retryOnLoss(zk, () => zk.getData(path), signal)
    if (seen !== null && stat.mzxid > seen.mzxid) {
      board.count('deliveries')
      board.count('skipped', Math.max(0, stat.version - seen.version - 1))
      const [pid, since] = (data ? (tryUtf8Decode(data) ?? '') : '').split(' ')
      if (Number(pid) === process.pid) board.timed('delivery', Number(since))
    }
    if (seen === null || stat.mzxid > seen.mzxid) seen = stat
  }
  const events = await zk.addWatch(path)
  actor.set('watching', path)
  const stopOnAbort = () => void events.remove().catch(() => undefined)
  signal.addEventListener('abort', stopOnAbort)
  try {
    const iterator = events[Symbol.asyncIterator]()
    await read()
    for (let step = await iterator.next(); !step.done; step = await iterator.next()) {
      board.count(step.value.type === 'gap' ? 'gaps' : 'notifications')
      await read()
    }
  } finally {
    signal.removeEventListener('abort', stopOnAbort)
  }
}
