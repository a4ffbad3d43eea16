// The number at the end of a sequential znode's name, by which recipes order themselves.

/** Counters that have overflowed, whose names have an eleventh character, are beyond the recipes checked here. */
export function sequenceOf(name: string): number {
  return Number(name.slice(-10))
}
