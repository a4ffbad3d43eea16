// Every mutant there is.

import { BROADCAST_MUTANTS } from './broadcast-mutants.ts'
import { EPOCH_MUTANTS } from './epoch-mutants.ts'
import type { Mutant } from './mutant.ts'
import { SESSION_MUTANTS } from './session-mutants.ts'
import { SYNC_MUTANTS } from './sync-mutants.ts'
import { TREE_MUTANTS } from './tree-mutants.ts'
import { WATCH_MUTANTS } from './watch-mutants.ts'

export const MUTANTS: readonly Mutant[] = [
  ...EPOCH_MUTANTS,
  ...SYNC_MUTANTS,
  ...BROADCAST_MUTANTS,
  ...SESSION_MUTANTS,
  ...WATCH_MUTANTS,
  ...TREE_MUTANTS,
]
