// What may be done with a key of zoo.cfg, as data. The keys themselves are in the files of their areas, and all
// together in config-keys.ts.

export type KeyRule =
  /** Its area's reader reads it. */
  | { readonly type: 'honoured' }
  /** Accepted with these values (lower case); anything else is refused because of `why`. */
  | { readonly type: 'only'; readonly values: readonly string[]; readonly why: string }
  | { readonly type: 'refused'; readonly why: string }

export type KeyRules = Readonly<Record<string, KeyRule>>

export const HONOURED: KeyRule = { type: 'honoured' }

/** `values`: in lower case, between spaces. */
export function only(values: string, why: string): KeyRule {
  return { type: 'only', values: values.split(' '), why }
}

export function refused(why: string): KeyRule {
  return { type: 'refused', why }
}
