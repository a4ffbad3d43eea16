import { expect, test } from 'vitest'
import { FaultyClock } from './faulty-clock.ts'

function clocks() {
  const real = { now: 1000 }
  const clock = new FaultyClock({
    monotonicMs: () => real.now,
    wallMs: () => real.now + 5_000_000,
    preciseWallMs: () => real.now + 5_000_000.5,
  })
  return { real, clock }
}

test('an offset is of the wall clock alone', () => {
  const { clock } = clocks()
  clock.setOffset(-3000)
  expect([clock.monotonicMs(), clock.wallMs(), clock.preciseWallMs()]).toEqual([1000, 4_998_000, 4_998_000.5])
  clock.setOffset(0)
  expect(clock.wallMs()).toBe(5_001_000)
})

test('a jump is of both clocks, and stays', () => {
  const { clock } = clocks()
  clock.jump(70)
  clock.jump(30)
  expect([clock.monotonicMs(), clock.wallMs()]).toEqual([1100, 5_001_100])
})

test('frozen clocks stand still and then show what they would have shown; the monotonic one never goes back', () => {
  const { real, clock } = clocks()
  clock.setFrozen(true)
  real.now += 500
  clock.setFrozen(true)
  expect([clock.monotonicMs(), clock.wallMs()]).toEqual([1000, 5_001_000])
  clock.jump(10)
  expect(clock.monotonicMs(), 'not while it stands').toBe(1000)
  clock.setFrozen(false)
  expect(clock.monotonicMs()).toBe(1510)
})
