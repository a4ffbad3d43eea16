import { expect, test } from 'vitest'
import type { RequestNote } from './chronicle/chronicle.ts'
import { sessionRate } from './session-rate.ts'

const note = (t: number, session: string): RequestNote => ({
  ...{ t, session, sid: 1, op: 'getData', path: '/a', zxid: '0x1', latencyMs: 1 },
})

test('requests of the last ten seconds, of that session only', () => {
  const requests = [note(1000, '0xa'), note(21_000, '0xa'), note(22_000, '0xb'), note(25_000, '0xa')]
  expect(sessionRate(requests, '0xa', 30_000)).toBeCloseTo(0.2)
  expect(sessionRate(requests, '0xc', 30_000)).toBe(0)
  expect(sessionRate([], '0xa', 30_000)).toBe(0)
})

test('where fewer are kept than ten seconds hold, over the time that they cover', () => {
  const busy = Array.from({ length: 2000 }, (_, i) => note(28_000 + i, '0xa'))
  expect(sessionRate(busy, '0xa', 30_000)).toBeCloseTo(1000)
})
