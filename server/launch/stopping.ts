// When to stop: Ctrl-C, SIGTERM, a closed terminal, or npm gone from under us. The second signal is for the
// impatient. What stopping means is up.ts's business.

import { parentOf } from '../ensemble/process-table.ts'

const PARENT_POLL_MS = 1000

export interface StopListener {
  /** Resolves with the reason at the first wish to stop. */
  readonly asked: Promise<string>
  /** Calls `force` at every further wish. */
  onImpatience(force: () => void): void
}

/** Installs handlers for the rest of this process's life. */
export function listenForStop(): StopListener {
  let stopped = false
  let force = (): void => undefined
  const asked = new Promise<string>((resolve) => {
    const ask = (reason: string): void => {
      if (stopped) force()
      stopped = true
      resolve(reason)
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ask(signal))
    if (process.env.npm_lifecycle_event) watchAncestors(() => ask('npm has ended'))
  })
  return {
    asked,
    onImpatience: (next) => {
      force = next
    },
  }
}

/** npm runs us directly or through a shell; when either is gone, nobody is left who could stop us. */
function watchAncestors(onOrphaned: () => void): void {
  const ancestors = (): string => `${process.ppid} ${parentOf(process.ppid)}`
  const before = ancestors()
  const timer = setInterval(() => {
    if (ancestors() === before) return
    clearInterval(timer)
    onOrphaned()
  }, PARENT_POLL_MS)
  timer.unref()
}
