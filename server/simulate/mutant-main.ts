// Runs inside a mutant's bundle: seeds until a checker or an assertion of the core finds the defect. Prints one
// line of JSON: who found it, in which seed, after how many.

import { planRun } from '#shared/sim/faults/plan.ts'
import { runSpec } from '#shared/sim/run.ts'
import { judgeOf } from './totals.ts'

const [firstSeed = 1, seedsMax = 1, hint = 0] = process.argv.slice(2).map(Number)

function hunt(): { by: string; what: string; seed: number; seeds: number; steps: number } | null {
  const seeds = Array.from({ length: seedsMax }, (_, i) => firstSeed + i)
  // The seed that found it last time comes first; it may not any more when something else has changed.
  if (hint > 0) seeds.unshift(hint)
  let steps = 0
  for (const [index, seed] of seeds.entries()) {
    const { verdict, world } = runSpec(planRun(seed), judgeOf)
    steps += world.steps
    if (verdict) {
      const what = verdict.what.split('\n')[0] ?? ''
      return { by: verdict.id, what, seed, seeds: index + 1, steps }
    }
  }
  return null
}

console.log(JSON.stringify(hunt()))
