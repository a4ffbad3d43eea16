// One member after the other is restarted, each once the one before serves again with everything that the others have:
// observers and followers first, the leader last, so that there is one election.

import { askStatus } from './ask-member.ts'
import { whenCaughtUp } from './caught-up.ts'
import { EnsembleError } from './ensemble-error.ts'
import type { MemberPlan } from './zoo-cfg.ts'

export interface RollingHost {
  readonly plans: readonly MemberPlan[]
  isAlive(sid: number): boolean
  restart(sid: number): Promise<void>
}

/**
 * Resolves with the sids in the order in which they were restarted. Throws EnsembleError WRONG_STATE before anything is
 * stopped when a member does not serve, and at the first that does not come back; the rest goes on as it is.
 */
export async function rollingRestart(host: RollingHost): Promise<readonly number[]> {
  const asked = await Promise.all(
    host.plans.map(async (plan) => ({ plan, mode: (await askStatus(plan.clientPort))?.mode ?? null })),
  )
  const silent = asked.find(({ mode }) => mode === null)
  if (silent)
    throw new EnsembleError(
      'WRONG_STATE',
      `Member ${silent.plan.sid} does not serve; a rolling restart needs all of them.`,
    )
  const rank = { observer: 0, follower: 1, leader: 2, standalone: 2 }
  const order = asked.toSorted((a, b) => rank[a.mode ?? 'follower'] - rank[b.mode ?? 'follower'])
  for (const { plan } of order) {
    await host.restart(plan.sid)
    await whenCaughtUp({ plan, plans: host.plans, isAlive: () => host.isAlive(plan.sid) })
  }
  return order.map(({ plan }) => plan.sid)
}
