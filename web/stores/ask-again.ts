// Questions that failed because nobody could answer just then are asked again by themselves, so that a view is right as
// soon as the ensemble is. What was refused for another reason (no permission, a bad path) is for the person to change.

const AGAIN_AFTER_MS = 2000

/** A connection, a session or a leader was missing; or the answer took too long. */
const PASSING: ReadonlySet<string> = new Set([
  ...(['NO_SESSION', 'NO_ANSWER', 'TIMEOUT', 'RATE', 'OFFLINE'] as const),
  ...(['CONNECTIONLOSS', 'SESSIONEXPIRED', 'OPERATIONTIMEOUT', 'REQUESTTIMEOUT'] as const),
])

const waiting = new Map<string, ReturnType<typeof setTimeout>>()

/** Calls `again` in a while, if `code` is of something that passes; at most one call waits for each `what`. */
export function askAgainSoon(what: string, code: string, again: () => void): void {
  if (!PASSING.has(code) || waiting.has(what)) return
  const call = () => {
    waiting.delete(what)
    again()
  }
  waiting.set(what, setTimeout(call, AGAIN_AFTER_MS))
}
