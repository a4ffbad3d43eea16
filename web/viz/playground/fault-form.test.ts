import { expect, test } from 'vitest'
import { FAULT_CATALOGUE } from '#shared/events/fault-catalogue.ts'
import { checkFault } from '#shared/events/fault-request.ts'
import { chooseFault, EVERYBODY, FIRST_FORM, faultRequest, kindOf } from './fault-form.ts'

test('every fault of the palette, at every place it has, makes a request that the gateway takes', () => {
  for (const { id } of FAULT_CATALOGUE)
    for (const place of kindOf(id).places)
      for (const to of place === 'link' ? ['2', EVERYBODY] : [EVERYBODY]) {
        const form = { ...chooseFault(FIRST_FORM, id), place, at: '1', to }
        expect([id, place, checkFault(faultRequest(form))]).toMatchObject([id, place, { ok: true }])
      }
})

test('roles, links and durations become what they say', () => {
  expect(faultRequest(FIRST_FORM)).toEqual({
    ...{ fault: 'cut', target: { on: 'isolate', at: 'leader' }, parameters: {}, durationMs: 10_000 },
  })
  const link = { ...chooseFault(FIRST_FORM, 'delay'), at: '3', to: '1' }
  expect(faultRequest(link).target).toEqual({ on: 'link', at: 3, to: 1 })
  expect(faultRequest(chooseFault(FIRST_FORM, 'restart')).durationMs).toBeUndefined()
})
