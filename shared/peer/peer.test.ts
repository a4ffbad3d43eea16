// What clients of a server can rely on, told through a server alone: a quorum of one behaves as any other.

import { describe, expect, test } from 'vitest'
import { OPEN_ACL, PERMS } from '../zk/acl.ts'
import { ERROR_CODES } from '../zk/errors.ts'
import { asSessionId, NO_SESSION } from '../zk/ids.ts'
import type { ClientRequest } from '../zk/request.ts'
import { makeZxid } from '../zk/zxid.ts'
import type { ConnId } from './contract.ts'
import { Alone, story } from './testing.ts'

function create(path: string, flags = 0): ClientRequest {
  return { type: 'create', path, data: new Uint8Array([1]), acl: OPEN_ACL, flags }
}

describe('sessions', () => {
  test('a new session is answered once its txn is committed', () => {
    const alone = new Alone()
    alone.flushAtOnce = false
    expect(story(alone.connect(1))).toEqual([])
    expect(story(alone.flush())).toEqual(['1:session 4000'])
  })

  test('[S-9] a session is resumed by its password; a wrong one does not cut the owner off', () => {
    const alone = new Alone()
    alone.connect(1)
    const id = alone.sessionOf(1)
    expect(story(alone.connect(2, id, { passwordOk: false }))).toEqual(['2:session 0', '2:close'])
    expect(alone.peer.conns.has(1 as ConnId)).toBe(true)
    expect(story(alone.connect(3, id))).toEqual(['1:close', '3:session 4000'])
  })

  test('an unknown session is told that it is over', () => {
    const alone = new Alone()
    expect(story(alone.connect(1, asSessionId(77n)))).toEqual(['1:session 0', '1:close'])
  })

  test('[S-4] a client that has seen more than this server is sent away without a word', () => {
    expect(story(new Alone().connect(1, NO_SESSION, { lastZxidSeen: makeZxid(9, 1) }))).toEqual(['1:close'])
  })

  test('[S-7] [S-8] a silent session expires, its ephemerals with it; one that pings lives', () => {
    const alone = new Alone()
    alone.connect(1)
    alone.connect(2)
    alone.ask(1, 1, create('/e', 1))
    for (let i = 0; i < 10; i += 1) {
      expect(story(alone.pass(1000)).filter((s) => s.startsWith('2:close'))).toEqual([])
      alone.ask(2, -2, { type: 'ping' })
    }
    expect(alone.peer.conns.has(1 as ConnId)).toBe(false)
    expect(alone.peer.tree.nodes.has('/e')).toBe(false)
    expect([...alone.peer.tree.sessions.keys()]).toEqual([alone.sessionOf(2)])
  })

  test('[S-8] [O-18] a process that stood still does not expire those it could not hear', () => {
    const alone = new Alone()
    alone.connect(1)
    alone.nowMs += 60_000
    alone.feed({ type: 'tick', nowMs: alone.nowMs, wallMs: 1e12 + alone.nowMs })
    expect(alone.peer.conns.has(1 as ConnId)).toBe(true)
    alone.pass(5500)
    expect(alone.peer.conns.has(1 as ConnId)).toBe(false)
  })

  test('closeSession is answered, then the connection closed', () => {
    const alone = new Alone()
    alone.connect(1)
    expect(story(alone.ask(1, 9, { type: 'closeSession' }))).toEqual(['1:reply 9 0', '1:close'])
  })
})

describe('order', () => {
  test('[S-3] a read behind a write waits for it; other sessions do not', () => {
    const alone = new Alone()
    alone.connect(1)
    alone.connect(2)
    alone.flushAtOnce = false
    expect(story(alone.ask(1, 1, create('/a')))).toEqual([])
    expect(story(alone.ask(1, 2, { type: 'exists', path: '/a', watch: false }))).toEqual([])
    expect(story(alone.ask(2, 1, { type: 'exists', path: '/a', watch: false }))).toEqual([
      `2:reply 1 ${ERROR_CODES.NONODE}`,
    ])
    expect(story(alone.flush())).toEqual(['1:reply 1 0', '1:reply 2 0'])
  })

  test('[D-4] nothing is answered before it is durable', () => {
    const alone = new Alone()
    alone.connect(1)
    alone.flushAtOnce = false
    alone.ask(1, 1, create('/a'))
    expect(alone.peer.tree.nodes.has('/a')).toBe(false)
    alone.flush()
    expect(alone.peer.tree.nodes.has('/a')).toBe(true)
  })

  test('[W-1] the event comes before the reply that shows the change, also for the own write', () => {
    const alone = new Alone()
    alone.connect(1)
    alone.ask(1, 1, { type: 'exists', path: '/a', watch: true })
    expect(story(alone.ask(1, 2, create('/a')))).toEqual(['1:event nodeCreated /a', '1:reply 2 0'])
    expect(story(alone.ask(1, 3, { type: 'setData', path: '/a', data: null, version: -1 }))).toEqual(['1:reply 3 0'])
  })

  test('[T-8] a refused write takes a zxid and changes nothing', () => {
    const alone = new Alone()
    alone.connect(1)
    const before = alone.peer.zxid
    expect(story(alone.ask(1, 1, create('/x/y')))).toEqual([`1:reply 1 ${ERROR_CODES.NONODE}`])
    expect(alone.peer.zxid).toBe(before + 1)
  })

  test('an undecodable read is refused in its place and takes no zxid', () => {
    const alone = new Alone()
    alone.connect(1)
    const before = alone.peer.zxid
    expect(story(alone.ask(1, 1, { type: 'undecodable', op: 4 }))).toEqual([
      `1:reply 1 ${ERROR_CODES.MARSHALLINGERROR}`,
    ])
    expect(alone.peer.zxid).toBe(before)
  })

  test('a sync is answered behind the writes before it', () => {
    const alone = new Alone()
    alone.connect(1)
    alone.connect(2)
    alone.flushAtOnce = false
    alone.ask(1, 1, create('/a'))
    expect(story(alone.ask(2, 1, { type: 'sync', path: '/' }))).toEqual([])
    expect(story(alone.flush())).toEqual(['1:reply 1 0', '2:reply 1 0'])
  })
})

describe('who may know', () => {
  test('[W-9] an event is withheld from who may not read the node', () => {
    const alone = new Alone()
    alone.connect(1)
    alone.connect(2)
    alone.feed({ type: 'authenticated', conn: 1 as ConnId, id: { scheme: 'digest', id: 'bob:x' } })
    alone.ask(2, 1, { type: 'addWatch', path: '/', mode: 1 })
    const acl = [{ perms: PERMS.ALL, scheme: 'digest', id: 'bob:x' }]
    expect(story(alone.ask(1, 1, { type: 'create', path: '/own', data: null, acl, flags: 0 }))).toEqual(['1:reply 1 0'])
    expect(story(alone.ask(1, 2, create('/open')))).toEqual(['2:event nodeCreated /open', '1:reply 2 0'])
  })

  test('whoAmI names users, never their digests', () => {
    const alone = new Alone()
    alone.connect(1)
    alone.feed({ type: 'authenticated', conn: 1 as ConnId, id: { scheme: 'digest', id: 'bob:secret' } })
    const reply = alone.ask(1, 1, { type: 'whoAmI' }).find((e) => e.type === 'reply')
    expect(reply?.body).toEqual({
      type: 'whoAmI',
      ids: [
        { scheme: 'ip', id: '127.0.0.1' },
        { scheme: 'digest', id: 'bob' },
      ],
    })
  })
})
