// How often something happened in the last minute, exactly. The caller's rate limits bound how much it remembers.

const MINUTE_MS = 60_000

export class PerMinute {
  readonly #times: number[] = []

  count(nowMs: number): void {
    this.#times.push(nowMs)
    this.#forget(nowMs)
  }

  inLastMinute(nowMs: number): number {
    this.#forget(nowMs)
    return this.#times.length
  }

  #forget(nowMs: number): void {
    while ((this.#times[0] ?? nowMs) <= nowMs - MINUTE_MS) this.#times.shift()
  }
}
