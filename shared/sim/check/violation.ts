// What a checker throws: the id of the broken rule and one sentence a person can start from.

import { RuleBroken } from '../run.ts'
import type { CheckId } from './checks.ts'

/** A rule of invariants.md does not hold. The run ends here: what came after would only confuse. */
export class Violation extends RuleBroken {
  override readonly id: CheckId

  /** `what`: which server, which zxids in the form `1/7`, at which step. */
  constructor(id: CheckId, what: string) {
    super(id, what)
    this.id = id
  }
}
