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
  /** Stories told for it, for what chance does not find: ids in the names of scenarios, or of the core's own tests. */
  readonly scenarios: readonly string[]
}
