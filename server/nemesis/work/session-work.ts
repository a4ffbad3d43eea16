// Work that hangs on sessions: locks, the leader latch, ephemerals, watches, and sessions that end or move.

import { chance, nextInt, pick } from '#shared/base/prng.ts'
import { joinPath } from '#shared/zk/path.ts'
import { NodeExistsError } from '../../client/errors.ts'
import { acquireLock } from '../../client/recipes/lock.ts'
import { pause, type Work, type WorkingClient } from './client.ts'
import { PATHS } from './shared-work.ts'

const LOCK_WAIT_MS = 4000
const HOLD_MS_MAX = 120
/** How often a holder looks whether it still is one. */
const HOLD_CHECK_MS = 10
const WATCHED = 6

export const useLock: Work = async (client) => {
  const { zk, prng, shared, number, stopping } = client
  const path = pick(prng, PATHS.locks)
  const lock = await acquireLock(zk, path, { timeoutMs: LOCK_WAIT_MS, signal: stopping, data: String(number) })
  const isGood = () => !lock.signal.aborted && zk.leaseRemainingMs > 0
  const fromMs = performance.now()
  let untilMs = isGood() ? fromMs : null
  for (const endMs = fromMs + nextInt(prng, HOLD_MS_MAX); untilMs !== null && performance.now() < endMs; ) {
    await pause(HOLD_CHECK_MS, stopping)
    const nowMs = performance.now()
    // Looked at after the clock: it was good at that moment.
    if (!isGood()) break
    untilMs = nowMs
  }
  if (untilMs !== null) shared.beliefs.push({ lock: path, client: number, token: lock.fencingToken, fromMs, untilMs })
  await lock.release()
}

export const useLatch: Work = async ({ zk, prng, stopping, number }) => {
  try {
    await zk.create(PATHS.latch, String(number), { mode: 'ephemeral' })
  } catch (error) {
    if (!(error instanceof NodeExistsError)) throw error
    await zk.exists(PATHS.latch, { watch: () => undefined })
    return
  }
  await pause(nextInt(prng, HOLD_MS_MAX), stopping)
  await zk.delete(PATHS.latch)
}

export const useEphemerals: Work = async (client) => {
  const { zk, prng } = client
  const path = joinPath(PATHS.ephemerals, `c${client.unique()}`)
  await zk.create(path, null, { mode: 'ephemeral' })
  if (chance(prng, 0.6)) await zk.delete(path)
}

/** Ends the session in good order; the next piece of work gets a new one. */
export const endSession: Work = async ({ zk }) => {
  await zk.close()
}

/** As a broken network does it; the session goes on elsewhere. */
export const moveSession: Work = async ({ zk }) => {
  zk.dropConnection()
}

function watchedPath({ prng }: WorkingClient): string {
  return joinPath(PATHS.watched, `w${nextInt(prng, WATCHED)}`)
}

const ignore = () => undefined

export const watch: Work = async (client) => {
  const { zk, prng } = client
  const path = watchedPath(client)
  switch (nextInt(prng, 8)) {
    case 0:
      await zk.getChildren(PATHS.watched, { watch: ignore })
      return
    case 1:
    case 2:
      await zk.exists(path, { watch: ignore })
      return
    case 3:
      return watchForAWhile(client, chance(prng, 0.5) ? PATHS.watched : path)
    default:
      await zk.getData(path, { watch: ignore })
  }
}

async function watchForAWhile({ zk, prng, stopping }: WorkingClient, path: string): Promise<void> {
  const handle = await zk.addWatch(path, { recursive: chance(prng, 0.6), onEvent: ignore })
  await pause(nextInt(prng, 400), stopping)
  await zk.getData(PATHS.counter)
  await handle.remove()
}

export const changeWatched: Work = async (client) => {
  const { zk, prng } = client
  const path = watchedPath(client)
  switch (nextInt(prng, 5)) {
    case 0:
      await zk.delete(path)
      return
    case 1:
    case 2:
      await zk.create(path, client.unique())
      return
    default:
      await zk.setData(path, client.unique())
  }
}
