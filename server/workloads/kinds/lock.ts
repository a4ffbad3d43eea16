// Lock contention: each contender waits, holds, lets go and thinks. What the lock is decides the mode.

import type { WorkloadSettings } from '#shared/events/workload-settings.ts'
import { joinPath } from '#shared/zk/path.ts'
import { acquireLock, type HeldLock } from '../../client/recipes/lock.ts'
import { acquireReadLock, acquireWriteLock } from '../../client/recipes/read-write-lock.ts'
import { acquireLease } from '../../client/recipes/semaphore.ts'
import { Crew, type Member } from '../process/crew.ts'
import type { Kind, WorkloadContext } from '../process/kind.ts'
import { pause } from '../process/pause.ts'
import { acquireNaiveLock } from './naive-lock.ts'

type Context = WorkloadContext<'lock'>
type Grant = Pick<HeldLock, 'path' | 'fencingToken' | 'signal' | 'release'>

export const LOCK: Kind<'lock'> = {
  counts: ['grants', 'losses', 'failures'],
  start(context) {
    const { board, connectString, settings } = context
    const { sessionTimeoutMs } = settings()
    const live = (member: Member) => contend(context, member)
    const crew = new Crew({ board, connectString, sessionTimeoutMs, name: 'contender', live })
    const update = () => crew.resize(settings().contenders)
    update()
    return { update, stop: () => crew.stop() }
  },
}

async function contend(context: Context, member: Member): Promise<void> {
  const { actor, signal } = member
  const { board, settings } = context
  for (;;) {
    actor.set('thinking')
    await pause(settings().thinkMs, signal)
    const since = performance.now()
    const dir = directoryOf(context)
    actor.set('waiting', dir)
    const grant = await acquire(context, dir, member)
    board.timed('wait', since)
    board.count('grants')
    actor.set('holding', grant.path, grant.fencingToken)
    await holdFor(settings().holdMs, grant, context, member)
  }
}

async function holdFor(ms: number, grant: Grant, { board }: Context, { actor, signal }: Member): Promise<void> {
  const since = performance.now()
  try {
    await pause(ms, signal, grant.signal)
  } catch {
    signal.throwIfAborted()
    const why = grant.signal.reason
    board.count('losses')
    board.note('warning', `${actor.name} lost the lock: ${why instanceof Error ? why.message : String(why)}`)
    actor.set('lost', grant.path, grant.fencingToken)
  }
  board.timed('hold', since)
  if (!grant.signal.aborted) actor.set('releasing', grant.path, grant.fencingToken)
  await grant.release()
}

/** Each mode has a directory of its own: their contenders do not understand each other. */
function directoryOf({ root, settings }: Context): string {
  return joinPath(root, settings().mode)
}

function acquire(context: Context, dir: string, { zk, actor, signal }: Member): Promise<Grant> {
  const { board, settings } = context
  const mode: WorkloadSettings<'lock'>['mode'] = settings().mode
  switch (mode) {
    case 'mutex':
      return acquireLock(zk, dir, { signal, data: actor.name })
    case 'read-write': {
      const reads = Math.random() * 100 < settings().readShare
      board.count(reads ? 'reads' : 'writes')
      const data = `${actor.name} ${reads ? 'reads' : 'writes'}`
      return (reads ? acquireReadLock : acquireWriteLock)(zk, dir, { signal, data })
    }
    case 'semaphore':
      return acquireLease(zk, dir, settings().leases, { signal, data: actor.name })
    case 'naive':
      return acquireNaiveLock(zk, dir, { signal, data: actor.name, onCost: (what) => board.count(what) })
  }
}
