import { describe, expect, test } from 'vitest'
import { ERROR_CODES as E } from '../zk/errors.ts'
import type { Zxid } from '../zk/zxid.ts'
import { amend, verdict, withLog } from './amending.ts'
import { create, remove, setData } from './requests.ts'
import { ask, connect, createEnsemble, disconnect, historyOf, send } from './testing.ts'

/** Three writes of one client, the last one refused. */
function story() {
  const e = createEnsemble()
  const a = connect(e, 1)
  const made = ask(e, a, create('/a', 'x'))
  const changed = ask(e, a, setData('/a', 'y'))
  const refused = ask(e, a, remove('/a', 7))
  return { e, a, made, changed, refused, history: historyOf(e) }
}

describe('[HC-1] effects', () => {
  test('answers that are what their txns give are right; an unanswered write may have happened or not', () => {
    const { e, a } = story()
    expect(verdict(historyOf(e))).toEqual([])
    send(e, a, setData('/a', 'z'))
    disconnect(e, a)
    const happened = historyOf(e)
    expect(verdict(happened)).toEqual([])
    expect(verdict(withLog(happened, (log) => log.slice(0, -1)))).toEqual([])
  })

  test('[S-1] an answered write that is in no log', () => {
    expect(verdict(withLog(story().history, (log) => log.slice(0, -1)))).toEqual(['HC-1 S-1'])
  })

  test('[S-1] another Stat, another error, another zxid than the txn gives', () => {
    const { history, changed, refused } = story()
    const { body } = history.operations[changed] ?? {}
    if (body?.type !== 'stat') throw new Error('a Stat')
    const wrong = { ...body, stat: { ...body.stat, version: 9 } }
    expect(verdict(amend(history, changed, { body: wrong }))).toEqual(['HC-1 S-1'])
    expect(verdict(amend(history, refused, { err: E.OK }))).toEqual(['HC-1 S-1'])
    const zxid = ((history.operations[refused]?.zxid ?? 0) + 1) as Zxid
    expect(verdict(amend(history, refused, { zxid }))).toEqual(['HC-1 S-1'])
  })

  test('a leader that refuses what the state before allows', () => {
    const { history, changed } = story()
    const refusedToo = withLog(history, (log) =>
      log.map((entry) => (entry.txn.type === 'setData' ? { ...entry, txn: { type: 'error', err: E.NOAUTH } } : entry)),
    )
    expect(verdict(amend(refusedToo, changed, { err: E.NOAUTH, body: { type: 'none' } }))).toEqual(['HC-1'])
  })

  test('a txn that nobody asked for, and two of one zxid', () => {
    const { history } = story()
    const last = history.log?.at(-1)
    if (!last) throw new Error('a log')
    expect(verdict(withLog(history, (log) => [...log, { ...last, zxid: (last.zxid + 1) as Zxid, cxid: 99 }]))).toEqual([
      'HC-1',
    ])
    expect(verdict(withLog(history, (log) => [...log, { ...last, sessionId: 0n as never, cxid: 0 }]))).toEqual(['HC-1'])
  })

  test('[S-6] a refusal as moved of a session that never moved', () => {
    const { e, a } = story()
    send(e, a, setData('/a', 'z'))
    disconnect(e, a)
    const moved = withLog(historyOf(e), (log) =>
      log.map((entry, i) => (i === log.length - 1 ? { ...entry, txn: { type: 'error', err: E.SESSIONMOVED } } : entry)),
    )
    expect(verdict(moved)).toEqual(['HC-1 S-6'])
  })
})
