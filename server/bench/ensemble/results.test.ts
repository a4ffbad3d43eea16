import { expect, test } from 'vitest'
import { barsOf, formatBar, isMet, missFactor } from './bars.ts'
import { markdownReport, roundLine, verdictLines } from './report.ts'
import { type Round, verdicts } from './results.ts'
import { formatFigure, formatSpread, ratioOf, spreadOf } from './statistics.ts'

function round(cell: string, contestant: string, figures: Readonly<Record<string, number>>, failed = 0): Round {
  return { cell, contestant, figures, failed, examples: failed > 0 ? ['key 7 has version 3'] : [], sampled: 0 }
}

test('a median lies between', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 })
  expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 })
  expect(spreadOf([]).median).toBeNaN()
})

test('a ratio is of medians, and none where there is nothing to divide by', () => {
  expect(ratioOf(spreadOf([10, 30, 20]), spreadOf([5]))).toBe(4)
  expect(ratioOf(spreadOf([1]), undefined)).toBeNull()
  expect(ratioOf(spreadOf([1]), spreadOf([0]))).toBeNull()
})

test('figures show three digits that count', () => {
  expect([1234.5, 12.34, 1.234, 0.1234, 0, Number.NaN].map(formatFigure)).toEqual([
    ...['1235', '12.3', '1.23', '0.123', '0', '-'],
  ])
  expect(formatSpread({ median: 2, min: 1, max: 30 })).toBe('2.00 [1.00..30.0]')
  expect(formatSpread({ median: 2, min: 2, max: 2 })).toBe('2.00')
})

const bars = (name: string): string[] => barsOf(name).map((bar) => `${bar.metric} ${bar.of} ${formatBar(bar)}`)

test('[bars] pipelined cells have the high bars, other cells the low ones', () => {
  const reads = ['opsPerSecond ratio >= 4', 'p99Ms ratio <= 0.5', 'cpuMicroseconds ratio <= 0.2']
  for (const name of ['get-100B-c8-o16', 'exists-1024B-c64-o100', 'children10-c8-o100'])
    expect(bars(name)).toEqual(reads)
  const writes = ['opsPerSecond ratio >= 3', 'p99Ms ratio <= 0.5', 'cpuMicroseconds ratio <= 0.25']
  for (const name of ['set-100B-c64-o16', 'create-1024B-c8-o100', 'mixed90-100B-c8-o16'])
    expect(bars(name)).toEqual(writes)
  const others = ['opsPerSecond ratio >= 1.2', 'p99Ms ratio <= 1', 'cpuMicroseconds ratio <= 0.5']
  for (const name of ['get-100B-c1-o1', 'set-100B-c1-o100', 'mixed90-100B-c64-o1']) expect(bars(name)).toEqual(others)
})

test('[bars] a lone write is judged by its p50, too', () => {
  expect(bars('set-100B-c1-o1')).toContain('p50Ms ratio < 0.7')
  expect(bars('create-1024B-c1-o1')).toContain('p50Ms ratio < 0.7')
  expect(bars('get-100B-c1-o1')).not.toContain('p50Ms ratio < 0.7')
})

test('[bars] scenarios', () => {
  expect(bars('watch-oneshot')).toEqual(['eventsPerSecond ratio >= 4'])
  expect(bars('failover')).toEqual(['failoverMs ratio <= 0.333'])
  expect(bars('million')).toEqual(['restartMs ratio <= 0.333', 'residentMb value <= 600', 'pauseMs value <= 50'])
})

test('a bar is met on it, but not when it must be below', () => {
  const on = (is: 'at most' | 'at least' | 'below', figure: number): boolean =>
    isMet({ metric: 'p50Ms', of: 'ratio', is, limit: 2 }, figure)
  expect([on('at most', 2), on('at least', 2), on('below', 2)]).toEqual([true, true, false])
  expect([on('at most', 2.1), on('at least', 1.9), on('below', 1.9)]).toEqual([false, false, true])
  expect(missFactor({ metric: 'opsPerSecond', of: 'ratio', is: 'at least', limit: 4 }, 2)).toBe(2)
  expect(missFactor({ metric: 'p99Ms', of: 'ratio', is: 'at most', limit: 0.5 }, 1)).toBe(2)
})

const CELL = 'get-100B-c8-o16'
const MEASURED = [
  round(CELL, 'ours', { opsPerSecond: 900, p99Ms: 4, cpuMicroseconds: 10, generatorShare: 0.95, othersShare: 0.4 }),
  round(CELL, 'apache', { opsPerSecond: 100, p99Ms: 4, cpuMicroseconds: 100, generatorShare: 0.1, othersShare: 0.1 }),
]

test('verdicts compare ours with Apache', () => {
  expect(verdicts(MEASURED).map(({ figure, isMet: met, miss }) => [figure, met, miss])).toEqual([
    [9, true, 4 / 9],
    [1, false, 2],
    [0.1, true, 0.5],
  ])
})

test('without Apache there is nothing to compare, and nothing is missed', () => {
  expect(verdicts(MEASURED.slice(0, 1)).map(({ isMet: met }) => met)).toEqual([null, null, null])
})

test('a line tells of a busy generator, of noise and of failed checks', () => {
  expect(roundLine(MEASURED[0] ?? round('', '', {}))).toContain('(!) the generator is the limit   others 40 % (!)')
  expect(roundLine(round(CELL, 'ours', {}, 2))).toContain('(!) 2 checks FAILED: key 7 has version 3')
})

test('the table ends with what was missed worst', () => {
  const text = verdictLines(MEASURED).join('\n')
  expect(text).toContain('2 of 3 bars met')
  expect(text).toContain('in 1 of 2 rounds others used more than 25 % of the machine')
  expect(text).toContain('get-100B-c8-o16 p99 ms: 1.00, bar <= 0.5 (by a factor of 2.00)')
})

test('an earlier commit of ours gets ratios of its own', () => {
  const rounds = [...MEASURED, round(CELL, '628aafc0', { opsPerSecond: 450, p99Ms: 8 })]
  expect(verdictLines(rounds).join('\n')).toContain(
    'ours to 628aafc0\n  get-100B-c8-o16        2.00 ops/s   0.500 p99 ms',
  )
})

test('the report has bars, medians and ratios', () => {
  const text = markdownReport(MEASURED, { lines: ['3 servers each'] })
  expect(text).toContain('- 3 servers each')
  expect(text).toContain('| get-100B-c8-o16 | p99 ms | ratio | 1.00 | <= 0.5 | MISSED |')
  expect(text).toContain('| ours / apache | 9.00 | 1.00 | 0.100 |  |  |')
})
