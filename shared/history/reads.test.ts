import { describe, expect, test } from 'vitest'
import { PERMS } from '../zk/acl.ts'
import type { Zxid } from '../zk/zxid.ts'
import { amend, verdict } from './amending.ts'
import { create, exists, getChildren, getData, setData } from './requests.ts'
import { ask, authenticate, catchUp, connect, createEnsemble, historyOf } from './testing.ts'

/** Two values of a node, read by somebody on a server that lags. */
function story() {
  const e = createEnsemble()
  const [a, b] = [connect(e, 1), connect(e, 2)]
  ask(e, a, create('/a', 'old'))
  catchUp(e, 2)
  const changed = ask(e, a, setData('/a', 'new'))
  const stale = ask(e, b, getData('/a'))
  catchUp(e, 2)
  const fresh = ask(e, b, getData('/a'))
  return { e, a, b, changed, stale, fresh, history: historyOf(e) }
}

describe('[HC-5] reads', () => {
  test('a stale read is right as long as its zxid says so', () => {
    const { history, stale, fresh } = story()
    expect(verdict(history)).toEqual([])
    const [old, now] = [history.operations[stale], history.operations[fresh]]
    if (!old || !now) throw new Error('two reads')
    expect(verdict(amend(history, fresh, { body: old.body }))).toEqual(['HC-5'])
    expect(verdict(amend(history, stale, { body: now.body })), 'newer than it says').toEqual(['HC-5'])
  })

  test('lists are sets, and are compared', () => {
    const { e, b } = story()
    ask(e, b, create('/b'))
    const list = ask(e, b, getChildren('/'))
    const history = historyOf(e)
    const { body } = history.operations[list] ?? {}
    if (body?.type !== 'children') throw new Error('children')
    expect(verdict(amend(history, list, { body: { ...body, children: body.children.toReversed() } }))).toEqual([])
    expect(verdict(amend(history, list, { body: { ...body, children: body.children.slice(1) } }))).toEqual(['HC-5'])
  })

  test('who may not read is not shown', () => {
    const e = createEnsemble()
    const [a, b] = [connect(e, 1), connect(e, 1)]
    const bob = { scheme: 'digest', id: 'bob:x' }
    authenticate(e, a, bob)
    ask(e, a, { ...create('/own', 'secret'), acl: [{ ...bob, perms: PERMS.ALL }] })
    const own = ask(e, a, getData('/own'))
    const other = ask(e, b, getData('/own'))
    const history = historyOf(e)
    expect(verdict(history)).toEqual([])
    const { err, body } = history.operations[own] ?? {}
    expect(verdict(amend(history, other, { err: err ?? 0, body: body ?? null }))).toEqual(['HC-5'])
  })

  test('[S-1] a zxid that was never chosen', () => {
    const { history, fresh } = story()
    const zxid = ((history.operations[fresh]?.zxid ?? 0) + 1) as Zxid
    expect(verdict(amend(history, fresh, { zxid }))).toEqual(['HC-5 S-1'])
  })

  test('a read that was done before the write was sent that it names', () => {
    const e = createEnsemble()
    const [a, b] = [connect(e, 1), connect(e, 2)]
    const written = ask(e, a, create('/a'))
    catchUp(e, 2)
    const read = ask(e, b, exists('/other'))
    const history = historyOf(e)
    expect(verdict(history)).toEqual([])
    const { sentAtMs = 0 } = history.operations[written] ?? {}
    expect(verdict(amend(history, read, { sentAtMs: sentAtMs - 0.6, doneAtMs: sentAtMs - 0.5 }))).toEqual(['HC-5'])
  })
})

describe('[HC-5] interval mode', () => {
  test('a foreign server may show a later state than its zxid says, but none that was asked for after the read', () => {
    const { history, stale, fresh, changed } = story()
    const now = history.operations[fresh]
    const shown = amend(history, stale, { body: now?.body ?? null })
    expect(verdict(shown, { reads: 'interval' })).toEqual([])
    const { sentAtMs = 0 } = history.operations[changed] ?? {}
    const early = amend(shown, stale, { sentAtMs: sentAtMs - 0.6, doneAtMs: sentAtMs - 0.5 })
    expect(verdict(early, { reads: 'interval' })).toEqual(['HC-5'])
  })
})
