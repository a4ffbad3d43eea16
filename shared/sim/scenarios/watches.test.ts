// Watches: events before data, once, in order, only to whom may read; armed again after a reconnect without a gap.
// §2.7 of invariants.md, and the watch half of §5.3.

import { describe, expect, test } from 'vitest'
import { type Acl, PERMS } from '../../zk/acl.ts'
import { ERROR_CODES } from '../../zk/errors.ts'
import { ADD_WATCH_MODES } from '../../zk/watch.ts'
import { boot, gate, kill, move, pass, settle, until, write } from './stage.ts'
import {
  addScripted,
  agree,
  askAt,
  at,
  burst,
  close,
  create,
  createStory,
  dataOf,
  ephemeral,
  eventsOf,
  exists,
  get,
  list,
  remove,
  SYNC,
  seenBy,
  set,
} from './stage-clients.ts'

test('[W-1] R-3145: the event of a change comes before any answer that could show it', () => {
  for (const sid of [1, 3]) {
    const stage = createStory()
    settle(stage)
    burst(stage, 'a', sid, [create('/x', '0'), get('/x', true), exists('/y', true), list('/', true)])
    // Its own writes: the answer of each shows the change.
    burst(stage, 'a', sid, [set('/x', '1'), create('/y')])
    expect(seenBy(stage, 'a').slice(4)).toEqual([
      ...['nodeDataChanged /x', 'setData /x'],
      ...['nodeCreated /y', 'nodeChildrenChanged /', 'create /y'],
    ])
    // Somebody else's: the next read shows it.
    burst(stage, 'a', sid, [get('/x', true)])
    askAt(stage, 'b', 2, set('/x', '2'))
    until(stage, 'a has heard of it', () => eventsOf(stage, 'a').length === 4)
    burst(stage, 'a', sid, [get('/x')])
    expect(seenBy(stage, 'a').slice(-3)).toEqual(['getData /x', 'nodeDataChanged /x', 'getData /x'])
    // The events' zxids: none is above that of an answer before it (W-1 by numbers).
    const { operations, events } = stage.world.recorder
    for (const event of events)
      for (const answer of operations)
        if (answer.conn === event.conn && answer.arrival < event.arrival)
          expect(answer.zxid ?? 0).toBeLessThan(event.zxid ?? 0)
  }
})

test('[W-1] a change on its way is not seen by the read before it, and its event is not missed', () => {
  const stage = createStory()
  settle(stage)
  burst(stage, 'a', 1, [create('/x', 'old')])
  gate(stage, (_from, to, packet) => to === 1 && packet.type === 'COMMIT')
  expect(askAt(stage, 'b', 2, set('/x', 'new')).err).toBe(ERROR_CODES.OK)
  expect(dataOf(askAt(stage, 'a', 1, get('/x', true)))).toBe('old') // stale, and allowed to be
  gate(stage, null)
  until(stage, 'a hears of it', () => eventsOf(stage, 'a').length > 0)
  expect(eventsOf(stage, 'a')).toEqual(['nodeDataChanged /x'])
})

test('[W-2] a standard watch fires once, however often it was set', () => {
  const stage = createStory()
  settle(stage)
  burst(stage, 'a', 1, [create('/x'), get('/x', true), get('/x', true), exists('/x', true)])
  burst(stage, 'b', 2, [set('/x', '1'), set('/x', '2'), remove('/x'), create('/x')])
  burst(stage, 'a', 1, [SYNC])
  expect(eventsOf(stage, 'a')).toEqual(['nodeDataChanged /x'])
})

test('[W-6] which watch hears of which change', () => {
  const stage = createStory()
  settle(stage)
  burst(stage, 'w', 2, [create('/a'), create('/ab'), create('/a/c')])
  burst(stage, 'data', 1, [get('/a', true)])
  burst(stage, 'child', 1, [list('/a', true)])
  burst(stage, 'absent', 1, [exists('/new', true)])
  burst(stage, 'recursive', 1, [{ type: 'addWatch', path: '/a', mode: ADD_WATCH_MODES.persistentRecursive }])
  burst(stage, 'persistent', 1, [{ type: 'addWatch', path: '/a', mode: ADD_WATCH_MODES.persistent }])
  burst(stage, 'w', 2, [
    ...[set('/ab', 'x'), create('/a/d'), set('/a/c', 'x'), set('/a', 'x'), create('/new'), remove('/a/c')],
    ...[remove('/a/d'), remove('/a')],
  ])
  for (const name of ['data', 'child', 'absent', 'recursive', 'persistent']) burst(stage, name, 1, [SYNC])
  expect(eventsOf(stage, 'data')).toEqual(['nodeDataChanged /a'])
  expect(eventsOf(stage, 'child')).toEqual(['nodeChildrenChanged /a'])
  expect(eventsOf(stage, 'absent')).toEqual(['nodeCreated /new'])
  expect(eventsOf(stage, 'recursive')).toEqual([
    ...['nodeCreated /a/d', 'nodeDataChanged /a/c', 'nodeDataChanged /a', 'nodeDeleted /a/c', 'nodeDeleted /a/d'],
    'nodeDeleted /a',
  ])
  expect(eventsOf(stage, 'persistent')).toEqual([
    ...['nodeChildrenChanged /a', 'nodeDataChanged /a', 'nodeChildrenChanged /a', 'nodeChildrenChanged /a'],
    'nodeDeleted /a',
  ])
})

test('[W-5] [T-7] the events of a multi come in the order of its members, when all of it is there to be read', () => {
  const stage = createStory()
  settle(stage)
  burst(stage, 'b', 2, [create('/x', '0'), create('/y', '0'), create('/z', '0')])
  const recursive = { type: 'addWatch', path: '/', mode: ADD_WATCH_MODES.persistentRecursive } as const
  burst(stage, 'a', 1, [recursive])
  burst(stage, 'b', 2, [{ type: 'multi', ops: [set('/y', '1'), create('/x/n'), set('/x', '1'), remove('/z')] }])
  burst(stage, 'a', 1, [SYNC, get('/x')])
  expect(eventsOf(stage, 'a')).toEqual([
    'nodeDataChanged /y',
    'nodeCreated /x/n',
    'nodeDataChanged /x',
    'nodeDeleted /z',
  ])
})

describe('[W-9] ACLs', () => {
  const MINE: Acl[] = [{ perms: PERMS.ALL, scheme: 'digest', id: 'ann:x' }]
  const ANN = [{ scheme: 'digest', id: 'ann:x' }]

  test('an event goes only to who may read the node at that moment', () => {
    const stage = createStory()
    settle(stage)
    addScripted(stage, 'ann', 2, 4000, ANN)
    burst(stage, 'a', 1, [create('/x', '0'), get('/x', true), exists('/secret', true)])
    addScripted(stage, 'ann2', 1, 4000, ANN)
    burst(stage, 'ann2', 1, [get('/x', true), exists('/secret', true)])
    burst(stage, 'ann', 2, [
      { type: 'setACL', path: '/x', acl: MINE, version: -1 },
      set('/x', '1'),
      create('/secret', 's', MINE),
    ])
    for (const name of ['a', 'ann2']) burst(stage, name, 1, [SYNC])
    expect(eventsOf(stage, 'ann2')).toEqual(['nodeDataChanged /x', 'nodeCreated /secret'])
    expect(eventsOf(stage, 'a')).toEqual([])
  })

  test('of a deletion, who could read it before; of children, who may read the parent', () => {
    const stage = createStory()
    settle(stage)
    addScripted(stage, 'ann', 2, 4000, ANN)
    burst(stage, 'ann', 2, [create('/x', '0'), create('/x/in', '0', MINE)])
    burst(stage, 'a', 1, [exists('/x/in', true), list('/x', true)])
    const recursive = { type: 'addWatch', path: '/x', mode: ADD_WATCH_MODES.persistentRecursive } as const
    burst(stage, 'r', 1, [recursive])
    burst(stage, 'ann', 2, [remove('/x/in'), remove('/x')])
    for (const name of ['a', 'r']) burst(stage, name, 1, [SYNC])
    expect(eventsOf(stage, 'a')).toEqual(['nodeChildrenChanged /x'])
    expect(eventsOf(stage, 'r')).toEqual(['nodeDeleted /x'])
  })

  test('what was missed while away is told by the same rule', () => {
    const stage = createStory()
    settle(stage)
    addScripted(stage, 'ann', 2, 4000, ANN)
    burst(stage, 'a', 1, [create('/x', '0'), get('/x', true)])
    kill(stage, 1)
    burst(stage, 'ann', 2, [set('/x', '1'), { type: 'setACL', path: '/x', acl: MINE, version: -1 }])
    at(stage, 'a', 3)
    burst(stage, 'a', 3, [SYNC])
    expect(eventsOf(stage, 'a')).toEqual([])
    boot(stage, 1)
    settle(stage)
  })
})

test('[W-7] watches set again on another server: what was missed is told first, the rest is armed', () => {
  const stage = createStory()
  settle(stage)
  burst(
    stage,
    'b',
    2,
    ['changed', 'gone', 'same', 'kept', 'parent', 'childless', 'deleted'].map((name) => create(`/${name}`)),
  )
  burst(stage, 'a', 1, [
    ...['/changed', '/gone', '/same'].map((path) => get(path, true)),
    ...[exists('/appears', true), exists('/never', true)],
    ...['/parent', '/childless', '/deleted'].map((path) => list(path, true)),
    { type: 'addWatch', path: '/kept', mode: ADD_WATCH_MODES.persistent },
  ])
  kill(stage, 1)
  burst(stage, 'b', 2, [
    ...[set('/changed', '1'), remove('/gone'), create('/appears'), create('/parent/c'), remove('/deleted')],
    ...[create('/never'), remove('/never')], // the one loss that is allowed
  ])
  at(stage, 'a', 3)
  burst(stage, 'a', 3, [SYNC])
  expect(eventsOf(stage, 'a')).toEqual([
    ...['nodeDataChanged /changed', 'nodeDeleted /gone', 'nodeCreated /appears'],
    ...['nodeChildrenChanged /parent', 'nodeDeleted /deleted'],
  ])
  burst(stage, 'b', 2, [
    set('/same', '1'),
    set('/kept', '1'),
    create('/never'),
    create('/childless/c'),
    set('/changed', '2'),
  ])
  burst(stage, 'a', 3, [SYNC])
  expect(eventsOf(stage, 'a').slice(5)).toEqual([
    'nodeDataChanged /same',
    'nodeDataChanged /kept',
    'nodeCreated /never',
    'nodeChildrenChanged /childless',
  ])
  boot(stage, 1)
  settle(stage)
  agree(stage, 1, 2, 3)
})

test('[W-7] R-3145: the children of a session that ended while the watcher was away are missed by nobody', () => {
  const stage = createStory()
  settle(stage)
  write(stage, 2, '/group')
  burst(stage, 'member', 2, [ephemeral('/group/m')])
  burst(stage, 'a', 1, [list('/group', true)])
  kill(stage, 1)
  close(stage, 'member', 2)
  at(stage, 'a', 2)
  until(stage, 'a hears of it', () => eventsOf(stage, 'a').length > 0)
  expect(eventsOf(stage, 'a')).toEqual(['nodeChildrenChanged /group'])
})

test('[W-8] a persistent watch hears every change while its connection stands, over many of them', () => {
  const stage = createStory()
  settle(stage)
  burst(stage, 'b', 2, [create('/x')])
  burst(stage, 'a', 1, [{ type: 'addWatch', path: '/x', mode: ADD_WATCH_MODES.persistent }])
  burst(
    stage,
    'b',
    2,
    Array.from({ length: 30 }, (_, n) => set('/x', `${n}`)),
  )
  burst(stage, 'a', 1, [SYNC])
  expect(eventsOf(stage, 'a')).toHaveLength(30)
})

test('[W-4] watches of a connection die with it: the next one starts with what it sets itself', () => {
  const stage = createStory()
  settle(stage)
  burst(stage, 'a', 1, [create('/x'), get('/x', true)])
  const { client } = at(stage, 'a', 1)
  client.watches.clear() // a client that does not set its watches again
  move(stage, 'a', 1)
  at(stage, 'a', 1)
  burst(stage, 'b', 2, [set('/x', '1')])
  pass(stage, 500)
  expect(eventsOf(stage, 'a')).toEqual([])
})
