import { expect, test } from 'vitest'
import { checkHistory } from './check.ts'
import { STRICT } from './history.ts'
import {
  ask,
  catchUp,
  connect,
  create,
  createEnsemble,
  exists,
  getChildren,
  getData,
  historyOf,
  setData,
  settle,
} from './testing.ts'

test('a good one', () => {
  const e = createEnsemble()
  const a = connect(e, 1)
  const b = connect(e, 2)
  ask(e, a, create('/a', 'x'))
  ask(e, b, exists('/a', true))
  ask(e, a, setData('/a', 'y'))
  ask(e, b, getData('/a', true))
  catchUp(e, 2)
  ask(e, b, getChildren('/'))
  const finals = settle(e)
  expect(checkHistory(historyOf(e), { ...STRICT, finals })).toEqual([])
  expect(e.events.length).toBe(1)
})
