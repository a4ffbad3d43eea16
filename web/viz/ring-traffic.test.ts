import { expect, test } from 'vitest'
import { round } from '../testing/samples.ts'
import { linkLoad } from './ring-traffic.ts'

const rounds = [
  round('0x100000001', { 1: { acked: 3 }, 2: { acked: 4 } }),
  round('0x100000002', { 1: { acked: 5 } }),
  round('0x100000003', { 1: { received: 6 } }),
]
const told = { '3>2': { t: 10_000, bytesSent: 900, queuedBytes: 512, bytesPerS: 120 } }

test('what a learner has not acked is under way to it', () => {
  const leader = rounds[0]?.leader ?? 0
  const load = (sid: number, sampling = {}) => linkLoad({ rounds, sampling }, {}, leader, sid, 0)
  expect(load(1)).toMatchObject({ inFlight: 1, exact: true, bytesPerS: null })
  expect(load(2)).toMatchObject({ inFlight: 2, exact: true })
  expect(load(4)).toMatchObject({ inFlight: 3, exact: false })
  expect(load(2, { 3: 8 })).toMatchObject({ inFlight: 16, exact: false })
})

test('what was told of a link long ago is not about now', () => {
  const at = (now: number) => linkLoad({ rounds: [], sampling: {} }, told, 3, 2, now)
  expect(at(11_000)).toMatchObject({ queuedBytes: 512, bytesPerS: 120 })
  expect(at(16_000)).toMatchObject({ queuedBytes: 0, bytesPerS: null })
})
