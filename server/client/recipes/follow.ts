// Keeps up with something in the tree: looks, and looks again whenever one of the watches that the look has left fires.
// Changes in between are not counted: what is seen is the newest. Ends aloud when the session does.

import type { ZooKeeper } from '../zookeeper.ts'
import { retryOnLoss } from './reconnect.ts'

export interface Following {
  /** Aborts when it cannot go on: the session is over, or an answer was an error. Not on close. */
  readonly signal: AbortSignal
  /** Looks no more. A watch that is left fires in vain. */
  close(): void
}

/**
 * Resolves after the first look; what that throws is thrown. `look` gives `onChange` to the reads that it makes, as
 * their watch, and checks `isOpen` before it tells anybody what it saw.
 */
export async function follow(
  zk: ZooKeeper,
  look: (onChange: () => void, isOpen: () => boolean) => Promise<void>,
): Promise<Following> {
  const controller = new AbortController()
  let open = true
  let looking = false
  let stale = false
  const isOpen = () => open

  async function lookUntilFresh(): Promise<void> {
    looking = true
    try {
      do {
        stale = false
        await retryOnLoss(zk, () => look(onChange, isOpen), controller.signal)
      } while (stale && open)
    } finally {
      looking = false
    }
  }
  function onChange(): void {
    stale = true
    if (looking || !open) return
    lookUntilFresh().catch((error: unknown) => end(error))
  }
  function end(cause: unknown): void {
    if (!open) return
    close()
    controller.abort(cause)
  }
  const stopListening = zk.onState(({ state, cause }) => {
    if (state === 'lost' || state === 'closed') end(cause)
  })
  function close(): void {
    open = false
    stopListening()
  }

  try {
    await lookUntilFresh()
  } catch (error) {
    close()
    throw error
  }
  return { signal: controller.signal, close }
}
