// All guided scenarios, in the order in which they are offered: what a newcomer should see first comes first.
// Each has a file of its own.

import { ANATOMY_OF_A_ROUND } from './anatomy-of-a-round.ts'
import { CATCH_UP } from './catch-up.ts'
import { FIRST_ELECTION } from './first-election.ts'
import { HERD } from './herd-lock.ts'
import { LEADER_ISOLATED } from './leader-isolated.ts'
import { MINORITY_PARTITION } from './minority-partition.ts'
import { OBSERVERS } from './observers.ts'
import { OLD_LEADER_RETURNS } from './old-leader-returns.ts'
import { PAUSED_HOLDER } from './paused-holder.ts'
import { ROLLING_RESTART } from './rolling-restart.ts'
import type { Scenario } from './scenario.ts'
import { SESSION_EXPIRY } from './session-expiry.ts'
import { SLOW_DISK } from './slow-disk.ts'
import { STALE_READ } from './stale-read.ts'
import { STEP_BY_STEP } from './step-by-step.ts'
import { UNCOMMITTED_SURVIVES } from './uncommitted-survives.ts'
import { UNSENT_PROPOSAL } from './unsent-proposal.ts'

export const SCENARIOS: readonly Scenario[] = [
  FIRST_ELECTION,
  ANATOMY_OF_A_ROUND,
  STEP_BY_STEP,
  UNSENT_PROPOSAL,
  UNCOMMITTED_SURVIVES,
  OLD_LEADER_RETURNS,
  CATCH_UP,
  MINORITY_PARTITION,
  LEADER_ISOLATED,
  STALE_READ,
  SESSION_EXPIRY,
  HERD,
  PAUSED_HOLDER,
  SLOW_DISK,
  ROLLING_RESTART,
  OBSERVERS,
]

/** Undefined: there is none of that id. */
export function scenarioOf(id: string): Scenario | undefined {
  return SCENARIOS.find((scenario) => scenario.id === id)
}
