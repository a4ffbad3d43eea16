import { describe, expect, test } from 'vitest'
import { applyEvent } from '#shared/events/apply-event.ts'
import { emptyClusterView } from '#shared/events/cluster-view.ts'
import type { GatewayEvent } from '#shared/events/socket-protocol.ts'
import { applyToChronicle, emptyChronicle } from './chronicle/chronicle.ts'
import { matchesSession, sessionRows, timeLeft } from './session-rows.ts'

const connected = (t: number, sid: number, conn: number, session: string): GatewayEvent => ({
  type: 'connected',
  t,
  sid,
  conn,
  address: `10.0.0.${conn}:5`,
  session,
  timeoutMs: 10_000,
})
const wrote = (t: number, session: string, op: string, path: string | null, ephemeral = false): GatewayEvent => ({
  type: 'proposed',
  t,
  sid: 3,
  txn: { zxid: `0x1${t.toString(16).padStart(8, '0')}`, op, path, session, cxid: 1, bytes: 0, error: null, ephemeral },
})

function heard(events: readonly GatewayEvent[]) {
  const view = emptyClusterView()
  const chronicle = emptyChronicle()
  for (const event of events) {
    applyToChronicle(chronicle, view, event)
    applyEvent(view, event)
  }
  return (now: number) => sessionRows(view, chronicle, ['/locks/a'], now)
}

describe('sessions', () => {
  test('one whose connection went drains until it comes back elsewhere', () => {
    const gone: GatewayEvent = { type: 'disconnected', t: 2000, sid: 1, conn: 7, reason: 'closed' }
    const away = heard([connected(1000, 1, 7, '0xa'), connected(1000, 2, 8, '0xb'), gone])(6000)
    expect(away.map(({ session, state }) => [session, state])).toEqual([
      ['0xa', 'away'],
      ['0xb', 'connected'],
    ])
    expect(away[0] && timeLeft(away[0], 6000)).toEqual({ ms: 6000, part: 0.6 })
    const back = heard([connected(1000, 1, 7, '0xa'), gone, connected(3000, 2, 9, '0xa')])(6000)
    expect(back.map(({ sid, state }) => [sid, state])).toEqual([[2, 'connected']])
  })

  test('a killed member takes its connections, not their sessions', () => {
    const killed: GatewayEvent = { type: 'process', t: 2000, sid: 1, process: 'killed', pid: null, reason: '' }
    expect(heard([connected(1000, 1, 7, '0xa'), killed])(2500)[0]).toMatchObject({ state: 'away', since: 2000 })
  })

  test('ephemerals and locks are those seen to be made and not deleted since', () => {
    const [row] = heard([
      connected(1000, 1, 7, '0xa'),
      wrote(1100, '0xa', 'create', '/locks/a/l-0000000001', true),
      wrote(1200, '0xa', 'create', '/me', true),
      wrote(1300, '0xa', 'create', '/gone', true),
      wrote(1400, '0xb', 'delete', '/gone'),
    ])(2000)
    expect(row).toMatchObject({
      ephemerals: ['/locks/a/l-0000000001', '/me'],
      locks: ['/locks/a/l-0000000001'],
      heardAt: 1300,
    })
  })

  test('a closed one is over, and forgotten after a minute', () => {
    const rows = heard([
      connected(1000, 1, 7, '0xa'),
      wrote(1500, '0xa', 'closeSession', null),
      { type: 'disconnected', t: 1600, sid: 1, conn: 7, reason: '' },
    ])
    expect(rows(2000)[0]).toMatchObject({ state: 'over', since: 1500, ephemerals: [] })
    expect(rows(99_000)).toEqual([])
  })

  test('they are found by id, address and member', () => {
    const [row] = heard([connected(1000, 1, 7, '0xa')])(2000)
    if (!row) throw new Error('one row')
    expect(['0XA', '10.0.0.7', 'member 1', ''].map((needle) => matchesSession(row, needle))).toEqual(
      Array(4).fill(true),
    )
    expect(matchesSession(row, 'member 2')).toBe(false)
  })
})
