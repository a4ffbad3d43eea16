// How often a client does what.

import type { Work } from './client.ts'
import {
  drawNumber,
  moveMoney,
  pipeline,
  raiseCounter,
  readForAWhile,
  readRegister,
  useQueue,
  writeRegister,
} from './data-work.ts'
import { changeWatched, endSession, moveSession, useEphemerals, useLatch, useLock, watch } from './session-work.ts'

export const MIX: readonly { readonly weight: number; readonly run: Work }[] = [
  { weight: 20, run: writeRegister },
  { weight: 20, run: readRegister },
  { weight: 1, run: readForAWhile },
  { weight: 4, run: pipeline },
  { weight: 10, run: raiseCounter },
  { weight: 8, run: moveMoney },
  { weight: 10, run: useQueue },
  { weight: 5, run: drawNumber },
  { weight: 6, run: useLock },
  { weight: 4, run: useLatch },
  { weight: 5, run: useEphemerals },
  { weight: 12, run: watch },
  { weight: 12, run: changeWatched },
  { weight: 1, run: endSession },
  { weight: 1, run: moveSession },
]
