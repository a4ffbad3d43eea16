// Letters typed on the tree go to the first name that begins with them, also among a million that are not loaded: among the
// children of an open znode, else among its siblings.

import { goToChild } from '../../stores/tree-store.ts'

/** Letters that come sooner after another belong to the same beginning. */
const TOGETHER_MS = 800
/** Longest beginning. */
const CHARS_MAX = 200

let typed = ''
let within = '/'
let typedAt = 0

/**
 * @param parent of what is looked for, at the first letter; the next ones go on there
 * @returns whether the key is a letter, and so was dealt with
 */
export function typeAhead(key: string, parent: string): boolean {
  // A space alone is no beginning, but part of one.
  if ([...key].length !== 1 || (key === ' ' && typed === '')) return false
  const now = performance.now()
  if (now - typedAt >= TOGETHER_MS || typed === '') {
    typed = ''
    within = parent
  }
  typed = typed.slice(0, CHARS_MAX) + key
  typedAt = now
  void goToChild(within, typed)
  return true
}
