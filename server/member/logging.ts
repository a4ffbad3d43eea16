// The log of a member: one JSON object a line on stdout. Never data, never secrets: callers pass names,
// addresses, ids and reasons only.

import { type LogFn, type Logger, pino } from 'pino'

export type MemberLogger = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export function isLogLevel(text: string): text is LogLevel {
  return LOG_LEVELS.some((level) => level === text)
}

/** Lines are written at once, so that a killed process has said what it knew. */
export function createLogger(sid: number, level: LogLevel): MemberLogger & { level: string } {
  return pino({ level, base: { sid, pid: process.pid }, formatters: { level: (label) => ({ level: label }) } })
}

/** Lines that clients can cause, of each port: beyond this many in a second they are counted, and the count is said. */
export const CLIENT_LINES_PER_SECOND_MAX = 20
const SECOND_MS = 1000

/** A logger for what comes from outside, so that nobody fills our disk by talking nonsense. */
export function limitedLogger(log: MemberLogger, nowMs: () => number): MemberLogger {
  let windowEndsMs = 0
  let left = CLIENT_LINES_PER_SECOND_MAX
  let dropped = 0
  const limited = (level: 'debug' | 'info' | 'warn' | 'error' | 'fatal'): LogFn => {
    return (...args: unknown[]) => {
      const now = nowMs()
      if (now >= windowEndsMs) {
        windowEndsMs = now + SECOND_MS
        left = CLIENT_LINES_PER_SECOND_MAX
        if (dropped > 0) log.warn({ dropped }, 'so many lines about clients were not written')
        dropped = 0
      }
      left -= 1
      if (left < 0) dropped += 1
      else Reflect.apply(log[level], log, args)
    }
  }
  return {
    debug: limited('debug'),
    info: limited('info'),
    warn: limited('warn'),
    error: limited('error'),
    fatal: limited('fatal'),
  }
}

/** For tests and tools that want to hear nothing. */
export function silentLogger(): MemberLogger {
  return pino({ level: 'silent' })
}
