// Paused holder: a process that holds the lock is stopped for longer than its session lives; a rival gets the lock and
// writes; then the first one goes on where it was. Whether its write counts is for the resource to decide.

import type { ActorReport, ActorState } from '#shared/events/workload-report.ts'
import { joinPath } from '#shared/zk/path.ts'
import { formatZxid, parseZxid, ZERO_ZXID, type Zxid } from '#shared/zk/zxid.ts'
import { acquireLock } from '../../client/recipes/lock.ts'
import { Crew, type Member } from '../process/crew.ts'
import type { Kind, WorkloadContext } from '../process/kind.ts'
import { pause } from '../process/pause.ts'
import { FencedResource } from './fenced-resource.ts'
import { Holder } from './holder.ts'

type Context = WorkloadContext<'paused-holder'>

export const PAUSED_HOLDER: Kind<'paused-holder'> = {
  counts: ['rounds', 'value', 'accepted', 'refused', 'lostUpdates', 'failures'],
  start(context) {
    const { board, connectString, settings } = context
    const { sessionTimeoutMs } = settings()
    const resource = new FencedResource()
    const live = async (member: Member) => {
      for (;;) await playRound(context, resource, member)
    }
    const crew = new Crew({ board, connectString, sessionTimeoutMs, name: 'rival', live })
    crew.resize(1)
    return {
      // Pauses and fencing are read at every round.
      update: () => undefined,
      stop: () => crew.stop(),
    }
  },
}

async function playRound(context: Context, resource: FencedResource, member: Member): Promise<void> {
  const { board, connectString, root, settings } = context
  const { signal } = member
  const { sessionTimeoutMs } = settings()
  const dir = joinPath(root, 'lock')
  const script = process.argv[1]
  if (script === undefined) throw new Error('a paused holder needs to know its own script')
  const holder = new Holder(script)
  const belief = board.add(new Belief())
  try {
    await holder.hear('ready', signal)
    holder.tell({ type: 'take', connectString, dir, sessionTimeoutMs })
    const held = await holder.hear('held', signal)
    belief.is('holding', held)
    holder.tell({ type: 'value', value: resource.value })
    await holder.hear('stopping', signal)
    const stoppedAt = performance.now()
    belief.is('paused', held)
    const rival = increaseAlone(context, resource, member, dir)
    rival.catch(() => undefined) // awaited below, unless something else fails first
    await pause(settings().pauseMs, signal)
    holder.resume()
    const { value, token, believes } = await holder.hear('write', signal)
    board.timed('paused', stoppedAt)
    belief.is('holding', held)
    write(context, resource, {
      who: `the holder${believes ? ', which saw its lock before it was stopped' : ''}`,
      value,
      token,
    })
    holder.tell({ type: 'end' })
    await rival
    await holder.ended(signal)
    board.count('rounds')
  } finally {
    holder.kill()
    board.remove(belief)
  }
  await pause(settings().betweenMs, signal)
}

async function increaseAlone(
  context: Context,
  resource: FencedResource,
  { zk, actor, signal }: Member,
  dir: string,
): Promise<void> {
  actor.set('waiting', dir)
  const since = performance.now()
  const lock = await acquireLock(zk, dir, { signal, data: actor.name })
  context.board.timed('wait', since)
  actor.set('holding', lock.path, lock.fencingToken)
  const token = formatZxid(lock.fencingToken)
  write(context, resource, { who: 'the rival', value: resource.value + 1, token })
  await lock.release()
  actor.set('thinking')
}

interface Write {
  readonly who: string
  readonly value: number
  readonly token: string
}

function write({ board, settings }: Context, resource: FencedResource, { who, value, token }: Write): void {
  const before = resource.value
  const zxid: Zxid = parseZxid(token) ?? ZERO_ZXID
  const answer = resource.write(value, zxid, settings().fencing)
  board.count(answer.accepted ? 'accepted' : 'refused')
  if (answer.lostUpdate) board.count('lostUpdates')
  board.gauge('value', resource.value)
  const text = `${who} writes ${value} over ${before} with ${token}: ${answer.accepted ? 'accepted' : 'refused'}, ${answer.reason}`
  if (answer.lostUpdate) board.note('error', `${text}. A lost update.`)
  else board.note(answer.accepted ? 'info' : 'warning', text)
}

/** What the holder believes, as far as it has said so. */
class Belief {
  #report: ActorReport = {
    ...{ name: 'holder', state: 'connecting', sinceMs: Date.now(), sessionId: null, connected: false },
    ...{ path: null, token: null },
  }

  is(state: ActorState, held: { readonly sessionId: string; readonly path: string; readonly token: string }): void {
    const { sessionId, path, token } = held
    this.#report = { ...this.#report, state, sinceMs: Date.now(), sessionId, connected: true, path, token }
  }

  report(): ActorReport {
    return this.#report
  }
}
