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

test('an offset is of the wall clock alone; events keep their time', () => {
  const { clock } = clocks()
  clock.setOffset(-3000)
  expect([clock.monotonicMs(), clock.wallMs(), clock.preciseWallMs()]).toEqual([1000, 4_998_000, 5_001_000.5])
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

test('a drifting clock runs faster or slower; then the wall clock is right again, and the monotonic one goes on', () => {
  const { real, clock } = clocks()
  clock.setDrift(50)
  real.now += 1000
  expect([clock.monotonicMs(), clock.wallMs()]).toEqual([2500, 5_002_500])
  clock.setDrift(-90)
  real.now += 1000
  expect(clock.monotonicMs()).toBe(2600)
  clock.setDrift(0)
  real.now += 100
  expect([clock.monotonicMs(), clock.wallMs()]).toEqual([2700, 5_003_100])
})

test('a pace is of the monotonic clock alone; time that was not counted is not made up for', () => {
  const { real, clock } = clocks()
  clock.setPace(0)
  real.now += 60_000
  expect([clock.monotonicMs(), clock.wallMs()]).toEqual([1000, 5_061_000])
  clock.setDrift(100)
  clock.setPace(10)
  real.now += 1000
  expect(clock.monotonicMs()).toBe(1200)
  clock.setDrift(0)
  clock.setPace(100)
  real.now += 7
  expect(clock.monotonicMs()).toBe(1207)
})
