// The stage itself, and the story that every other one begins with.

import { expect, test } from 'vitest'
import { boot, createStage, hasNode, heal, kill, leaderOf, settle, split, until, write } from './stage.ts'

test('three servers elect one leader, and what one client creates is everywhere', () => {
  const stage = createStage({}, () => [])
  expect(settle(stage).sid).toBe(3)
  write(stage, 1, '/a')
  until(stage, '/a is everywhere', () => [1, 2, 3].every((sid) => hasNode(stage, sid, '/a')))
})

test('R-1154: a txn that only a crashed leader had is cut away when it comes back', () => {
  const stage = createStage({}, () => [])
  settle(stage)
  write(stage, 3, '/common')
  split(stage, [3], [1, 2])
  write(stage, 1, '/later') // 1 and 2 elect one of them and go on
  heal(stage)
  kill(stage, 3)
  boot(stage, 3)
  settle(stage)
  expect(leaderOf(stage)?.sid).not.toBe(3)
  until(stage, '3 has caught up', () => hasNode(stage, 3, '/later'))
})
