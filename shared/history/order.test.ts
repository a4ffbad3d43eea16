import { describe, expect, test } from 'vitest'
import type { Zxid } from '../zk/zxid.ts'
import { amend, amendConnection, swapInLog, verdict } from './amending.ts'
import { create, exists, getData, remove, SYNC, setData } from './requests.ts'
import { ask, catchUp, connect, createEnsemble, disconnect, historyOf, send, sessionOf } from './testing.ts'

describe('[HC-2] writes in real time', () => {
  test('a write that was done before another was sent comes first; concurrent ones come as they like', () => {
    const e = createEnsemble()
    const [a, b] = [connect(e, 1), connect(e, 2)]
    const first = send(e, b, create('/b'))
    const second = send(e, a, create('/a'))
    catchUp(e, 1)
    catchUp(e, 2)
    const history = historyOf(e)
    expect(verdict(history)).toEqual([])
    // The same, had the second been done before the first was sent.
    const late = amend(history, first, { sentAtMs: 1000, doneAtMs: 1001 })
    expect(verdict(late)).toEqual(['HC-2'])
    expect(verdict(amend(late, second, { doneAtMs: 1000 })), 'a tie is concurrent').toEqual([])
  })
})

describe('[HC-3] unknown outcomes', () => {
  test('an unanswered write that happened is later than what was shown before it was sent', () => {
    const e = createEnsemble()
    const [a, b] = [connect(e, 1), connect(e, 2)]
    const unknown = send(e, a, create('/a', 'x'))
    disconnect(e, a)
    catchUp(e, 2)
    const shown = ask(e, b, getData('/a'))
    const history = historyOf(e)
    expect(verdict(history)).toEqual([])
    expect(verdict(amend(history, unknown, { sentAtMs: (history.operations[shown]?.doneAtMs ?? 0) + 1 }))).toEqual([
      'HC-3',
    ])
  })

  test('what never happened was never seen', () => {
    const e = createEnsemble()
    const a = connect(e, 1)
    ask(e, a, create('/a', 'x'))
    const read = ask(e, a, getData('/a'))
    const unknown = send(e, a, { type: 'setData', path: '/b', data: new Uint8Array([1, 2, 3]), version: -1 })
    disconnect(e, a)
    const history = { ...historyOf(e), log: e.log.slice(0, -1) }
    expect(verdict(history)).toEqual([])
    const asked = amend(history, unknown, { request: setData('/a', 'ghost') })
    const { body } = history.operations[read] ?? {}
    if (body?.type !== 'data') throw new Error('data')
    const seen = amend(asked, read, { body: { ...body, data: new TextEncoder().encode('ghost') } })
    expect(verdict(seen)).toContain('HC-3')
    expect(verdict(seen, { settled: false }), 'it may still come').not.toContain('HC-3')
  })
})

describe('[HC-4] [S-3] client FIFO', () => {
  test('a session’s writes are in the log as they were sent', () => {
    const e = createEnsemble()
    const a = connect(e, 1)
    ask(e, a, create('/a'))
    ask(e, a, create('/b'))
    send(e, a, remove('/a'))
    send(e, a, remove('/b'))
    disconnect(e, a)
    expect(verdict(historyOf(e))).toEqual([])
    expect(verdict(swapInLog(historyOf(e), 1, 2))).toEqual(['HC-4 S-3'])
  })

  test('replies come in the order of requests, and none is left out', () => {
    const e = createEnsemble()
    const a = connect(e, 1)
    const [first, second] = [ask(e, a, exists('/a')), ask(e, a, exists('/b'))]
    const history = historyOf(e)
    expect(verdict(history)).toEqual([])
    expect(verdict(amend(amend(history, first, { arrival: 1 }), second, { arrival: 0 }))).toEqual(['HC-4 S-3'])
    const skipped = { doneAtMs: null, arrival: -1, err: null, zxid: null, body: null }
    expect(verdict(amend(history, first, skipped))).toEqual(['HC-4 S-3'])
    expect(verdict(amend(history, second, skipped)), 'the last one may be lost').toEqual([])
  })

  test('a read sees the writes that its session sent before it', () => {
    const e = createEnsemble()
    const a = connect(e, 1)
    const written = ask(e, a, create('/a'))
    const read = ask(e, a, exists('/b'))
    const zxid = ((historyOf(e).operations[written]?.zxid ?? 0) - 1) as Zxid
    expect(verdict(historyOf(e))).toEqual([])
    expect(verdict(amend(historyOf(e), read, { zxid }))).toContain('HC-4 S-3')
  })
})

describe('[HC-6] sync', () => {
  function story(request: typeof SYNC) {
    const e = createEnsemble()
    const [a, b] = [connect(e, 1), connect(e, 2)]
    ask(e, a, create('/a'))
    ask(e, b, request)
    ask(e, b, exists('/a'))
    return historyOf(e)
  }

  test('a read behind a sync shows what was done before the sync was sent', () => {
    expect(verdict(story(SYNC))).toEqual([])
    // A sync that was answered without waiting.
    const stale = amend(story(exists('/')), 1, { request: SYNC })
    expect(verdict(stale)).toEqual(['HC-6'])
  })
})

describe('[HC-7] [S-4] single system image', () => {
  test('what a session is shown never goes back, over its connections too', () => {
    const e = createEnsemble()
    const a = connect(e, 1)
    const session = sessionOf(e, a)
    catchUp(e, 2)
    ask(e, a, create('/a'))
    disconnect(e, a)
    e.seen.delete(session) // so that the second server does not catch up
    const b = connect(e, 2, { resume: session })
    ask(e, b, exists('/a'))
    expect(verdict(historyOf(e))).toEqual(['HC-7 S-4'])
  })

  test('a server that is behind what the client says it has seen', () => {
    const e = createEnsemble()
    const a = connect(e, 1)
    ask(e, a, exists('/a'))
    expect(verdict(historyOf(e))).toEqual([])
    expect(verdict(amendConnection(historyOf(e), a, { lastZxidSeen: (e.log.at(-1)?.zxid ?? 0) as Zxid }))).toEqual([])
    expect(verdict(amendConnection(historyOf(e), a, { lastZxidSeen: 9e12 as Zxid }))).toEqual(['HC-7 S-4'])
  })
})
