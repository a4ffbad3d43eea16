// A server's clocks: the monotonic one may run a little fast or slow but never goes back; the wall clock also
// jumps. Both are whole milliseconds, as hosts give them.

export interface Clock {
  /** Where the monotonic clock stood at the world's `sinceUs`, microseconds. */
  baseUs: number
  sinceUs: number
  /** Parts per million by which it is fast. */
  ppm: number
  /** The wall clock's lead over the monotonic one, milliseconds. */
  wallMs: number
}

/** 2033-05-18, so that no test depends on today. */
const EPOCH_MS = 2_000_000_000_000

export function createClock(nowUs: number, offsetMs: number): Clock {
  return { baseUs: offsetMs * 1000, sinceUs: nowUs, ppm: 0, wallMs: EPOCH_MS }
}

function monotonicUs(clock: Clock, nowUs: number): number {
  const passed = nowUs - clock.sinceUs
  return clock.baseUs + passed + Math.floor((passed * clock.ppm) / 1e6)
}

export function monotonicMs(clock: Clock, nowUs: number): number {
  return Math.floor(monotonicUs(clock, nowUs) / 1000)
}

export function wallMs(clock: Clock, nowUs: number): number {
  return monotonicMs(clock, nowUs) + clock.wallMs
}

export function setDrift(clock: Clock, nowUs: number, ppm: number): void {
  clock.baseUs = monotonicUs(clock, nowUs)
  clock.sinceUs = nowUs
  clock.ppm = ppm
}

/** How long, in world time, until the server's own clock has gone on by `ms`. */
export function worldUsOf(clock: Clock, ms: number): number {
  return Math.max(1, Math.round((ms * 1000 * 1e6) / (1e6 + clock.ppm)))
}
