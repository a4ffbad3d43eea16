// Every check on a run that is right, and on runs that are known to be wrong.

import { describe, expect, test } from 'vitest'
import { utf8Encode } from '#shared/base/text.ts'
import { type Operation, sent } from '#shared/history/history.ts'
import { create, setData } from '#shared/history/requests.ts'
import { createTree } from '#shared/tree/create-tree.ts'
import { newZnode } from '#shared/tree/data-tree.ts'
import { asSessionId, asSid, NO_SESSION } from '#shared/zk/ids.ts'
import { NO_BODY } from '#shared/zk/reply.ts'
import { makeZxid, type Zxid } from '#shared/zk/zxid.ts'
import { acknowledgedZxids, checkAcknowledged, checkBank, checkBeliefs, checkLeftovers } from './run-checks.ts'
import { type Belief, PATHS } from './work/shared-work.ts'

const belief = (client: number, fromMs: number, untilMs: number, token: number, lock = '/l'): Belief => {
  return { lock, client, token, fromMs, untilMs }
}
const ids = (found: readonly { readonly id: string }[]) => found.map(({ id }) => id)

describe('locks', () => {
  test('turns that follow each other are right, also when they are told out of order', () => {
    expect(checkBeliefs([belief(2, 20, 30, 9), belief(1, 0, 10, 5), belief(1, 5, 25, 1, '/other')])).toEqual([])
  })

  test('two holders at one time', () => {
    const [found] = checkBeliefs([belief(1, 0, 10, 5), belief(2, 9, 12, 9)])
    expect(found?.what).toContain('client 2 takes itself for the holder of /l from 9.0 ms on, client 1 until 10.0 ms')
  })

  test('a long turn hides behind a short one', () => {
    expect(ids(checkBeliefs([belief(1, 0, 100, 1), belief(2, 20, 30, 2), belief(3, 50, 60, 3)]))).toEqual([
      'LOCK',
      'LOCK',
    ])
  })

  test('a later holder with an older fencing token', () => {
    expect(checkBeliefs([belief(1, 0, 10, 9), belief(2, 20, 30, 9)])[0]?.what).toContain(
      'fencing token that is not new',
    )
  })
})

describe('what is left', () => {
  test('nothing, when everybody has gone', () => {
    expect(checkLeftovers(1, createTree())).toEqual([])
  })

  test('a session, and an ephemeral whose owner has gone', () => {
    const tree = createTree()
    tree.sessions.set(asSessionId(0x17n), 4000)
    tree.nodes.set('/e', newZnode(tree.data, null, null, makeZxid(1, 1), 0, asSessionId(0x18n)))
    expect(checkLeftovers(2, tree).map(({ id, what }) => `${id} ${what}`)).toEqual([
      'V-5 member 2 still has session 0x17',
      'S-7 member 2 still has the ephemeral /e of 0x18',
    ])
  })
})

test('[T-7] money that was made or lost', () => {
  const tree = createTree()
  for (const path of PATHS.accounts)
    tree.nodes.set(path, newZnode(tree.data, utf8Encode('1000'), null, makeZxid(1, 1), 0, NO_SESSION))
  expect(checkBank(1, tree)).toEqual([])
  const [first = ''] = PATHS.accounts
  tree.nodes.set(first, newZnode(tree.data, utf8Encode('999'), null, makeZxid(1, 2), 0, NO_SESSION))
  expect(checkBank(1, tree)[0]?.what).toContain('add up to 3999, not 4000')
})

describe('acknowledged writes', () => {
  function answered(xid: number, zxid: Zxid, request: Operation['request'], err = 0): Operation {
    const op = sent({ client: 1, sessionId: asSessionId(1n), conn: 1, server: asSid(1), xid, request, sentAtMs: 0 })
    return { ...op, doneAtMs: 1, err, zxid, body: NO_BODY }
  }
  const kept = answered(1, makeZxid(1, 1), create('/a'))
  const lost = answered(2, makeZxid(1, 2), setData('/a', 'x'))
  const refused = answered(3, makeZxid(1, 3), setData('/b', 'x'), -101)
  const unknown = { ...answered(4, makeZxid(1, 4), setData('/a', 'y')), doneAtMs: null, err: null, zxid: null }
  const read = answered(5, makeZxid(1, 2), { type: 'exists', path: '/a', watch: false })

  test('each has to be in the log; what failed, or was never answered, need not', () => {
    const all = [kept, refused, unknown, read]
    expect(checkAcknowledged(all, new Set([makeZxid(1, 1)]))).toEqual([])
    const found = checkAcknowledged([...all, lost], new Set([makeZxid(1, 1)]))
    expect(found.map(({ what }) => what)).toEqual(['setData of client 1, acknowledged as 1/2, is in no log'])
  })

  test('only they count as told', () => {
    expect([...acknowledgedZxids([kept, lost, refused, unknown, read])]).toEqual([makeZxid(1, 1), makeZxid(1, 2)])
  })
})
