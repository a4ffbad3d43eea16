import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LinkLane, OVERTAKEN_MS_MAX } from './link-lane.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

function lane(random = () => 0.5) {
  const arrived: string[] = []
  return { arrived, lane: new LinkLane<string>((item) => arrived.push(item), random) }
}

test('without a rule everything passes at once', () => {
  const { arrived, lane: one } = lane()
  one.push('a', 1)
  expect(arrived).toEqual(['a'])
})

test('a cut holds everything back until it ends, then it comes in order', () => {
  const { arrived, lane: one } = lane()
  one.setRule({ type: 'cut' })
  one.push('a', 10)
  one.push('b', 10)
  vi.advanceTimersByTime(60_000)
  expect([arrived, one.heldBytes]).toEqual([[], 20])
  one.setRule(null)
  one.push('c', 1)
  vi.advanceTimersByTime(1)
  expect([arrived, one.heldBytes]).toEqual([['a', 'b', 'c'], 0])
})

test('a delay is a long way, not a slow one: two things sent together arrive together', () => {
  const { arrived, lane: one } = lane()
  one.setRule({ type: 'delay', ms: 100, jitterMs: 0 })
  one.push('a', 1)
  one.push('b', 1)
  vi.advanceTimersByTime(99)
  expect(arrived).toEqual([])
  vi.advanceTimersByTime(2)
  expect(arrived).toEqual(['a', 'b'])
})

test('jitter never turns the order round', () => {
  const rolls = [1, 0]
  const { arrived, lane: one } = lane(() => rolls.shift() ?? 0)
  one.setRule({ type: 'delay', ms: 10, jitterMs: 100 })
  one.push('late', 1)
  one.push('early', 1)
  vi.advanceTimersByTime(60)
  expect(arrived).toEqual([])
  vi.advanceTimersByTime(60)
  expect(arrived).toEqual(['late', 'early'])
})

test('a throttled line is busy with one thing after the other', () => {
  const { arrived, lane: one } = lane()
  one.setRule({ type: 'throttle', bytesPerSecond: 1000 })
  one.push('a', 100)
  one.push('b', 100)
  vi.advanceTimersByTime(101)
  expect(arrived).toEqual(['a'])
  vi.advanceTimersByTime(100)
  expect(arrived).toEqual(['a', 'b'])
})

test('a new rule holds for what is on its way, too', () => {
  const { arrived, lane: one } = lane()
  one.setRule({ type: 'delay', ms: 10_000, jitterMs: 0 })
  one.push('a', 1)
  one.setRule({ type: 'delay', ms: 5, jitterMs: 0 })
  vi.advanceTimersByTime(6)
  expect(arrived).toEqual(['a'])
})

test('duplicate: a message comes twice, what is none comes once', () => {
  const { arrived, lane: one } = lane(() => 0)
  const hits = { count: 0 }
  one.setRule({ type: 'duplicate', percent: 50 }, hits)
  one.push('who', 1)
  one.push('a', 1, true)
  expect([arrived, hits.count]).toEqual([['who', 'a', 'a'], 1])
})

test('reorder: a message comes behind the next one, and not later than a while', () => {
  let dice = 0
  const { arrived, lane: one } = lane(() => dice)
  const hits = { count: 0 }
  one.setRule({ type: 'reorder', percent: 50 }, hits)
  one.push('a', 1, true)
  dice = 0.9
  one.push('b', 1, true)
  expect([arrived, hits.count]).toEqual([['b', 'a'], 1])
  dice = 0
  one.push('alone', 1, true)
  expect(one.isEmpty).toBe(false)
  vi.advanceTimersByTime(OVERTAKEN_MS_MAX)
  expect(arrived).toEqual(['b', 'a', 'alone'])
  one.push('c', 1, true)
  one.push('end', 0)
  expect(arrived.slice(3), 'what is no message keeps its place').toEqual(['c', 'end'])
  one.push('d', 1, true)
  one.setRule(null)
  expect(arrived.at(-1), 'nothing is lost when the rule ends').toBe('d')
})

test('hold: everything waits until it is let go; a stream keeps its order, a message may go first, be dropped, or doubled', () => {
  const { arrived, lane: one } = lane()
  one.setRule({ type: 'hold' })
  for (const name of ['a', 'b']) one.push(name, 10)
  const [a = 0, b = 0] = one.held.map(({ id }) => id)
  expect([one.act(b, 'deliver').ok, one.act(a, 'drop').ok, arrived]).toEqual([false, false, []])
  expect([one.act(a, 'deliver').ok, one.act(a, 'deliver').ok, arrived]).toEqual([true, false, ['a']])
  one.act(b, 'deliver')
  for (const vote of ['v1', 'v2', 'v3']) one.push(vote, 10, true)
  const [first = 0, second = 0, third = 0] = one.held.map(({ id }) => id)
  one.act(third, 'deliver')
  one.act(first, 'drop')
  one.act(second, 'duplicate')
  expect([arrived.slice(2), one.heldBytes]).toEqual([['v3', 'v2', 'v2'], 0])
  one.push('last', 10)
  vi.advanceTimersByTime(60_000)
  expect(arrived.at(-1)).toBe('v2')
  one.setRule(null)
  vi.advanceTimersByTime(1)
  expect(arrived.at(-1), 'the end of the rule lets it go').toBe('last')
})
