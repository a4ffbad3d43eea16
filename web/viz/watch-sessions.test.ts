// Watches by session, and the time in which a one-shot hears nothing.

import { expect, test } from 'vitest'
import type { WatchLife } from './watch-groups.ts'
import { watchesBySession, watchGaps } from './watch-sessions.ts'

let n = 0
function life(patch: Partial<WatchLife>): WatchLife {
  n += 1
  return {
    key: String(n),
    path: '/a',
    session: '0x1',
    sid: 1,
    conn: 1,
    kind: 'data',
    setAt: null,
    triggeredAt: null,
    deliveredAt: null,
    event: null,
    zxid: null,
    lastAt: 0,
    ended: false,
    ...patch,
  }
}

test('the gap of a one-shot ends when the same session watches the same path again', () => {
  const fired = life({ key: 'fired', setAt: 1, triggeredAt: 10, event: 'NodeDataChanged' })
  const other = life({ session: '0x2', setAt: 12 })
  const again = life({ setAt: 17 })
  const forgotten = life({ key: 'forgotten', session: '0x3', setAt: 1, triggeredAt: 10, event: 'NodeDataChanged' })
  const lasting = life({ key: 'lasting', kind: 'persistent', triggeredAt: 10, event: 'NodeDataChanged' })
  expect([...watchGaps([fired, other, again, forgotten, lasting])]).toEqual([
    ['fired', 7],
    ['forgotten', null],
  ])
})

test('watches stand below their session, the most recent first, and only so many', () => {
  const lives = [
    ...Array.from({ length: 9 }, (_, i) => life({ session: '0xa', lastAt: i })),
    life({ session: '0xb', lastAt: 99, path: '/other' }),
  ]
  const rows = watchesBySession(lives, '')
  expect(rows.map(({ type }) => type)).toEqual(['session', 'life', 'session', ...Array(6).fill('life'), 'rest'])
  expect(rows.at(-1)).toMatchObject({ session: '0xa', count: 3 })
  expect(watchesBySession(lives, '/OTHER').map(({ type }) => type)).toEqual(['session', 'life'])
})
