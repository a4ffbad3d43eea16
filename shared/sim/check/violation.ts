// What a checker throws: the id of the broken rule and one sentence a person can start from.

import type { CheckId } from './checks.ts'

/** A rule of invariants.md does not hold. The run ends here: what came after would only confuse. */
export class Violation extends Error {
  override readonly name = 'Violation'
  /** D-4, S-1 … */
  readonly id: CheckId
  /** One sentence: which server, which zxids in the form `1/7`, at which step. */
  readonly what: string

  constructor(id: CheckId, what: string) {
    super(`${id}: ${what}`)
    this.id = id
    this.what = what
  }
}
