// Runs something at most once per interval: at once when it has been quiet, otherwise at the end of the
// interval. This is what keeps React at no more than 10 updates a second, however many frames arrive.

export interface Pacer {
  /** Asks for a run. */
  nudge(): void
  stop(): void
}

export function createPacer(intervalMs: number, run: () => void): Pacer {
  let timer: ReturnType<typeof setTimeout> | undefined
  let again = false

  function open(): void {
    timer = undefined
    if (!again) return
    again = false
    fire()
  }

  function fire(): void {
    timer = setTimeout(open, intervalMs)
    run()
  }

  return {
    nudge() {
      if (timer === undefined) fire()
      else again = true
    },
    stop() {
      clearTimeout(timer)
      timer = undefined
      again = false
    },
  }
}
