// All checks of a history, HC-1 to HC-12, in one call. Linearizability by search, for histories without an L,
// is linearizable.ts.

import { openCase } from './case.ts'
import { checkFinals, checkFinalsAlone, checkStaleness } from './durability.ts'
import { checkEffects } from './effects.ts'
import type { CheckOptions, History, Violation } from './history.ts'
import {
  checkClientFifo,
  checkRealTimeOrder,
  checkSingleImage,
  checkSyncFreshness,
  checkUnknownOrder,
} from './order.ts'
import { checkNeverHappened, checkReads } from './reads.ts'
import { checkRecipes } from './recipes.ts'
import { replay } from './replay.ts'
import { checkExpiries, checkSessions } from './sessions.ts'
import { checkWatches } from './watches.ts'
import { checkWatchesAlone } from './watches-alone.ts'

/** What is wrong with a history, empty for nothing; at most VIOLATIONS_MAX. n log n in its length. */
export function checkHistory(history: History, options: CheckOptions): readonly Violation[] {
  const c = openCase(history, options)
  checkRealTimeOrder(c)
  checkUnknownOrder(c)
  checkClientFifo(c)
  checkSyncFreshness(c)
  checkSingleImage(c)
  checkNeverHappened(c)
  checkExpiries(c)
  checkStaleness(c)
  checkFinalsAlone(c)
  checkRecipes(c)
  const watches = isReplayable(options) && history.log ? [checkWatches(c)] : []
  replay(c, [checkEffects(c), checkReads(c), checkSessions(c), checkFinals(c), ...watches])
  if (watches.length === 0) checkWatchesAlone(c)
  return c.found
}

/** Whether a reply's zxid is the state that a watch was set at. */
function isReplayable(options: CheckOptions): boolean {
  return options.reads === 'exact'
}
