// Every mutant there is.

import type { Mutant } from './mutant.ts'
import { SESSION_MUTANTS } from './session-mutants.ts'
import { TREE_MUTANTS } from './tree-mutants.ts'
import { WATCH_MUTANTS } from './watch-mutants.ts'

export const MUTANTS: readonly Mutant[] = [...SESSION_MUTANTS, ...WATCH_MUTANTS, ...TREE_MUTANTS]
