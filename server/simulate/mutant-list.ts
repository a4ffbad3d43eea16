// All mutants, for the script that builds them.

import { MUTANTS } from '#shared/sim/mutants/all.ts'

console.log(JSON.stringify(MUTANTS))
