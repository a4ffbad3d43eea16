import { expect, test } from 'vitest'
import type { FaultView } from '#shared/events/fault-request.ts'
import { harmedLinks } from './ring-faults.ts'

const fault = (id: FaultView['fault'], links: FaultView['links'], endsAt: number | null = 9): FaultView => ({
  id: `${id} ${links.join()}`,
  fault: id,
  target: { on: 'link', at: 1, to: 2 },
  parameters: {},
  sids: [1, 2],
  links,
  beganAt: 1,
  endsAt,
  text: `${id} it`,
})

test('both directions blocked is a cut, one is one-way from whoever still passes', () => {
  const both = harmedLinks([
    fault('cut', [
      [1, 2],
      [2, 1],
    ]),
  ])
  expect(both).toEqual([{ a: 1, b: 2, harm: 'cut', passes: null, texts: ['cut it'] }])
  expect(harmedLinks([fault('one-way', [[2, 1]])])[0]).toMatchObject({ harm: 'one-way', passes: 1 })
})

test('of several faults on one link the gravest is shown, and all are told', () => {
  const links = harmedLinks([fault('delay', [[3, 1]]), fault('loss', [[1, 3]]), fault('reset', [[1, 3]], null)])
  expect(links).toEqual([{ a: 1, b: 3, harm: 'lossy', passes: null, texts: ['delay it', 'loss it'] }])
})
