import { expect, test } from 'vitest'
import { FAULT_CATALOGUE } from './fault-catalogue.ts'
import { checkFault, type FaultRequest } from './fault-request.ts'

test('the catalogue has no name twice, and defaults within limits', () => {
  expect(new Set(FAULT_CATALOGUE.map(({ id }) => id)).size).toBe(FAULT_CATALOGUE.length)
  for (const { parameters } of FAULT_CATALOGUE)
    for (const one of parameters) {
      expect(one.default).toBeGreaterThanOrEqual(one.min)
      expect(one.default).toBeLessThanOrEqual(one.max)
    }
})

test('what is left out is filled in from the catalogue', () => {
  const checked = checkFault({ fault: 'delay', target: { on: 'isolate', at: 'leader' }, parameters: { ms: 5 } })
  expect(checked.ok && checked.value).toMatchObject({
    direction: 'both',
    parameters: { ms: 5, jitterMs: 0 },
    durationMs: 10_000,
  })
})

const link = { on: 'link', at: 1, to: 2 } as const
test.each<[FaultRequest, string]>([
  [{ fault: 'cut', target: { on: 'disk', at: 1 } }, 'Cut is for link or clients, not for disk.'],
  [{ fault: 'cut', target: { ...link, direction: 'in' } }, 'ask for one-way'],
  [{ fault: 'one-way', target: { ...link, direction: 'both' } }, 'ask for a cut'],
  [{ fault: 'delay', target: link, parameters: { ms: 0.5 } }, 'Delay: ms is a whole number of ms from 0 to 60000.'],
  [{ fault: 'delay', target: link, parameters: { us: 1 } }, 'Delay takes ms and jitterMs, not us.'],
  [{ fault: 'cut', target: link, parameters: { ms: 1 } }, 'Cut takes no parameters, not ms.'],
  [{ fault: 'cut', target: link, durationMs: 5 }, 'from 100 to 600000 ms'],
  [{ fault: 'reset', target: link, durationMs: 500 }, 'Reset happens once'],
  [{ fault: 'cut', target: { on: 'groups', groups: [[1, 2]] } }, 'at least two groups'],
  [{ fault: 'cut', target: { on: 'groups', groups: [[1, 2], [2]] } }, 'Member 2 is in two groups.'],
])('%j is refused in words', (request, words) => {
  const checked = checkFault(request)
  expect(checked.ok ? '' : checked.error).toContain(words)
})
