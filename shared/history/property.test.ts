// Random correct histories are found correct; each single defect put into one is noticed by the check that is
// there for it. A checker that has never failed is not evidence.

import { describe, expect, test } from 'vitest'
import { createPrng } from '../base/prng.ts'
import { checkHistory } from './check.ts'
import { DEFECTS, draftOf } from './corruptions.ts'
import { STRICT } from './history.ts'
import { randomEnsemble } from './random-history.ts'
import { historyOf, settle } from './testing.ts'

const SEED = Number(process.env.HISTORY_SEED ?? 1)
const SEEDS = Number(process.env.HISTORY_SEEDS ?? 8)
const STEPS = 220

const RUNS = Array.from({ length: SEEDS }, (_, i) => {
  const seed = SEED + i
  const e = randomEnsemble(createPrng(seed), STEPS)
  const finals = settle(e)
  return { seed, history: historyOf(e), finals }
})

describe(`random histories, HISTORY_SEED=${SEED} HISTORY_SEEDS=${SEEDS}`, () => {
  test('correct ones are found correct', () => {
    let events = 0
    let unknown = 0
    let refused = 0
    for (const { seed, history, finals } of RUNS) {
      expect(checkHistory(history, { ...STRICT, finals }).slice(0, 3), `seed ${seed}`).toEqual([])
      events += history.events.length
      unknown += history.operations.filter((op) => op.doneAtMs === null).length
      refused += history.connections.filter((record) => record.refusedAtMs !== null).length
    }
    expect([events > 10 * SEEDS, unknown > 0, refused > 0], 'the runs prove something').toEqual([true, true, true])
  })

  test.each(DEFECTS.map((defect) => [`${defect.id}: ${defect.name}`, defect] as const))('%s', (_name, defect) => {
    let spoilt = 0
    for (const { seed, history, finals } of RUNS) {
      const draft = draftOf(history, finals)
      if (!defect.spoil(draft, createPrng(seed + 1000))) continue
      spoilt += 1
      const found = checkHistory(draft, { ...STRICT, finals: draft.finals }).map(({ id }) => id)
      expect(found, `seed ${seed}`).toContain(defect.id)
    }
    expect(spoilt, 'the defect had a place in some run').toBeGreaterThan(0)
  })
})
