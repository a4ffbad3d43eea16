import { expect, test } from 'vitest'
import { LINES_PER_WINDOW_MAX, limitedLogger, WINDOW_MS } from './limited-logger.ts'
import type { MemberLogger } from './logging.ts'

function recorder() {
  const lines: string[] = []
  const write = (first: unknown, message?: string) => {
    lines.push(typeof first === 'string' ? first : `${JSON.stringify(first)} ${message}`)
  }
  const log: MemberLogger = { debug: write, info: write, warn: write, error: write, fatal: write }
  return { lines, log }
}

test('of many lines of one kind the first are written, and the rest are counted', () => {
  const { lines, log } = recorder()
  let nowMs = 0
  const limited = limitedLogger(log, () => nowMs)
  for (let at = 0; at < 1000; at += 1) limited.warn({ from: 'x' }, `client closed: it sent a frame of ${at} bytes`)
  expect(lines).toHaveLength(LINES_PER_WINDOW_MAX)
  limited.warn('another kind')
  expect(lines).toHaveLength(LINES_PER_WINDOW_MAX + 1)
  nowMs += WINDOW_MS
  limited.info('later')
  expect(lines.slice(-2)).toEqual([
    `{"suppressed":${1000 - LINES_PER_WINDOW_MAX}} more lines like: client closed: it sent a frame of N bytes`,
    'later',
  ])
})

test('kinds without end are limited too, and errors never', () => {
  const { lines, log } = recorder()
  const limited = limitedLogger(log, () => 0)
  const letters = (at: number) =>
    `${String.fromCharCode(97 + (at % 26))}${String.fromCharCode(97 + (Math.floor(at / 26) % 26))}`
  for (let at = 0; at < 600; at += 1) limited.warn(`kind ${letters(at)}`)
  expect(lines.length).toBeLessThan(120)
  const before = lines.length
  for (let at = 0; at < 20; at += 1) limited.error('the disk failed')
  expect(lines).toHaveLength(before + 20)
})
