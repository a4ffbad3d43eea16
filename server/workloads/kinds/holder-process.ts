// The process of a paused holder: takes the lock, reads, makes sure once more that the lock is its own, and is stopped
// at the worst moment: before its write. It cannot know how long that was. One process a round.

import { z } from 'zod'
import { formatSessionId } from '#shared/zk/ids.ts'
import { formatZxid } from '#shared/zk/zxid.ts'
import { acquireLock } from '../../client/recipes/lock.ts'
import { ZooKeeper } from '../../client/zookeeper.ts'

export const HOLDER_ORDER = z.discriminatedUnion('type', [
  z.object({ type: z.literal('take'), connectString: z.string(), dir: z.string(), sessionTimeoutMs: z.number() }),
  /** What the resource holds: the answer to `held`. */
  z.object({ type: z.literal('value'), value: z.number() }),
  /** The write was answered: let go, and end. */
  z.object({ type: z.literal('end') }),
])
export type HolderOrder = z.infer<typeof HOLDER_ORDER>

export const HOLDER_STATEMENT = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('held'), path: z.string(), token: z.string(), sessionId: z.string() }),
  /** The last words before it stops itself. */
  z.object({ type: z.literal('stopping') }),
  /** The first words after it. `believes`: whether its client thought that it held the lock. */
  z.object({ type: z.literal('write'), value: z.number(), token: z.string(), believes: z.boolean() }),
  z.object({ type: z.literal('failed'), message: z.string() }),
])
export type HolderStatement = z.infer<typeof HOLDER_STATEMENT>

/** Ends the process when the round is over, or whoever started it is gone. */
export async function runHolderProcess(): Promise<void> {
  process.on('disconnect', () => process.exit(0))
  const orders = listen()
  say({ type: 'ready' })
  try {
    const { connectString, dir, sessionTimeoutMs } = await orders('take')
    const zk = await ZooKeeper.connect({ servers: connectString, sessionTimeoutMs })
    const lock = await acquireLock(zk, dir, { data: 'holder' })
    const token = formatZxid(lock.fencingToken)
    say({ type: 'held', path: lock.path, token, sessionId: formatSessionId(zk.sessionId) })
    const { value } = await orders('value')
    const believes = !lock.signal.aborted
    await new Promise<void>((sent) => process.send?.({ type: 'stopping' } satisfies HolderStatement, () => sent()))
    process.kill(process.pid, 'SIGSTOP')
    // Seconds may have passed between these two lines.
    say({ type: 'write', value: value + 1, token, believes })
    await orders('end')
    if (zk.state === 'connected') await lock.release()
    await zk.close()
  } catch (error) {
    say({ type: 'failed', message: error instanceof Error ? error.message : String(error) })
  }
  process.disconnect()
}

function say(statement: HolderStatement): void {
  process.send?.(statement)
}

/** Resolves with the next order of a type; they come one at a time. */
function listen() {
  const come: HolderOrder[] = []
  let wake = (): void => undefined
  process.on('message', (message: unknown) => {
    come.push(HOLDER_ORDER.parse(message))
    wake()
  })
  return async <T extends HolderOrder['type']>(type: T): Promise<Extract<HolderOrder, { type: T }>> => {
    for (;;) {
      const order = come.shift()
      if (order === undefined) await new Promise<void>((resolve) => (wake = resolve))
      else if (isOf(order, type)) return order
      else throw new Error(`asked for ${order.type} while ${type} was due`)
    }
  }
}

function isOf<T extends HolderOrder['type']>(order: HolderOrder, type: T): order is Extract<HolderOrder, { type: T }> {
  return order.type === type
}
