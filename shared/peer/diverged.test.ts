// What a server does that finds its tree to be another than the leader's (T-10): nothing more.

import { expect, test } from 'vitest'
import { DEFAULT_TREE_OPTIONS } from '../tree/options.ts'
import type { DiskOp, LinkId } from '../zab/contract.ts'
import { OPEN_ACL } from '../zk/acl.ts'
import { asSid, NO_SESSION } from '../zk/ids.ts'
import type { ClientRequest } from '../zk/request.ts'
import { makeZxid, ZERO_ZXID } from '../zk/zxid.ts'
import { applyCommitted } from './apply.ts'
import type { PeerEffect } from './contract.ts'
import { Alone, story } from './testing.ts'

function create(path: string): ClientRequest {
  return { type: 'create', path, data: null, acl: OPEN_ACL, flags: 0 }
}

test('[T-10] what is proposed carries the digest that the tree has once it is applied', () => {
  const alone = new Alone()
  alone.connect(1)
  alone.flushAtOnce = false
  const proposed = [
    ...alone.ask(1, 1, create('/a')),
    ...alone.ask(1, 2, create('/a/b')),
    ...alone.ask(1, 3, { type: 'delete', path: '/a', version: -1 }),
    ...alone.ask(1, 4, { type: 'multi', ops: [] }),
  ].flatMap((effect) => (effect.type === 'append' ? [effect.entry] : []))
  expect(proposed.map(({ digest }) => digest === null)).toEqual([false, false, true, false])
  expect(story(alone.flush())).toEqual(['1:reply 1 0', '1:reply 2 0', '1:reply 3 -111', '1:reply 4 0'])
  expect(proposed.at(-1)?.digest).toBe(alone.peer.tree.digest)
})

test('[T-10] a server whose tree differs cuts its clients off, answers nothing and does nothing any more', () => {
  const alone = new Alone()
  alone.connect(1)
  alone.connect(2)
  alone.flushAtOnce = false
  alone.ask(1, 1, create('/a'))
  const [append] = alone.ask(1, 2, create('/b')).filter((effect) => effect.type === 'append')
  const { tree } = alone.peer
  const root = tree.nodes.get('/')
  if (!root || !append) throw new Error('there is a root, and the create was logged')
  root.cversion += 7 // as a broken memory might
  const out = alone.flush()
  const found = out.find((effect) => effect.type === 'diverged')
  expect(found).toMatchObject({ actual: tree.digest })
  expect(found?.expected).not.toBe(tree.digest)
  expect(story(out)).toEqual(['1:close', '2:close'])
  expect(out.filter((effect) => effect.type === 'applied')).toEqual([])
  expect([...alone.connect(3), ...alone.pass(30_000), ...alone.ask(2, 1, { type: 'ping' })]).toEqual([])
})

test('without digests nothing is compared', () => {
  const alone = new Alone({ ...DEFAULT_TREE_OPTIONS, digest: false })
  alone.connect(1)
  const root = alone.peer.tree.nodes.get('/')
  if (root) root.cversion += 7
  const out = alone.ask(1, 1, create('/a'))
  expect(story(out)).toEqual(['1:reply 1 0'])
  expect(out.find((effect) => effect.type === 'append')).toMatchObject({ entry: { digest: null } })
})

test.each([
  ['a leader of ours, in its epoch', true, 2, 'diverged'],
  ['a leader of ours, for what another proposed before', true, 1, 'digestMismatch'],
  ['an Apache leader', false, 2, 'digestMismatch'],
] as const)('[T-10] a difference to %s', (_name, exactDigests, epoch, expected) => {
  const { peer } = new Alone()
  peer.zab.role = {
    ...{
      state: 'FOLLOWING',
      leader: asSid(2),
      link: 1 as LinkId,
      claimsNothing: false,
      stage: 'BROADCAST',
      epoch: 2,
      exactDigests,
    },
    ...{
      plan: null,
      pending: [],
      committed: ZERO_ZXID,
      installOp: 0 as DiskOp,
      heldAcks: [],
      serves: true,
      announced: null,
      designated: null,
      lastHeardMs: 0,
    },
  }
  const out: PeerEffect[] = []
  const txn = { type: 'createSession', timeoutMs: 4000 } as const
  applyCommitted(
    peer,
    { zxid: makeZxid(epoch, 9), sessionId: NO_SESSION, cxid: 0, timeMs: 1, txn, digest: peer.tree.digest + 1n },
    out,
  )
  expect(out.map(({ type }) => type)).toContain(expected)
  expect(out.some(({ type }) => type === 'applied')).toBe(expected === 'digestMismatch')
  expect(peer.diverged).toBe(expected === 'diverged')
})
