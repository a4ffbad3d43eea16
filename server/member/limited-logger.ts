// A log for what strangers can cause at will: of each kind of line the first few of a while are written, the rest are
// counted, and the count is told when the while is over. Nothing here costs anything until somebody misbehaves.

import type { MemberLogger } from './logging.ts'

/** Lines of one kind in one window. */
export const LINES_PER_WINDOW_MAX = 5
export const WINDOW_MS = 10_000
/** Kinds told apart in one window; beyond, all are one kind. */
const KINDS_MAX = 100

/** Only `warn` and `info` are limited: what the disk, the tree or an operator has to say comes through. */
export function limitedLogger(log: MemberLogger, nowMs: () => number): MemberLogger {
  const counts = new Map<string, number>()
  let endsMs = 0

  function mayWrite(kind: string): boolean {
    const now = nowMs()
    if (now >= endsMs) {
      tellSuppressed()
      endsMs = now + WINDOW_MS
    }
    const known = counts.has(kind) || counts.size < KINDS_MAX ? kind : 'of other kinds'
    const count = (counts.get(known) ?? 0) + 1
    counts.set(known, count)
    return count <= LINES_PER_WINDOW_MAX
  }

  function tellSuppressed(): void {
    for (const [kind, count] of counts)
      if (count > LINES_PER_WINDOW_MAX)
        log.warn({ suppressed: count - LINES_PER_WINDOW_MAX }, `more lines like: ${kind}`)
    counts.clear()
  }

  return {
    debug: log.debug.bind(log),
    error: log.error.bind(log),
    fatal: log.fatal.bind(log),
    info: limited(log.info.bind(log)),
    warn: limited(log.warn.bind(log)),
  }

  function limited(write: MemberLogger['warn']): MemberLogger['warn'] {
    const writeLimited = (first: unknown, message?: string) => {
      if (!mayWrite(kindOf(typeof first === 'string' ? first : (message ?? '')))) return
      if (typeof first === 'string') write(first)
      else write(first, message)
    }
    return writeLimited
  }
}

/** The line without its numbers, which differ from one to the next. */
function kindOf(message: string): string {
  return message.replaceAll(/-?\d+/g, 'N').slice(0, 200)
}
