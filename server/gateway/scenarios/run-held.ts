// What a scenario does with messages that a fault holds: waits for one, and lets it go with whatever is before it. A person may
// do the same on the page meanwhile; then there is nothing left to do.

import { setTimeout as delay } from 'node:timers/promises'
import type { HeldMessage } from '#shared/events/held-messages.ts'
import type { FaultService } from '../../ensemble/faults/fault-service.ts'

/** So long a message may take to come; then somebody else has let it go. */
const COMES_MS_MAX = 10_000
const POLL_MS = 50

export interface HeldWay {
  readonly from: number
  readonly to: number
  readonly type: string
}

type Holding = Pick<FaultService, 'held' | 'release'>

/** The first of its type; null: it does not come. Rejects with the signal's reason. */
export async function awaitHeld(
  faults: Holding,
  { from, to, type }: HeldWay,
  signal: AbortSignal,
): Promise<HeldMessage | null> {
  for (const deadline = performance.now() + COMES_MS_MAX; performance.now() < deadline; ) {
    const { messages } = await faults.held()
    const found = messages.find((held) => held.from === from && held.to === to && held.type === type)
    if (found) return found
    await delay(POLL_MS, undefined, { signal })
  }
  return null
}

/** One that is gone meanwhile is let go by somebody else. */
export async function releaseHeld(faults: Holding, { from, to, id }: HeldMessage): Promise<void> {
  for (;;) {
    const { messages } = await faults.held()
    const next = messages.find((held) => held.from === from && held.to === to && held.id <= id)
    if (!next) return
    await faults.release({ from, to, message: next.id, action: 'deliver' }).catch(() => undefined)
  }
}
