// `npm run differential`: one seeded stream of requests to Apache's server and to ours; every answer must be the same.
// Exit codes: 0 alike, 1 not, 2 misused, 3 no Apache here.

import { readOptions, wholeNumber } from '../harness/arguments.ts'
import { apacheMissing } from '../harness/member-process.ts'
import { compareServers } from './compare.ts'

export async function differentialMain(args: readonly string[], memberEntry: string): Promise<number> {
  const missing = apacheMissing()
  if (missing !== null) {
    console.error(`differential: Apache ZooKeeper is ${missing}`)
    return 3
  }
  const options = readOptions(args, { steps: '5000', seed: String(Date.now() % 1_000_000), seeds: '1' })
  const steps = wholeNumber('steps', options.steps, 0)
  const first = wholeNumber('seed', options.seed, 0)
  const seeds = wholeNumber('seeds', options.seeds, 1)
  for (let seed = first; seed < first + seeds; seed += 1) {
    const { steps: done, leftOut, differences } = await compareServers(memberEntry, seed, steps)
    console.log(`seed ${seed}: ${done} steps, ${differences.length === 0 ? 'every answer alike' : 'not alike'}`)
    for (const [reason, count] of leftOut) console.log(`  left out ${count}: ${reason}`)
    for (const difference of differences) console.log(`  ${difference}`)
    if (differences.length > 0) {
      console.log(`  Repeat: npm run differential -- --seed ${seed} --steps ${steps}`)
      return 1
    }
  }
  return 0
}
