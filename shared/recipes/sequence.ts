// The number that a sequential create appends: ten digits, or a sign and nine or ten digits once the
// parent's signed 32-bit counter has run over. What libraries make of a negative one is in order.ts.
// Source: PrepRequestProcessor ("%010d"), locks-and-recipes.md §1.3, §1.4.

/** A suffix inside a pattern. A name with a `-` before ten digits needs splitSequence to tell sign from separator. */
export const SEQUENCE = '(?:\\d{10}|-\\d{9,10})'

/** From here on an order by suffix is about to end: the counter wraps at 2^31. */
export const NEAR_OVERFLOW = 2 ** 31 - 1_000_000

export interface SplitName {
  readonly prefix: string
  readonly suffix: string
  readonly sequence: number
}

/**
 * Splits `lock-0000000003` into its parts; null when the name ends in no suffix. A `-` before ten digits
 * separates, unless another `-` stands before it; before nine digits it can only be the sign.
 */
export function splitSequence(name: string): SplitName | null {
  const suffix = /(?:(?<=-)-\d{10}|(?<!\d)\d{10}|-\d{9}|^-\d{10})$/.exec(name)?.[0] ?? /\d{10}$/.exec(name)?.[0]
  if (suffix === undefined) return null
  return { prefix: name.slice(0, name.length - suffix.length), suffix, sequence: Number(suffix) }
}
