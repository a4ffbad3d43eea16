import { describe, expect, test } from 'vitest'
import { PERMS } from '../zk/acl.ts'
import { ERROR_CODES as E } from '../zk/errors.ts'
import { ADD_WATCH_MODES, WATCHER_TYPES } from '../zk/watch.ts'
import { ZERO_ZXID, type Zxid } from '../zk/zxid.ts'
import { amend, amendEvent, verdict } from './amending.ts'
import type { History, WatchArrival } from './history.ts'
import { create, exists, getChildren, getData, remove, setData } from './requests.ts'
import { ask, authenticate, connect, createEnsemble, disconnect, historyOf, sessionOf } from './testing.ts'

const RECURSIVE = { type: 'addWatch', path: '/', mode: ADD_WATCH_MODES.persistentRecursive } as const
const BOB = { scheme: 'digest', id: 'bob:x' }

/** Client 2 watches data and children on server 2, and is asked again behind the changes of client 1. */
function standard() {
  const e = createEnsemble()
  const [a, b] = [connect(e, 1), connect(e, 2)]
  ask(e, a, create('/a'))
  ask(e, a, create('/b'))
  ask(e, b, { type: 'sync', path: '/' })
  ask(e, b, getData('/a', true))
  ask(e, b, exists('/b', true))
  ask(e, a, setData('/a', 'x'))
  ask(e, a, setData('/b', 'x'))
  ask(e, b, { type: 'sync', path: '/' })
  ask(e, b, getData('/a'))
  return historyOf(e)
}

function persistent() {
  const e = createEnsemble()
  const [a, b] = [connect(e, 1), connect(e, 1)]
  ask(e, b, RECURSIVE)
  ask(e, a, create('/a'))
  ask(e, a, create('/a/x'))
  ask(e, a, setData('/a', 'x'))
  ask(e, b, exists('/'))
  return historyOf(e)
}

function eventAt(history: History, n: number): WatchArrival {
  const event = history.events[n]
  if (!event) throw new Error(`no event ${n}`)
  return event
}

/** One more event, right behind the `n`th. */
function withEvent(history: History, n: number, event: WatchArrival['event'], zxid: Zxid | null = null): History {
  const after = eventAt(history, n)
  const extra = { ...after, arrival: after.arrival + 0.5, zxid, event }
  return { ...history, events: [...history.events.slice(0, n + 1), extra, ...history.events.slice(n + 1)] }
}

describe('[HC-8] watches', () => {
  test('[W-1] an event comes before any reply that shows the change', () => {
    const history = standard()
    expect(history.events.map(({ event }) => `${event.type} ${event.path}`)).toEqual([
      'nodeDataChanged /a',
      'nodeDataChanged /b',
    ])
    expect(verdict(history)).toEqual([])
    expect(verdict(amendEvent(history, 1, { arrival: 99 }))).toEqual(['HC-8 W-1'])
  })

  test('an event comes behind the replies that are older than it', () => {
    expect(verdict(amendEvent(standard(), 0, { arrival: 1.5 }))).toEqual(['HC-8 W-5'])
  })

  test('[W-2] a standard watch fires once', () => {
    const history = standard()
    expect(verdict(withEvent(history, 1, eventAt(history, 1).event))).toEqual(['HC-8 W-2'])
  })

  test('[W-3] an event has a txn, and that zxid', () => {
    const history = standard()
    expect(verdict(withEvent(history, 1, { type: 'nodeDeleted', path: '/a' }))).toEqual(['HC-8 W-3'])
    expect(verdict(amendEvent(history, 1, { zxid: eventAt(history, 0).zxid }))).toEqual(['HC-8 W-3'])
    expect(verdict(amendEvent(history, 1, { zxid: null })), 'older servers do not say').toEqual([])
  })

  test('[W-4] no event is missing while the connection stays', () => {
    expect(verdict(amendEvent(standard(), 0, null))).toEqual(['HC-8 W-4'])
    const e = createEnsemble()
    const [a, b] = [connect(e, 1), connect(e, 1)]
    ask(e, b, exists('/a', true))
    ask(e, a, create('/a'))
    expect(verdict(amendEvent(historyOf(e), 0, null)), 'it may still be on its way').toEqual([])
    ask(e, b, exists('/a'))
    expect(verdict(amendEvent(historyOf(e), 0, null))).toEqual(['HC-8 W-4'])
  })

  test('[W-5] events come in the order of their txns', () => {
    const history = standard()
    const [first, second] = [eventAt(history, 0), eventAt(history, 1)]
    const swapped = amendEvent(amendEvent(history, 0, { arrival: second.arrival }), 1, { arrival: first.arrival })
    expect(verdict({ ...swapped, events: swapped.events.toSorted((a, b) => a.arrival - b.arrival) })).toEqual([
      'HC-8 W-5',
    ])
  })

  test('[W-6] a watch is told what it asked for and nothing else', () => {
    const history = persistent()
    expect(history.events.map(({ event }) => event.type)).toEqual(['nodeCreated', 'nodeCreated', 'nodeDataChanged'])
    expect(verdict(history)).toEqual([])
    // A recursive watch never hears that children changed.
    expect(verdict(withEvent(history, 1, { type: 'nodeChildrenChanged', path: '/a' }))).toEqual(['HC-8 W-6'])
    const e = createEnsemble()
    const [a, b] = [connect(e, 1), connect(e, 1)]
    ask(e, b, { ...RECURSIVE, path: '/a' })
    ask(e, a, create('/a'))
    ask(e, a, create('/ab'))
    expect(verdict(historyOf(e))).toEqual([])
    expect(verdict(withEvent(historyOf(e), 0, { type: 'nodeCreated', path: '/ab' }))).toEqual(['HC-8 W-6'])
  })

  test('[W-6] a deletion is told once to who watches a node and its children, then to the parent’s watchers', () => {
    const e = createEnsemble()
    const [a, b] = [connect(e, 1), connect(e, 1)]
    ask(e, a, create('/a'))
    for (const request of [getData('/a', true), getChildren('/a', true), getChildren('/', true)]) ask(e, b, request)
    ask(e, a, remove('/a'))
    ask(e, b, exists('/'))
    expect(e.events.map(({ event }) => `${event.type} ${event.path}`)).toEqual([
      'nodeDeleted /a',
      'nodeChildrenChanged /',
    ])
    expect(verdict(historyOf(e))).toEqual([])
    expect(verdict(amendEvent(historyOf(e), 1, null))).toEqual(['HC-8 W-4'])
  })

  test('[W-7] after a reconnect the missed is told before the reply, the rest is armed', () => {
    const e = createEnsemble()
    const [a, b] = [connect(e, 1), connect(e, 2)]
    for (const path of ['/a', '/b', '/c']) ask(e, a, create(path))
    ask(e, b, { type: 'sync', path: '/' })
    const relativeZxid = e.seen.get(sessionOf(e, b)) ?? ZERO_ZXID
    disconnect(e, b)
    ask(e, a, setData('/a', 'x'))
    ask(e, a, remove('/c'))
    const again = connect(e, 1, { resume: sessionOf(e, b) })
    const none = { persistent: [], persistentRecursive: [] }
    ask(e, again, { type: 'setWatches', relativeZxid, data: ['/a', '/b'], exist: ['/c'], child: ['/'], ...none })
    ask(e, a, setData('/b', 'x'))
    ask(e, again, exists('/'))
    const history = historyOf(e)
    expect(history.events.map(({ event }) => `${event.type} ${event.path}`)).toEqual([
      'nodeDataChanged /a',
      'nodeChildrenChanged /',
      'nodeDataChanged /b',
    ])
    expect(verdict(history)).toEqual([])
    expect(verdict(amendEvent(history, 0, null))).toEqual(['HC-8 W-7'])
    expect(verdict(withEvent(history, 1, eventAt(history, 0).event))).toEqual(['HC-8 W-7'])
    expect(verdict(amendEvent(history, 1, { arrival: 99 })), 'behind the reply').toEqual(['HC-8 W-7'])
    expect(verdict(amendEvent(history, 2, null)), 'armed again').toEqual(['HC-8 W-4'])
  })

  test('[W-8] a persistent watch hears of everything once', () => {
    const history = persistent()
    expect(verdict(amendEvent(history, 1, null))).toEqual(['HC-8 W-8'])
    expect(verdict(withEvent(history, 2, eventAt(history, 2).event))).toEqual(['HC-8 W-8'])
  })

  test('[W-9] an event is told only to who may read the node', () => {
    const e = createEnsemble()
    const [a, b] = [connect(e, 1), connect(e, 1)]
    authenticate(e, a, BOB)
    ask(e, b, RECURSIVE)
    ask(e, a, create('/open'))
    ask(e, a, { ...create('/own'), acl: [{ ...BOB, perms: PERMS.ALL }] })
    ask(e, b, exists('/'))
    const history = historyOf(e)
    expect(verdict(history)).toEqual([])
    expect(verdict(withEvent(history, 0, { type: 'nodeCreated', path: '/own' }))).toEqual(['HC-8 W-9'])
    authenticate(e, b, BOB)
    ask(e, b, exists('/'))
    ask(e, a, setData('/own', 'x'))
    ask(e, b, exists('/'))
    expect(verdict(historyOf(e))).toEqual([])
    expect(verdict(amendEvent(historyOf(e), 1, null)), 'may read it by now').toEqual(['HC-8 W-8'])
  })

  test('checkWatches and removeWatches answer by what is armed', () => {
    const e = createEnsemble()
    const a = connect(e, 1)
    ask(e, a, exists('/a', true))
    const data = { path: '/a', watcherType: WATCHER_TYPES.data }
    const checked = ask(e, a, { type: 'checkWatches', ...data })
    ask(e, a, { type: 'removeWatches', ...data })
    const again = ask(e, a, { type: 'removeWatches', ...data })
    ask(e, a, create('/a'))
    expect(verdict(historyOf(e))).toEqual([])
    expect(verdict(amend(historyOf(e), checked, { err: E.NOWATCHER }))).toEqual(['HC-8'])
    expect(verdict(amend(historyOf(e), again, { err: E.OK }))).toEqual(['HC-8'])
  })
})

describe('[HC-8] without a log', () => {
  const blind = (history: History): readonly string[] =>
    verdict({ ...history, log: null }, { reads: 'interval', settled: false })

  test('[W-1] [W-2] [W-6] what a connection alone can prove', () => {
    const history = standard()
    expect(blind(history)).toEqual([])
    expect(blind(persistent())).toEqual([])
    expect(blind(amendEvent(history, 0, { arrival: 99 }))).toEqual(['HC-8 W-1'])
    expect(blind(withEvent(history, 1, eventAt(history, 1).event))).toEqual(['HC-8 W-2'])
    expect(blind(withEvent(history, 1, { type: 'nodeDeleted', path: '/other' }))).toEqual(['HC-8 W-6'])
  })

  test('[W-7] what setWatches may tell is accepted once', () => {
    const e = createEnsemble()
    const a = connect(e, 1)
    ask(e, a, create('/a'))
    const none = { persistent: [], persistentRecursive: [] }
    ask(e, a, { type: 'setWatches', relativeZxid: ZERO_ZXID, data: ['/a'], exist: ['/b'], child: [], ...none })
    ask(e, a, create('/b'))
    expect(e.events.length).toBe(2)
    expect(blind(historyOf(e))).toEqual([])
    const event = { type: 'nodeDataChanged', path: '/a' } as const
    expect(blind(withEvent(historyOf(e), 0, event))).toEqual(['HC-8 W-6'])
    expect(blind(withEvent(historyOf(e), 1, { type: 'nodeCreated', path: '/c' }))).toEqual(['HC-8 W-6'])
  })
})
