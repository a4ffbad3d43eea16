// When must the owner of an ephemeral stop believing that it is there? When the session is over, when no
// server has vouched for it within the session timeout, or when somebody deleted it.

import { NoNodeError, sessionExpired } from '../errors.ts'
import type { ZooKeeper } from '../zookeeper.ts'
import { retryOnLoss } from './reconnect.ts'

export interface Loss {
  /** Aborts at the loss, with the reason. */
  readonly signal: AbortSignal
  /** The owner gives it up by itself: the signal stays as it is. */
  stop(): void
}

/** Watches over an ephemeral node of this session that exists. */
export async function loseWith(zk: ZooKeeper, path: string): Promise<Loss> {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | null = null
  let stopped = false

  function disarm(): void {
    if (timer) clearTimeout(timer)
    timer = null
  }
  function lose(cause: Error | null): void {
    if (stopped) return
    stop()
    controller.abort(cause ?? sessionExpired(path))
  }
  /** Without a link the server's countdown runs unseen; ours started no later than its own. */
  function armIfCut(): void {
    disarm()
    if (zk.state === 'suspended') timer = setTimeout(() => lose(null), zk.leaseRemainingMs)
    else if (zk.state === 'lost' || zk.state === 'closed') lose(null)
  }
  const stopListening = zk.onState(({ cause, state }) => {
    if (state === 'lost' || state === 'closed') lose(cause)
    else armIfCut()
  })
  function stop(): void {
    stopped = true
    disarm()
    stopListening()
  }

  /** Reads the node until it is gone; each read leaves a watch for the next change. */
  async function look(): Promise<void> {
    try {
      await retryOnLoss(zk, () => zk.getData(path, { watch: onChange }))
    } catch (error) {
      const gone = error instanceof NoNodeError
      lose(gone ? new NoNodeError(error.code, path, 'the node was deleted by somebody else') : toError(error))
    }
  }
  function onChange(): void {
    if (!stopped) void look()
  }

  armIfCut()
  await look()
  return { signal: controller.signal, stop }
}

function toError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error('the node could not be read', { cause })
}
