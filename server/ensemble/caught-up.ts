// Waiting for a member to be back: it serves clients, and has processed everything that the others had when the waiting
// began. Asked with four-letter words, as an operator would.

import { setTimeout as delay } from 'node:timers/promises'
import { askStatus, type MemberStatus } from './ask-member.ts'
import { EnsembleError } from './ensemble-error.ts'
import type { MemberPlan } from './zoo-cfg.ts'

export const CATCH_UP_TIMEOUT_MS = 60_000
const POLL_MS = 50

export interface CatchUp {
  readonly plan: MemberPlan
  readonly plans: readonly MemberPlan[]
  /** Its process is there. */
  readonly isAlive: () => boolean
  /** What it has to be; left out: anything that serves. */
  readonly mode?: readonly MemberStatus['mode'][]
  readonly timeoutMs?: number
}

/** Throws EnsembleError WRONG_STATE when its process ends, or when it takes too long. */
export async function whenCaughtUp({ plan, plans, isAlive, mode, timeoutMs }: CatchUp): Promise<void> {
  const limitMs = timeoutMs ?? CATCH_UP_TIMEOUT_MS
  const deadline = performance.now() + limitMs
  const others = await Promise.all(plans.filter(({ sid }) => sid !== plan.sid).map((one) => askStatus(one.clientPort)))
  const goal = others.reduce((most, one) => (one && BigInt(one.zxid) > most ? BigInt(one.zxid) : most), 0n)
  while (performance.now() < deadline) {
    if (!isAlive())
      throw new EnsembleError('WRONG_STATE', `Member ${plan.sid} has ended before it served. See its log.`)
    const status = await askStatus(plan.clientPort)
    if (status && BigInt(status.zxid) >= goal && (mode?.includes(status.mode) ?? true)) return
    await delay(POLL_MS)
  }
  throw new EnsembleError('WRONG_STATE', `Member ${plan.sid} does not serve within ${limitMs / 1000} s. See its log.`)
}
