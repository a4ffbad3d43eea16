// A broken invariant is our own bug: it throws, and the process that holds it stops.
// Never used for what others send us; that gets an error code or a Result.

export class AssertionFailed extends Error {
  override readonly name = 'AssertionFailed'
}

/** Throws AssertionFailed with `sentence`, which states what should have been true. */
export function assert(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new AssertionFailed(`should hold: ${sentence}`)
}

/** For the default branch of an exhaustive switch: a new union member breaks the build here. */
export function unreachable(value: never): never {
  throw new AssertionFailed(`should be unreachable: ${JSON.stringify(value)}`)
}
