// What recipes do when the connection breaks under them: wait for the next one, then look again.

import { ConnectionLossError } from '../errors.ts'
import { withResolvers } from '../pending-calls.ts'
import type { ZooKeeper } from '../zookeeper.ts'

/** Resolves when there is a connection; throws why when the session is over, or the reason of `signal`. */
export async function whenConnected(zk: ZooKeeper, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted()
  if (zk.state === 'connected') return
  // A session that is over says so itself, as the error of any call.
  if (zk.state === 'lost' || zk.state === 'closed') await zk.sync()
  const { promise, resolve, reject } = withResolvers<void>()
  const stop = zk.onState(({ state, cause }) => {
    if (state === 'connected') resolve()
    else if (state === 'lost' || state === 'closed') reject(cause)
  })
  try {
    await (signal ? orAborted(promise, signal) : promise)
  } finally {
    stop()
  }
}

/** Repeats `attempt` while connections break. Only for what may be done twice. */
export async function retryOnLoss<T>(zk: ZooKeeper, attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    await whenConnected(zk, signal)
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof ConnectionLossError)) throw error
    }
  }
}

/** The promise, or the reason of the signal when that comes first. What is promised goes on. */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
