// The role of a member, asked at its client port. A member whose clients are cut off does not say; who hears its events
// knows better.

import { askStatus } from '../ask-member.ts'
import type { Ensemble } from '../ensemble.ts'
import type { Role } from './effects.ts'

/** Null: it does not say, or does not serve. A server alone leads. */
export async function askRole(ensemble: Ensemble, sid: number): Promise<Role | null> {
  const plan = ensemble.plans.find((one) => one.sid === sid)
  if (!plan || ensemble.status(sid).process !== 'running') return null
  const mode = (await askStatus(plan.clientPort))?.mode ?? null
  return mode === 'standalone' ? 'leader' : mode
}
