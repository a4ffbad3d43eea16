import { expect, test } from 'vitest'
import { makeZxid, type Zxid } from '#shared/zk/zxid.ts'
import { createRoundSampler, ROUNDS_PER_SECOND_MAX } from './round-sampler.ts'

/** A second of `perSecond` txns, evenly. */
function rig() {
  let now = 0
  const silence = (ms: number) => {
    now += ms
  }
  const changes: number[] = []
  const sampler = createRoundSampler(
    () => now,
    (every) => changes.push(every),
  )
  const second = (perSecond: number) => {
    for (let i = 0; i < perSecond; i += 1) {
      now += 1000 / perSecond
      sampler.count()
    }
  }
  return { sampler, second, silence, changes }
}

test('up to so many a second all rounds are told', () => {
  const { sampler, second, changes } = rig()
  second(ROUNDS_PER_SECOND_MAX)
  expect(changes).toEqual([])
  expect(sampler.isTold(makeZxid(1, 7))).toBe(true)
})

test('above that every second, fourth … one: what a coarser server tells, a finer one tells as well', () => {
  const { sampler, second, changes } = rig()
  second(3 * ROUNDS_PER_SECOND_MAX)
  expect(changes.at(-1)).toBe(4)
  const told = [1, 2, 3, 4, 5, 6, 7, 8].filter((counter) => sampler.isTold(makeZxid(3, counter)))
  expect(told).toEqual([4, 8])
  expect(sampler.passesTold(makeZxid(3, 5), makeZxid(3, 7))).toBe(false)
  expect(sampler.passesTold(makeZxid(3, 7), makeZxid(3, 9))).toBe(true)
  expect(sampler.passesTold(makeZxid(3, 7), (makeZxid(4, 0) + 1) as Zxid)).toBe(true)
})

test('becomes finer only after a while, so that servers do not differ for long', () => {
  const { second, changes } = rig()
  second(3 * ROUNDS_PER_SECOND_MAX)
  changes.length = 0
  second(ROUNDS_PER_SECOND_MAX / 2)
  expect(changes).toEqual([])
  second(ROUNDS_PER_SECOND_MAX / 2)
  second(1)
  expect(changes).toEqual([1])
})

test('tells the first round after a silence', () => {
  const { sampler, second, silence } = rig()
  second(3 * ROUNDS_PER_SECOND_MAX)
  silence(3000)
  sampler.count()
  expect(sampler.isTold(makeZxid(1, 7))).toBe(true)
})
