// What the tables offer has a name in every language.

import { expect, test } from 'vitest'
import { FAULT_CATALOGUE } from '#shared/events/fault-catalogue.ts'
import { settingsOf, WORKLOAD_KINDS } from '#shared/events/workload-settings.ts'
import { MESSAGES } from './languages.ts'

const { playground } = MESSAGES.en

test('workloads, their settings and choices', () => {
  expect(Object.keys(playground.workloadTitles).sort()).toEqual([...WORKLOAD_KINDS].sort())
  expect(Object.keys(playground.workloadAbout).sort()).toEqual([...WORKLOAD_KINDS].sort())
  const settings = WORKLOAD_KINDS.flatMap((kind) => Object.entries(settingsOf(kind)))
  expect(Object.keys(playground.settings).sort()).toEqual([...new Set(settings.map(([name]) => name))].sort())
  const choices = settings.flatMap(([, setting]) => (setting.type === 'choice' ? setting.choices : []))
  expect(Object.keys(playground.choices).sort()).toEqual([...new Set(choices)].sort())
})

test('faults and their parameters', () => {
  const ids = FAULT_CATALOGUE.map(({ id }) => id)
  expect(Object.keys(playground.faultNames)).toEqual(ids)
  expect(Object.keys(playground.faultAbout)).toEqual(ids)
  const names = FAULT_CATALOGUE.flatMap(({ parameters }) => parameters.map(({ name }) => name))
  expect(Object.keys(playground.parameters).sort()).toEqual([...new Set(names)].sort())
})
