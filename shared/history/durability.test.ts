import { describe, expect, test } from 'vitest'
import { plainZnode, znodeOf } from '../tree/data-tree.ts'
import { asSid } from '../zk/ids.ts'
import { amend, verdict } from './amending.ts'
import type { FinalState } from './history.ts'
import { create, exists, setData } from './requests.ts'
import { ask, catchUp, connect, createEnsemble, historyOf, settle } from './testing.ts'

function story() {
  const e = createEnsemble()
  const a = connect(e, 1)
  ask(e, a, create('/a', 'x'))
  ask(e, a, create('/b', 'x'))
  ask(e, a, setData('/a', 'y'))
  const finals = settle(e)
  return { history: historyOf(e), finals }
}

/** One server's tree with a node put otherwise, or taken out. */
function changed(finals: readonly FinalState[], path: string, data: Uint8Array | null): readonly FinalState[] {
  return finals.map((final, i) => {
    if (i > 0) return final
    const nodes = new Map(final.tree.nodes)
    const node = nodes.get(path)
    if (node && data) nodes.set(path, znodeOf(final.tree.data, { ...plainZnode(node), data }))
    else nodes.delete(path)
    return { ...final, tree: { ...final.tree, nodes } }
  })
}

describe('[HC-10] final durability', () => {
  test('every server ends at the state of the log', () => {
    const { history, finals } = story()
    expect(verdict(history, { finals })).toEqual([])
    expect(verdict(history, { finals: changed(finals, '/b', null) })).toEqual(['HC-10'])
    expect(verdict(history, { finals: changed(finals, '/b', new Uint8Array([9])) })).toEqual(['HC-10'])
    const sessions = finals.map((final) => ({ ...final, tree: { ...final.tree, sessions: new Map() } }))
    expect(verdict(history, { finals: sessions })).toEqual(['HC-10'])
  })

  test('without a log: servers agree, and hold what was acknowledged', () => {
    const { history, finals } = story()
    const blind = { ...history, log: null }
    expect(verdict(blind, { finals })).toEqual([])
    expect(verdict(blind, { finals: changed(finals, '/b', null) })).toEqual(['HC-10'])
    const lostEverywhere = finals.flatMap((final) => changed([final], '/b', null))
    expect(verdict(blind, { finals: lostEverywhere })).toEqual(['HC-10'])
  })
})

describe('[HC-11] staleness', () => {
  function lagging() {
    const e = createEnsemble()
    const [a, b] = [connect(e, 1), connect(e, 2)]
    catchUp(e, 2)
    const written = ask(e, a, create('/a'))
    const read = ask(e, b, exists('/a'))
    const history = historyOf(e)
    const sentAtMs = (history.operations[written]?.doneAtMs ?? 0) + 1000
    return { e, history: amend(history, read, { sentAtMs, doneAtMs: sentAtMs + 1 }) }
  }

  test('a server that serves is not too far behind what was done', () => {
    const { history } = lagging()
    expect(verdict(history)).toEqual([])
    expect(verdict(history, { lagMaxMs: 1001 })).toEqual([])
    expect(verdict(history, { lagMaxMs: 999 })).toEqual(['HC-11'])
  })

  test('nor behind what the leader had committed, where a host sampled it', () => {
    const { e, history } = lagging()
    const [first, last] = [e.log[0], e.log.at(-1)]
    if (!first || !last) throw new Error('a log')
    const committed = [{ atMs: 100, zxid: last.zxid }]
    const served = [{ server: asSid(1), atMs: 500, zxid: first.zxid }]
    const at = (lagMaxMs: number) =>
      verdict({ ...history, operations: [], events: [] }, { lagMaxMs, committed, served })
    expect(at(400)).toEqual([])
    expect(at(399)).toEqual(['HC-11'])
  })
})
