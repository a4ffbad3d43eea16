// The log of a member: one JSON object a line on stdout. Never data, never secrets: callers pass names,
// addresses, ids and reasons only.

import { type Logger, pino } from 'pino'

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

/** For tests and tools that want to hear nothing. */
export function silentLogger(): MemberLogger {
  return pino({ level: 'silent' })
}
