import { describe, expect, test } from 'vitest'
import { ERROR_CODES as E } from '../zk/errors.ts'
import type { Entry } from '../zk/txn.ts'
import type { Zxid } from '../zk/zxid.ts'
import { amend, amendConnection, swapInLog, verdict, withLog } from './amending.ts'
import { CLOSE, create, exists, getData, remove, setData } from './requests.ts'
import { ask, catchUp, connect, createEnsemble, disconnect, expire, historyOf, send, sessionOf } from './testing.ts'

/** `entry` once more, as the last one. */
function again(log: readonly Entry[], entry: Entry | undefined): readonly Entry[] {
  const last = log.at(-1)
  if (!entry || !last) throw new Error('a log')
  return [...log, { ...entry, zxid: (last.zxid + 1) as Zxid }]
}

describe('[HC-9] sessions', () => {
  test('[S-2] a request happens at most once', () => {
    const e = createEnsemble()
    const a = connect(e, 1)
    ask(e, a, create('/a'))
    ask(e, a, remove('/a'))
    expect(verdict(historyOf(e))).toEqual([])
    expect(verdict(withLog(historyOf(e), (log) => again(log, log.at(-1))))).toEqual(['HC-9 S-2'])
  })

  test('[S-5] a session is created once and closed once', () => {
    const e = createEnsemble()
    const a = connect(e, 1)
    ask(e, a, CLOSE)
    expect(verdict(historyOf(e))).toEqual([])
    const twice = withLog(historyOf(e), (log) => again(log, { ...(log.at(-1) as Entry), cxid: 0 }))
    expect(verdict(twice)).toEqual(['HC-9 S-5'])
    const b = connect(e, 1)
    expect(verdict(withLog(historyOf(e), (log) => again(log, log.at(-1))))).toEqual(['HC-9 S-5'])
    expect(sessionOf(e, b)).not.toBe(sessionOf(e, a))
  })

  test('[S-6] nothing of a session comes after its close', () => {
    const e = createEnsemble()
    const a = connect(e, 1)
    ask(e, a, create('/a'))
    send(e, a, remove('/a'))
    disconnect(e, a)
    expire(e, sessionOf(e, a))
    expect(verdict(historyOf(e))).toEqual([])
    expect(verdict(swapInLog(historyOf(e), 1, 2))).toEqual(['HC-9 S-6'])
    // A refusal may come: it changes nothing.
    const refused = withLog(swapInLog(historyOf(e), 1, 2), (log) =>
      log.map((entry) =>
        entry.txn.type === 'delete' ? { ...entry, txn: { type: 'error', err: E.SESSIONEXPIRED } } : entry,
      ),
    )
    expect(verdict(refused)).toEqual([])
  })

  test('[S-6] a server that has applied the close answers nothing more', () => {
    const e = createEnsemble()
    const [a, b] = [connect(e, 1), connect(e, 2)]
    catchUp(e, 1)
    const read = ask(e, a, exists('/'))
    expire(e, sessionOf(e, a))
    catchUp(e, 2)
    ask(e, b, exists('/'))
    expect(verdict(historyOf(e))).toEqual([])
    expect(verdict(amend(historyOf(e), read, { zxid: e.log.at(-1)?.zxid ?? null }))).toEqual(['HC-9 S-6'])
  })

  test('[S-6] what is sent over the old connection of a session that has moved is not done', () => {
    const e = createEnsemble()
    const a = connect(e, 1)
    const moved = connect(e, 2, { resume: sessionOf(e, a) })
    const write = send(e, a, create('/a'))
    catchUp(e, 1)
    expect(verdict(historyOf(e)), 'refused as moved').toEqual([])
    expect(e.operations[write]?.doneAtMs).toBeNull()
    ask(e, moved, create('/b'))
    const history = historyOf(e)
    expect(verdict(history)).toEqual([])
    // The same write, had it been sent over the old connection.
    const old = amend(history, write + 1, { conn: a, arrival: 0 })
    expect(verdict({ ...old, operations: old.operations.filter((_, i) => i !== write) })).toContain('HC-9 S-6')
  })

  test('[S-7] a close takes all its ephemerals and only those', () => {
    const e = createEnsemble()
    const [a, b] = [connect(e, 1), connect(e, 1)]
    ask(e, a, create('/e', '', 'ephemeral'))
    ask(e, b, create('/other', '', 'ephemeral'))
    expire(e, sessionOf(e, a))
    expect(verdict(historyOf(e))).toEqual([])
    const closing = (paths: readonly string[]) =>
      withLog(historyOf(e), (log) =>
        log.map((entry) =>
          entry.txn.type === 'closeSession' ? { ...entry, txn: { type: 'closeSession', paths } } : entry,
        ),
      )
    expect(verdict(closing([]))).toEqual(['HC-9 S-7'])
    expect(verdict(closing(['/e', '/other']))).toEqual(['HC-9 S-7'])
    expect(verdict(closing(['/e']))).toEqual([])
  })

  test('[S-7] no read shows an ephemeral of a session that is over', () => {
    const e = createEnsemble()
    const [a, b] = [connect(e, 1), connect(e, 1)]
    ask(e, a, create('/e', 'x', 'ephemeral'))
    const before = ask(e, b, getData('/e'))
    expire(e, sessionOf(e, a))
    catchUp(e, 1)
    const after = ask(e, b, getData('/e'))
    const history = historyOf(e)
    expect(verdict(history)).toEqual([])
    const { err, body } = history.operations[before] ?? {}
    expect(verdict(amend(history, after, { err: err ?? 0, body: body ?? null }))).toContain('HC-9 S-7')
  })

  test('[S-8] no expiry before the negotiated time of silence', () => {
    const e = createEnsemble()
    const sessionId = sessionOf(e, connect(e, 1))
    const expiry = { sessionId, timeoutMs: 4000, heardAtMs: 1000, expiredAtMs: 5000, deafMs: 0 }
    expect(verdict(historyOf(e), { expiries: [expiry] })).toEqual([])
    expect(verdict(historyOf(e), { expiries: [{ ...expiry, expiredAtMs: 4999 }] })).toEqual(['HC-9 S-8'])
    expect(verdict(historyOf(e), { expiries: [{ ...expiry, deafMs: 1 }] }), '[O-18]').toEqual(['HC-9 S-8'])
  })

  test('[S-8] a session is over only by a txn', () => {
    const e = createEnsemble()
    const a = connect(e, 1)
    disconnect(e, a)
    const again = connect(e, 1, { resume: sessionOf(e, a) })
    expect(verdict(historyOf(e))).toEqual([])
    const refused = amendConnection(historyOf(e), again, { establishedAtMs: null, refusedAtMs: 10 })
    expect(verdict(refused)).toEqual(['HC-9 S-8'])
    expect(verdict(refused, { settled: false }), 'its close may still come').toEqual([])
  })

  test('[S-9] a session is resumed with its password and before its close', () => {
    const e = createEnsemble()
    const [a, b] = [connect(e, 1), connect(e, 1)]
    disconnect(e, a)
    const again = connect(e, 1, { resume: sessionOf(e, a) })
    expect(verdict(amendConnection(historyOf(e), again, { passwordOk: false }))).toEqual(['HC-9 S-9'])
    disconnect(e, again)
    expire(e, sessionOf(e, a))
    ask(e, b, setData('/', 'x'))
    const late = connect(e, 1, { resume: sessionOf(e, a) })
    expect(verdict(historyOf(e)), 'it was refused').toEqual([])
    const lastZxidSeen = (e.log.at(-1)?.zxid ?? 0) as Zxid
    const resumed = amendConnection(historyOf(e), late, { establishedAtMs: 10, refusedAtMs: null, lastZxidSeen })
    expect(verdict(resumed)).toEqual(['HC-9 S-9'])
  })
})
