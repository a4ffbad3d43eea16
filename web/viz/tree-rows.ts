// What a name of a znode tells of itself. Pure; the rows of the tree are in tree/outline.ts.

/** Where the number that the server gave this name begins: ten digits, or a sign and nine. Null without one. */
export function sequenceStart(name: string): number | null {
  const match = /(?:\d{10}|-\d{9})$/.exec(name)
  return match && match.index > 0 ? match.index : null
}
