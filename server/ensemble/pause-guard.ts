// A paused process cannot notice that its supervisor was killed, so something beside it does: a shell that waits for the
// end of a pipe to us, and then lets the process go on. That one sees the end of its own pipe, and ends.

import { spawn } from 'node:child_process'

/** Waits for the end of its input; a process that has ended meanwhile needs nothing. */
const SCRIPT = 'read _; kill -CONT "$1" 2>/dev/null'

/** For as long as `pid` is paused; the returned function ends the guard, which lets the process go on. */
export function guardPaused(pid: number): () => void {
  const guard = spawn('/bin/sh', ['-c', SCRIPT, 'zabscope-pause-guard', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {},
    // Ctrl-C is for the supervisor.
    detached: true,
  })
  // Without a shell a paused member waits for the next supervisor of its directory (directory-lock.ts).
  guard.on('error', () => undefined)
  guard.stdin.on('error', () => undefined)
  return () => guard.stdin.destroy()
}
