// A clock that can be wrong: the wall clock set to another time, both clocks jumping ahead as after a machine's sleep,
// both standing still. The monotonic one never goes back, whatever happens.

import { err, ok, type Result } from '#shared/base/result.ts'
import type { Clock } from '../clock.ts'

/**
 * offset: the wall clock is wrong by so much. jump: both clocks are this much ahead from now on, for good. freeze: both
 * stand still; afterwards they show what they would have shown.
 */
export type ClockRule =
  | { readonly type: 'offset'; readonly ms: number }
  | { readonly type: 'jump'; readonly ms: number }
  | { readonly type: 'freeze' }

export const CLOCK_OFFSET_MS_MAX = 100 * 365 * 86_400_000
export const CLOCK_JUMP_MS_MAX = 86_400_000

/** The error is a sentence. */
export function parseClockRule(value: unknown): Result<ClockRule, string> {
  if (typeof value !== 'object' || value === null || !('type' in value))
    return err('a clock rule is an object with a type')
  const ms = 'ms' in value ? value.ms : undefined
  const whole = typeof ms === 'number' && Number.isInteger(ms) ? ms : null
  switch (value.type) {
    case 'freeze':
      return ok({ type: 'freeze' })
    case 'offset':
      if (whole !== null && Math.abs(whole) <= CLOCK_OFFSET_MS_MAX) return ok({ type: 'offset', ms: whole })
      return err(`offset: ms is a whole number, at most ${CLOCK_OFFSET_MS_MAX} either way`)
    case 'jump':
      if (whole !== null && whole >= 1 && whole <= CLOCK_JUMP_MS_MAX) return ok({ type: 'jump', ms: whole })
      return err(`jump: ms is a whole number from 1 to ${CLOCK_JUMP_MS_MAX}`)
    default:
      return err('the type of a clock rule is offset, jump or freeze')
  }
}

interface Reading {
  readonly monotonicMs: number
  readonly wallMs: number
  readonly preciseWallMs: number
}

export class FaultyClock implements Clock {
  readonly #below: Clock
  #offsetMs = 0
  #jumpedMs = 0
  #frozen: Reading | null = null

  constructor(below: Clock) {
    this.#below = below
  }

  monotonicMs(): number {
    return this.#frozen?.monotonicMs ?? this.#below.monotonicMs() + this.#jumpedMs
  }

  wallMs(): number {
    return this.#frozen?.wallMs ?? this.#below.wallMs() + this.#offsetMs + this.#jumpedMs
  }

  preciseWallMs(): number {
    return this.#frozen?.preciseWallMs ?? this.#below.preciseWallMs() + this.#offsetMs + this.#jumpedMs
  }

  setOffset(ms: number): void {
    this.#offsetMs = ms
  }

  jump(ms: number): void {
    this.#jumpedMs += ms
  }

  setFrozen(on: boolean): void {
    if (!on) this.#frozen = null
    else
      this.#frozen ??= {
        monotonicMs: this.monotonicMs(),
        wallMs: this.wallMs(),
        preciseWallMs: this.preciseWallMs(),
      }
  }
}
