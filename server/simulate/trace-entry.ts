// The simulator as a function of a seed, for anything that runs JavaScript: node, and a page. What it gives must
// be the same in both.

import { planRun } from '#shared/sim/faults/plan.ts'
import { runSpec } from '#shared/sim/run.ts'

/** The fingerprint of the run that `seed` draws, and how many core steps it took. */
export function traceOf(seed: number): { readonly trace: string; readonly steps: number } {
  const { trace, world } = runSpec(planRun(seed), null)
  return { trace, steps: world.steps }
}
