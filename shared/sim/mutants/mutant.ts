// A deliberate defect: a piece of source text and what takes its place. The core itself knows nothing of it;
// whoever builds a mutant patches the source on the way. Checkers that let one live have a hole.

export interface Mutant {
  /** kebab-case. */
  readonly id: string
  /** One sentence: what this defect does. */
  readonly what: string
  /** From the root of the repository. */
  readonly file: string
  /** Exact text; it occurs once in the file. */
  readonly find: string
  readonly replace: string
  /** Invariants expected to flag it. */
  readonly guards: readonly string[]
  /** Scenarios of `reference` ids that tell its story. */
  readonly scenarios: readonly string[]
}
