import { expect, test } from 'vitest'
import { FAULT_KINDS, planFaults } from './plan.ts'

const TEN_MINUTES = 600_000

test('the same seed plans the same faults, another seed others', () => {
  expect(planFaults(7, TEN_MINUTES, FAULT_KINDS)).toEqual(planFaults(7, TEN_MINUTES, FAULT_KINDS))
  expect(planFaults(7, TEN_MINUTES, FAULT_KINDS)).not.toEqual(planFaults(8, TEN_MINUTES, FAULT_KINDS))
})

test('faults begin one after the other and end within the run', () => {
  const plan = planFaults(1, TEN_MINUTES, FAULT_KINDS)
  expect(plan.length).toBeGreaterThan(80)
  for (const [i, fault] of plan.entries()) {
    expect(fault.atMs).toBeGreaterThan(plan[i - 1]?.atMs ?? 0)
    expect(fault.atMs + fault.forMs).toBeLessThanOrEqual(TEN_MINUTES)
  }
})

test('ten minutes have every kind of fault, and some at one time', () => {
  for (const seed of [1, 2, 3]) {
    const plan = planFaults(seed, TEN_MINUTES, FAULT_KINDS)
    const types = new Set(plan.map(({ action }) => action.type))
    for (const type of ['kill', 'pause', 'isolate', 'disk', 'restart', 'clock'] as const) expect(types).toContain(type)
    expect(plan.some(({ atMs }, i) => (plan[i - 1]?.atMs ?? 0) + (plan[i - 1]?.forMs ?? 0) > atMs)).toBe(true)
  }
})

test('only what is asked for', () => {
  const plan = planFaults(3, TEN_MINUTES, ['pause', 'disk'])
  expect(new Set(plan.map(({ action }) => action.type))).toEqual(new Set(['pause', 'disk']))
})
