import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatRoute,
  HOME,
  LOCK_FORMS,
  PLAY_TABS,
  parseRoute,
  ROUND_FORMS,
  type Route,
  type Selection,
  sameSelection,
  THEMES,
  TREE_FORMS,
  VIEWS,
} from './route.ts'

const path = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map((name) => `/${name}`)
const hex = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((n) => `0x${n.toString(16)}`)
const selection: fc.Arbitrary<Selection> = fc.oneof(
  fc.record({ type: fc.constant('member' as const), sid: fc.integer({ min: 0, max: 999 }) }),
  fc.record({ type: fc.constantFrom('znode' as const, 'watch' as const, 'contender' as const), path }),
  fc.record({ type: fc.constant('round' as const), zxid: hex }),
  fc.record({ type: fc.constant('session' as const), session: hex }),
)
const route: fc.Arbitrary<Route> = fc.record({
  cluster: fc.option(fc.constantFrom('staging', 'a-2')),
  view: fc.constantFrom(...VIEWS),
  selection: fc.option(selection),
  lock: fc.option(path),
  lockForm: fc.constantFrom(null, ...LOCK_FORMS),
  rounds: fc.constantFrom(...ROUND_FORMS),
  tree: fc.constantFrom(...TREE_FORMS),
  find: fc.string({ unit: 'grapheme', maxLength: 40 }),
  play: fc.constantFrom(...PLAY_TABS),
  language: fc.constantFrom(null, 'en', 'zh-CN'),
  theme: fc.constantFrom(null, ...THEMES),
})

describe('the route in the address', () => {
  test('any route survives the way through the address bar', () => {
    fc.assert(
      fc.property(route, (any) => {
        expect(parseRoute(formatRoute(any))).toEqual(any)
      }),
    )
  })

  test('is readable', () => {
    expect(formatRoute({ ...HOME, view: 'tree', selection: { type: 'znode', path: '/app/config' } })).toBe(
      '?view=tree&znode=/app/config',
    )
    expect(formatRoute(HOME)).toBe('')
  })

  test('what it does not understand is left out', () => {
    expect(parseRoute('?view=nothing&znode=relative&round=12&member=x&lang=fr&theme=pink&lock=no&as=pie')).toEqual(HOME)
  })
})

test('selections are the same by what they name', () => {
  expect(sameSelection({ type: 'znode', path: '/a' }, { type: 'znode', path: '/a' })).toBe(true)
  expect(sameSelection({ type: 'znode', path: '/a' }, { type: 'watch', path: '/a' })).toBe(false)
  expect(sameSelection(null, { type: 'member', sid: 1 })).toBe(false)
  expect(sameSelection(null, null)).toBe(true)
})
