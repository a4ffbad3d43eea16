// A server that finds no leader, and clients that take what they can get.

import { describe, expect, test } from 'vitest'
import { configOf } from '../zab/testing-node.ts'
import { asSid, NO_SESSION, type SessionId } from '../zk/ids.ts'
import { NO_ZXID } from '../zk/zxid.ts'
import type { PeerEffect } from './contract.ts'
import { Alone, story } from './testing.ts'

const READ_ONLY = { readOnly: true }

function partitioned(more = {}): Alone {
  return new Alone(undefined, { quorum: configOf([1, 2]), readOnlyMode: true, ...more })
}

function said(effects: readonly PeerEffect[], type: PeerEffect['type']): number {
  return effects.filter((e) => e.type === type).length
}

describe('read-only mode', () => {
  test('begins after two seconds without a leader, a tick at least', () => {
    const alone = partitioned()
    expect(said(alone.pass(1900), 'readOnly')).toBe(0)
    expect(said(alone.pass(300), 'readOnly')).toBe(1)
    const slow = partitioned({ tickTimeMs: 5000 })
    expect(said(slow.pass(4900), 'readOnly')).toBe(0)
    expect(said(slow.pass(300), 'readOnly')).toBe(1)
    expect(said(partitioned({ readOnlyMode: false }).pass(10_000), 'readOnly')).toBe(0)
  })

  test('serves reads to those who accept that, and nothing that needs a leader', () => {
    const alone = partitioned()
    alone.pass(3000)
    expect(story(alone.connect(1))).toEqual(['1:close'])
    const [session] = alone.connect(2, NO_SESSION, READ_ONLY)
    expect(session).toMatchObject({ type: 'session', readOnly: true })
    const ask = (xid: number, request: Parameters<Alone['ask']>[2]) => story(alone.ask(2, xid, request))
    expect(ask(1, { type: 'exists', path: '/zookeeper', watch: true })).toEqual(['2:reply 1 0'])
    expect(ask(2, { type: 'delete', path: '/a', version: -1 })).toEqual(['2:reply 2 -119'])
    expect(ask(3, { type: 'sync', path: '/' })).toEqual(['2:reply 3 -119'])
    expect(ask(4, { type: 'multi', ops: [] })).toEqual(['2:reply 4 -119'])
    const reconfig = { joiningServers: null, leavingServers: '2', newMembers: null, curConfigId: NO_ZXID }
    expect(ask(5, { type: 'reconfig', ...reconfig })).toEqual(['2:reply 5 -119'])
    expect(ask(6, { type: 'closeSession' })).toEqual(['2:reply 6 0', '2:close'])
  })

  test('keeps a session of its own for a client that reconnects, and sends others’ away', () => {
    const alone = partitioned()
    alone.pass(3000)
    alone.connect(1, NO_SESSION, READ_ONLY)
    const id = alone.sessionOf(1)
    expect(story(alone.connect(2, id, READ_ONLY))).toEqual(['1:close', '2:session 4000'])
    expect(story(alone.connect(3, 99n as SessionId, READ_ONLY))).toEqual(['3:close'])
    expect(story(alone.pass(6000))).toEqual(['2:close'])
  })

  test('is over when a leader is found, and its sessions with it', () => {
    const alone = partitioned()
    alone.pass(3000)
    alone.connect(1, NO_SESSION, READ_ONLY)
    const { zab } = alone.peer
    const notification = { ...zab.vote, electionEpoch: zab.round, version: 2, config: null } as const
    const effects = alone.feed({
      type: 'notification',
      from: asSid(2),
      notification: { ...notification, leader: asSid(2), state: 'LOOKING' },
    })
    expect(zab.role.state).toBe('FOLLOWING')
    expect([...story(effects), said(effects, 'notServing')]).toEqual(['1:close', 1])
    expect(alone.peer.local).toBeNull()
    expect(story(alone.connect(2, NO_SESSION, READ_ONLY))).toEqual(['2:close'])
  })
})
