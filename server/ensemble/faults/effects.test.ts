import { expect, test } from 'vitest'
import { checkFault, type FaultRequest } from '#shared/events/fault-request.ts'
import { effectsOf, type Roles } from './effects.ts'
import { faultText } from './words.ts'

const ROLES: Roles = new Map([
  [1, 'follower'],
  [2, 'follower'],
  [3, 'leader'],
  [4, 'observer'],
  [5, null],
])

function effects(request: FaultRequest) {
  const checked = checkFault(request)
  if (!checked.ok) throw new Error(checked.error)
  const found = effectsOf(checked.value, ROLES)
  if (!found.ok) throw new Error(found.error)
  const { sids, links } = found.value
  return { ...found.value, text: faultText(checked.value, sids, links) }
}

test('each direction of a link is broken at its sender', () => {
  const { lasting, text } = effects({ fault: 'cut', target: { on: 'link', at: 1, to: 2 } })
  expect(lasting.map(({ sid, on }) => [sid, on])).toEqual([
    [1, 'link 2 out'],
    [2, 'link 1 out'],
  ])
  expect(text).toBe('Cut between 1 and 2')
})

test('one way is out of the first unless asked otherwise', () => {
  expect(effects({ fault: 'one-way', target: { on: 'link', at: 3, to: 1 } })).toMatchObject({
    links: [[3, 1]],
    text: 'One-way cut from 3 to 1',
  })
  expect(effects({ fault: 'one-way', target: { on: 'isolate', at: 'leader', direction: 'in' } }).links).toEqual([
    [1, 3],
    [2, 3],
    [4, 3],
    [5, 3],
  ])
})

test('a partition cuts between groups; who is in none is a bridge', () => {
  const { links } = effects({
    fault: 'cut',
    target: {
      on: 'groups',
      groups: [
        [1, 2],
        [4, 5],
      ],
    },
  })
  expect(links).toHaveLength(8)
  expect(links.flat()).not.toContain(3)
})

test('roles mean who has them now', () => {
  expect(effects({ fault: 'pause', target: { on: 'member', at: 'followers' } }).sids).toEqual([1, 2])
  expect(effects({ fault: 'slow-flush', target: { on: 'disk', at: 'observers' } }).sids).toEqual([4])
  expect(effects({ fault: 'delay', target: { on: 'link', at: 'followers', to: 'all' } }).links).toHaveLength(14)
})

test('nobody leads: a sentence', () => {
  const checked = checkFault({ fault: 'kill', target: { on: 'member', at: 'leader' } })
  const found = checked.ok ? effectsOf(checked.value, new Map([[1, null]])) : null
  expect(found).toEqual({ ok: false, error: 'Nobody leads now. Name a member, or wait for the election.' })
})
