import { describe, expect, test } from 'vitest'
import { utf8Encode } from '../base/text.ts'
import { amend, verdict } from './amending.ts'
import type { History, Recipe } from './history.ts'
import { create, getChildren, getData, remove, setData } from './requests.ts'
import {
  ask,
  connect,
  createEnsemble,
  disconnect,
  type Ensemble,
  expire,
  historyOf,
  send,
  sessionOf,
  settle,
} from './testing.ts'

/** What the recipe's check says of a history whose log nobody knows, and nothing of other checks. */
function recipe(history: History, one: Recipe, more: Parameters<typeof verdict>[1] = {}): readonly string[] {
  return verdict(history, { recipes: [one], reads: 'interval', settled: false, ...more }).filter((id) => id === 'HC-12')
}

function pathOf(e: Ensemble, index: number): string {
  const body = e.operations[index]?.body
  if (body?.type !== 'path' || body.path === null) throw new Error('a path')
  return body.path
}

describe('[HC-12] recipes', () => {
  test('lock: no two hold it', () => {
    const e = createEnsemble()
    const [a, b, c] = [connect(e, 1), connect(e, 2), connect(e, 2)]
    ask(e, a, create('/lock'))
    const first = ask(e, a, create('/lock/n-', '', 'ephemeralSequential'))
    const second = ask(e, b, create('/lock/n-', '', 'ephemeralSequential'))
    ask(e, c, create('/lock/n-', '', 'ephemeralSequential'))
    ask(e, a, getChildren('/lock'))
    const waits = ask(e, b, getChildren('/lock'))
    ask(e, a, remove(pathOf(e, first)))
    ask(e, b, { type: 'sync', path: '/' })
    ask(e, b, getChildren('/lock'))
    expire(e, sessionOf(e, b))
    ask(e, c, { type: 'sync', path: '/' })
    ask(e, c, getChildren('/lock'))
    const lock = { type: 'lock', path: '/lock' } as const
    expect(verdict(historyOf(e), { recipes: [lock] })).toEqual([])
    // The second is shown as the lowest while the first holds.
    const own = pathOf(e, second).slice('/lock/'.length)
    const twice = amend(historyOf(e), waits, { body: { type: 'children', children: [own] } })
    expect(recipe(twice, lock)).toEqual(['HC-12'])
    expect(recipe({ ...twice, log: null }, lock), 'by the answered delete').toEqual(['HC-12'])
  })

  test('latch: one leader at a time', () => {
    const e = createEnsemble()
    const [a, b] = [connect(e, 1), connect(e, 2)]
    ask(e, a, create('/leader', 'a', 'ephemeral'))
    const refused = ask(e, b, create('/leader', 'b', 'ephemeral'))
    disconnect(e, a)
    expire(e, sessionOf(e, a))
    ask(e, b, create('/leader', 'b', 'ephemeral'))
    const latch = { type: 'latch', path: '/leader' } as const
    expect(verdict(historyOf(e), { recipes: [latch] })).toEqual([])
    expect(recipe(amend(historyOf(e), refused, { err: 0 }), latch)).toEqual(['HC-12'])
  })

  test('counter: no increment is lost', () => {
    const e = createEnsemble()
    const [a, b] = [connect(e, 1), connect(e, 2)]
    ask(e, a, create('/n', '0'))
    ask(e, a, setData('/n', '1', 0))
    const second = ask(e, b, setData('/n', '2', 1))
    const read = ask(e, b, getData('/n'))
    const counter = { type: 'counter', path: '/n' } as const
    expect(verdict(historyOf(e), { recipes: [counter] })).toEqual([])
    expect(recipe(amend(historyOf(e), second, { request: setData('/n', '1', 1) }), counter)).toEqual(['HC-12'])
    const { body } = historyOf(e).operations[read] ?? {}
    if (body?.type !== 'data') throw new Error('data')
    const lost = amend(historyOf(e), read, { body: { ...body, data: utf8Encode('1') } })
    expect(recipe(lost, counter)).toEqual(['HC-12'])
    send(e, a, setData('/n', '3', 2))
    disconnect(e, a)
    ask(e, b, setData('/n', '4', 3))
    expect(verdict(historyOf(e), { recipes: [counter] }), 'the unknown one happened').toEqual([])
    expect(recipe({ ...historyOf(e), log: null }, counter), 'or may have').toEqual([])
  })

  test('set: no element is lost, none comes from nowhere', () => {
    const e = createEnsemble()
    const a = connect(e, 1)
    ask(e, a, create('/s', ''))
    ask(e, a, setData('/s', 'x', 0))
    const second = ask(e, a, setData('/s', 'x,y', 1))
    ask(e, a, getData('/s'))
    const set = { type: 'set', path: '/s' } as const
    expect(verdict(historyOf(e), { recipes: [set] })).toEqual([])
    expect(recipe(amend(historyOf(e), second, { request: setData('/s', 'y', 1) }), set)).toEqual(['HC-12'])
    expect(recipe(amend(historyOf(e), second, { request: setData('/s', 'x', 1) }), set), 'y from nowhere').toEqual([
      'HC-12',
    ])
  })

  test('queue: each element is taken once, none is lost', () => {
    const e = createEnsemble()
    const [a, b] = [connect(e, 1), connect(e, 2)]
    ask(e, a, create('/q'))
    const [x, y, z] = ['x', 'y', 'z'].map((text) => ask(e, a, create('/q/e-', text, 'persistentSequential')))
    ask(e, a, remove(pathOf(e, x ?? 0)))
    const late = ask(e, b, remove(pathOf(e, x ?? 0)))
    send(e, b, remove(pathOf(e, y ?? 0)))
    disconnect(e, b)
    const finals = settle(e)
    const queue = { type: 'queue', path: '/q' } as const
    const history = historyOf(e)
    expect(verdict(history, { recipes: [queue], finals })).toEqual([])
    expect(recipe(amend(history, late, { err: 0 }), queue)).toEqual(['HC-12'])
    const gone = finals.map((final) => ({ ...final, tree: { ...final.tree, nodes: new Map(final.tree.nodes) } }))
    for (const { tree } of gone) tree.nodes.delete(pathOf(e, z ?? 0))
    expect(recipe(history, queue, { finals: gone })).toEqual(['HC-12'])
  })

  test('ids: all different, growing', () => {
    const e = createEnsemble()
    const a = connect(e, 1)
    ask(e, a, create('/ids'))
    const [first, second] = [0, 1].map(() => ask(e, a, create('/ids/n-', '', 'persistentSequential')))
    const ids = { type: 'ids', path: '/ids' } as const
    expect(verdict(historyOf(e), { recipes: [ids] })).toEqual([])
    const body = { type: 'path', path: pathOf(e, first ?? 0) } as const
    expect(recipe(amend(historyOf(e), second ?? 0, { body }), ids)).toEqual(['HC-12'])
  })

  test('bank: the sum stays', () => {
    const e = createEnsemble()
    const a = connect(e, 1)
    ask(e, a, create('/x', '7'))
    ask(e, a, create('/y', '3'))
    const change = (path: string, text: string) =>
      ({ type: 'setData', path, data: utf8Encode(text), version: -1 }) as const
    ask(e, a, { type: 'multi', ops: [change('/x', '5'), change('/y', '5')] })
    const read = ask(e, a, { type: 'multiRead', ops: ['/x', '/y'].map((path) => ({ type: 'getData', path })) })
    const bank = { type: 'bank', paths: ['/x', '/y'], sum: 10 } as const
    expect(verdict(historyOf(e), { recipes: [bank] })).toEqual([])
    const { body } = historyOf(e).operations[read] ?? {}
    if (body?.type !== 'multi') throw new Error('a multi')
    const half = body.results.map((one, i) =>
      i === 0 && one.type === 'getData' ? { ...one, data: utf8Encode('7') } : one,
    )
    expect(recipe(amend(historyOf(e), read, { body: { type: 'multi', results: half } }), bank)).toEqual(['HC-12'])
  })
})
