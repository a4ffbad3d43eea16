// Sessions of one server alone, told through a server that leads itself.

import { describe, expect, test } from 'vitest'
import { utf8Encode } from '../base/text.ts'
import type { LinkId } from '../zab/contract.ts'
import { OPEN_ACL } from '../zk/acl.ts'
import { asSid, NO_SESSION, type SessionId } from '../zk/ids.ts'
import type { ClientRequest } from '../zk/request.ts'
import type { PeerEffect } from './contract.ts'
import { isIdOf } from './local-sessions.ts'
import { Alone, story } from './testing.ts'

function create(path: string, flags = 0) {
  return { type: 'create', path, data: utf8Encode('x'), acl: OPEN_ACL, flags } as const
}

function zxids(alone: Alone): number {
  return alone.peer.tree.lastProcessedZxid
}

function appended(effects: readonly PeerEffect[]): string[] {
  return effects.flatMap((e) => (e.type === 'append' ? [e.entry.txn.type] : []))
}

describe('a local session', () => {
  test('is made and ended without a txn, and writes like any other', () => {
    const alone = new Alone(undefined, { localSessions: 'on' })
    const before = zxids(alone)
    expect(story(alone.connect(1))).toEqual(['1:session 4000'])
    expect(zxids(alone)).toBe(before)
    expect(story(alone.ask(1, 1, create('/a')))).toEqual(['1:reply 1 0'])
    const id = alone.sessionOf(1)
    expect(alone.peer.tree.sessions.has(id)).toBe(false)
    const closing = alone.ask(1, 2, { type: 'closeSession' })
    expect(appended(closing)).toEqual([])
    expect(story(closing)).toEqual(['1:reply 2 0', '1:close'])
    expect(story(alone.connect(2, id))).toEqual(['2:session 0', '2:close'])
  })

  test('comes back on a new connection, and expires when nobody hears of it', () => {
    const alone = new Alone(undefined, { localSessions: 'on' })
    alone.connect(1)
    const id = alone.sessionOf(1)
    expect(story(alone.connect(2, id))).toEqual(['1:close', '2:session 4000'])
    for (let i = 0; i < 4; i += 1) {
      expect(story(alone.pass(2000))).toEqual([])
      expect(story(alone.ask(2, i, { type: 'ping' }))).toEqual([`2:reply ${i} 0`])
    }
    expect(story(alone.pass(6000))).toEqual(['2:close'])
    expect(story(alone.connect(3, id))).toEqual(['3:session 0', '3:close'])
  })

  const EPHEMERAL: ClientRequest[] = [
    create('/e', 1),
    create('/e', 3),
    { type: 'multi', ops: [create('/p'), create('/e', 1)] },
  ]
  test.each(EPHEMERAL)('cannot own an ephemeral: -120, in its turn (%#)', (request) => {
    const alone = new Alone(undefined, { localSessions: 'on' })
    alone.connect(1)
    alone.flushAtOnce = false
    expect(story([...alone.ask(1, 1, create('/a')), ...alone.ask(1, 2, request)])).toEqual([])
    expect(story(alone.flush())).toEqual(['1:reply 1 0', '1:reply 2 -120'])
  })

  test.each(EPHEMERAL)('becomes a global one before it owns an ephemeral, where that is allowed (%#)', (request) => {
    const alone = new Alone(undefined, { localSessions: 'upgrading' })
    alone.connect(1)
    const id = alone.sessionOf(1)
    const asked = alone.ask(1, 1, request)
    expect(appended(asked).slice(0, 2)).toEqual(['createSession', request.type === 'multi' ? 'multi' : 'create'])
    expect(story(asked)).toEqual(['1:reply 1 0'])
    expect(alone.peer.tree.sessions.get(id)).toBe(4000)
    expect(alone.peer.tree.ephemerals.get(id)?.size).toBe(1)
    expect(appended(alone.ask(1, 2, { type: 'closeSession' }))).toEqual(['closeSession'])
  })

  test('of another server may write through the leader, but own nothing and not be over', () => {
    const forwarded = (alone: Alone, sessionId: SessionId, request: ClientRequest) =>
      appended(
        alone.feed({
          type: 'packet',
          link: 1 as LinkId,
          packet: { type: 'REQUEST', sessionId, cxid: 1, request, authInfo: [] },
        }),
      )
    const alone = new Alone(undefined, { localSessions: 'on' })
    // A learner that has promised nothing yet; the leader only wants to know its link.
    alone.feed({ type: 'linkUp', link: 1 as LinkId })
    alone.feed({
      type: 'packet',
      link: 1 as LinkId,
      packet: {
        type: 'OBSERVERINFO',
        acceptedEpoch: 0,
        sid: asSid(2),
        protocolVersion: 0x10000,
        configVersion: alone.peer.zab.active.version,
      },
    })
    const theirs = (2n << 56n) as SessionId
    const ours = ((1n << 56n) + 77n) as SessionId
    expect(forwarded(alone, theirs, create('/a'))).toEqual(['create'])
    expect(forwarded(alone, theirs, create('/e', 1))).toEqual(['error'])
    expect(forwarded(alone, ours, create('/b'))).toEqual(['error'])
  })

  test('an id tells who gave it out', () => {
    expect(isIdOf(asSid(2), (2n << 56n) as SessionId)).toBe(true)
    expect(isIdOf(asSid(200), ((200n << 56n) + 5n) as SessionId)).toBe(true)
    expect(isIdOf(asSid(1), NO_SESSION)).toBe(false)
  })
})
