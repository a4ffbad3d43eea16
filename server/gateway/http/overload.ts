// [D-1] Sheds load when the event loop has been late for seconds: what is asked then would only make everybody wait. What
// changes something still goes through, because that is how an operator ends an overload.

import type { RequestHandler } from 'express'
import { LAG_BUSY_MIN, LAG_LOOK_MS, LAG_SHED_AFTER_MS, LAG_SHED_MS } from '../limits.ts'
import { sendProblem } from '../rest/problem.ts'

export const OVERLOADED = 'The gateway has more to do than it can. Try again in a few seconds.'

export class Overload {
  readonly #now: () => number
  readonly #busy: () => number
  readonly #timer: NodeJS.Timeout
  #expectedAt: number
  /** Since when each look was late; null: the last one was not. */
  #lateSince: number | null = null
  #shed = 0

  /**
   * @param now in ms, only ever more; tests have a clock of their own, and call `look` themselves
   * @param busy how much of the time since it was last asked the event loop had work, 0 to 1
   */
  constructor(now: () => number = () => performance.now(), busy = workSinceAsked()) {
    this.#now = now
    this.#busy = busy
    this.#expectedAt = now() + LAG_LOOK_MS
    this.#timer = setInterval(() => this.look(), LAG_LOOK_MS)
    this.#timer.unref()
  }

  close(): void {
    clearInterval(this.#timer)
  }

  get isOn(): boolean {
    return this.#lateSince !== null && this.#now() - this.#lateSince >= LAG_SHED_AFTER_MS
  }

  /** Requests that were turned away. */
  get shed(): number {
    return this.#shed
  }

  /** True: this request is turned away, and counted. */
  turnAway(): boolean {
    if (this.isOn) this.#shed += 1
    return this.isOn
  }

  /**
   * How late this look comes is how late everything else is. Late without work means that the machine gives us no time,
   * and turning requests away would not help.
   */
  look(): void {
    const now = this.#now()
    const late = now - this.#expectedAt
    this.#expectedAt = now + LAG_LOOK_MS
    const busy = this.#busy()
    if (late <= LAG_SHED_MS || busy < LAG_BUSY_MIN) this.#lateSince = null
    else this.#lateSince ??= now - late
  }
}

/** The share of the time since the last call, 0 to 1, that the event loop did not wait. */
export function workSinceAsked(): () => number {
  let before = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    return utilization
  }
}

/** Reads are answered 503 while it is on; what changes something, and a logout, go through. */
export function shedReads(overload: Overload): RequestHandler {
  return (request, response, next) => {
    const reads = request.method === 'GET' || request.method === 'HEAD'
    if (reads && overload.turnAway()) sendProblem(response, 'BUSY', OVERLOADED)
    else next()
  }
}
