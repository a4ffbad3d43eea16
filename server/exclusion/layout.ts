// Where the contenders meet. The programs of other libraries get these as arguments.

/** The lock's directory. */
export const LOCK_DIR = '/exclusion/lock'
/** Ephemeral; there while somebody is inside. Its data: the contender's name. */
export const INSIDE = '/exclusion/inside'
/** Short, so that the end of a session happens within a run, and longer than an election. */
export const SESSION_TIMEOUT_MS = 6000
/** How long a holder stays, and how long it thinks before it comes again: up to so long. */
export const HOLD_MS_MAX = 10
export const THINK_MS_MAX = 30
