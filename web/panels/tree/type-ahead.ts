// Letters typed on the tree go to the first sibling that begins with them, also among a million that are not loaded.

import { goToChild } from '../../stores/tree-store.ts'

/** Letters that come sooner after another belong to the same beginning. */
const TOGETHER_MS = 800
/** Longest beginning. */
const CHARS_MAX = 200

let typed = ''
let typedAt = 0

/** @returns whether the key is a letter, and so was dealt with */
export function typeAhead(key: string, parent: string): boolean {
  // A space alone is no beginning, but part of one.
  if ([...key].length !== 1 || (key === ' ' && typed === '')) return false
  const now = performance.now()
  typed = (now - typedAt < TOGETHER_MS ? typed : '').slice(0, CHARS_MAX) + key
  typedAt = now
  void goToChild(parent, typed)
  return true
}
