// A clock that can be wrong: the wall clock set to another time, both clocks jumping ahead as after a machine's sleep,
// standing still, too fast or too slow. The monotonic one never goes back, whatever happens. The times of events are
// the observers' own measure: they stay right.

import { err, ok, type Result } from '#shared/base/result.ts'
import type { Clock } from '../clock.ts'

/**
 * offset: the wall clock is wrong by so much. jump: both clocks are this much ahead from now on, for good. freeze: both
 * stand still; afterwards they show what they would have shown. drift: both run so much faster, or slower; afterwards
 * the wall clock is set right, and the monotonic one goes on from where it is. pace: the monotonic clock alone runs at so
 * many percent of its speed, so that no timeout runs out while somebody looks at what is held; it goes on likewise.
 */
export type ClockRule =
  | { readonly type: 'offset'; readonly ms: number }
  | { readonly type: 'jump'; readonly ms: number }
  | { readonly type: 'freeze' }
  | { readonly type: 'drift'; readonly fasterPercent: number }
  | { readonly type: 'pace'; readonly percent: number }

export const CLOCK_OFFSET_MS_MAX = 100 * 365 * 86_400_000
export const CLOCK_JUMP_MS_MAX = 86_400_000
/** Ten times as fast. */
export const CLOCK_FASTER_PERCENT_MAX = 900
/** A hundredth of the speed; still less is to freeze. */
export const CLOCK_FASTER_PERCENT_MIN = -99

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
    case 'drift': {
      const faster = 'fasterPercent' in value ? value.fasterPercent : undefined
      const [min, max] = [CLOCK_FASTER_PERCENT_MIN, CLOCK_FASTER_PERCENT_MAX]
      if (isWhole(faster, min, max) && faster !== 0) return ok({ type: 'drift', fasterPercent: faster })
      return err(`drift: fasterPercent is a whole number from ${min} to ${max}, and not 0`)
    }
    case 'pace': {
      const percent = 'percent' in value ? value.percent : undefined
      return isWhole(percent, 0, 100)
        ? ok({ type: 'pace', percent })
        : err('pace: percent is a whole number from 0 to 100')
    }
    default:
      return err('the type of a clock rule is offset, jump, freeze, drift or pace')
  }
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
}

interface Reading {
  readonly monotonicMs: number
  readonly wallMs: number
}

/** A clock that runs at another speed since `atMs` of the clock below, when it showed `wasMs`. */
interface Speed {
  readonly rate: number
  readonly atMs: number
  readonly wasMs: number
}

export class FaultyClock implements Clock {
  readonly #below: Clock
  #offsetMs = 0
  #jumpedMs = 0
  #frozen: Reading | null = null
  #speed: Speed | null = null
  #lagMs = 0
  #fasterPercent = 0
  #driftsSinceMs = 0
  #pacePercent = 100

  constructor(below: Clock) {
    this.#below = below
  }

  monotonicMs(): number {
    return this.#frozen?.monotonicMs ?? this.#running() + this.#jumpedMs
  }

  wallMs(): number {
    return this.#frozen?.wallMs ?? this.#below.wallMs() + this.#offsetMs + this.#jumpedMs + this.#drifted()
  }

  preciseWallMs(): number {
    return this.#below.preciseWallMs()
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
      }
  }

  /** 0: it is as fast as it should be. */
  setDrift(fasterPercent: number): void {
    this.#fasterPercent = fasterPercent
    this.#driftsSinceMs = this.#below.monotonicMs()
    this.#setSpeed()
  }

  /** 100: as it should be. */
  setPace(percent: number): void {
    this.#pacePercent = percent
    this.#setSpeed()
  }

  #running(): number {
    const below = this.#below.monotonicMs()
    const speed = this.#speed
    return speed === null ? below + this.#lagMs : speed.wasMs + (below - speed.atMs) * speed.rate
  }

  #drifted(): number {
    if (this.#fasterPercent === 0) return 0
    return Math.round(((this.#below.monotonicMs() - this.#driftsSinceMs) * this.#fasterPercent) / 100)
  }

  #setSpeed(): void {
    const [wasMs, atMs] = [this.#running(), this.#below.monotonicMs()]
    const rate = ((100 + this.#fasterPercent) / 100) * (this.#pacePercent / 100)
    this.#lagMs = wasMs - atMs
    this.#speed = rate === 1 ? null : { rate, atMs, wasMs }
  }
}
