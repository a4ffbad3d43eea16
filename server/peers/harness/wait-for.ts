// Waiting on conditions, and for a while. Everything here that waits has a deadline and says what it waited for.

const POLL_MS = 25

/** Asks until the answer is neither null nor false; an ask that throws counts as "not yet". Rejects after timeoutMs. */
export async function waitFor<T>(
  what: string,
  timeoutMs: number,
  ask: () => T | null | false | Promise<T | null | false>,
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  let lastError = ''
  for (;;) {
    try {
      const answer = await ask()
      if (answer !== null && answer !== false) return answer
    } catch (error) {
      lastError = ` (${error instanceof Error ? error.message : String(error)})`
    }
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms for ${what}${lastError}`)
    await delay(POLL_MS)
  }
}

export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Rejects when `work` is not done in time. */
export async function within<T>(what: string, timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${timeoutMs} ms`)), timeoutMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
