import { expect, test } from 'vitest'
import { createGaps, endGap, GAPS_MAX, noteGap, noteSampling } from './gaps.ts'

test('what comes again before the next listing, or soon after it, is one interruption', () => {
  const gaps = createGaps()
  for (const t of [1000, 1100, 1200]) noteGap(gaps, 'leader', t)
  endGap(gaps, 1500)
  noteGap(gaps, 'leader', 4000)
  endGap(gaps, 4500)
  noteGap(gaps, 'stream', 5000)
  endGap(gaps, 5100)
  noteGap(gaps, 'stream', 60_000)
  expect(gaps.all).toEqual([
    { reason: 'leader', sinceMs: 1000, untilMs: 4500 },
    { reason: 'stream', sinceMs: 5000, untilMs: 5100 },
    { reason: 'stream', sinceMs: 60_000, untilMs: null },
  ])
})

test('a time of samples is one interruption, however many listings there are in it', () => {
  const gaps = createGaps()
  noteSampling(gaps, true, 1000)
  for (let t = 1100; t < 60_000; t += 100) {
    noteGap(gaps, 'sampled', t)
    endGap(gaps, t)
  }
  noteSampling(gaps, false, 60_000)
  endGap(gaps, 60_100)
  expect(gaps.all).toEqual([{ reason: 'sampled', sinceMs: 1000, untilMs: 60_100 }])
})

test('gaps are bounded, and those forgotten are counted', () => {
  const gaps = createGaps()
  for (let i = 0; i < GAPS_MAX + 3; i += 1) {
    noteGap(gaps, 'session', i * 60_000)
    endGap(gaps, i * 60_000 + 1)
  }
  expect([gaps.all.length, gaps.dropped]).toEqual([GAPS_MAX, 3])
})
