// Reconfigurations at random among faults: one established leader an epoch, one history, nothing committed is ever
// lost, and in the end everybody is in one configuration. Repeat one seed with RECONFIG_SEED=n.

import { expect, test } from 'vitest'
import { reconfigureAtRandom } from './testing-random.ts'

const only = Number(process.env.RECONFIG_SEED ?? 0)
const seeds = only > 0 ? [only] : Array.from({ length: Number(process.env.RECONFIG_SEEDS ?? 40) }, (_, i) => i + 1)

test('[RECONF-2] [RECONF-3] [RECONF-9] stays safe and comes to one configuration', { timeout: 120_000 }, () => {
  let reconfigs = 0
  let epochs = 0
  for (const seed of seeds) {
    try {
      const ghost = reconfigureAtRandom(seed)
      reconfigs += ghost.reconfigs
      epochs += ghost.leaders.size
    } catch (error) {
      throw new Error(`RECONFIG_SEED=${seed}: ${String(error)}`, { cause: error })
    }
  }
  // It has tried what it claims to.
  expect(reconfigs).toBeGreaterThan(seeds.length)
  expect(epochs).toBeGreaterThan(seeds.length)
})
