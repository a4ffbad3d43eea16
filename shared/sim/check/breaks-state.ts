// For tests only: each rule of trees, sessions and answers, broken once by hand.

import type { ConnId, PeerEffect } from '../../peer/contract.ts'
import type { Applied } from '../../tree/contract.ts'
import type { DataTree } from '../../tree/data-tree.ts'
import type { Znode } from '../../tree/znode.ts'
import { NO_BODY } from '../../zk/reply.ts'
import type { CloseSessionTxn, CreateTxn, Entry } from '../../zk/txn.ts'
import { ZERO_ZXID } from '../../zk/zxid.ts'
import {
  type Break,
  chosen,
  ended,
  entry,
  ghostServer,
  peerOf,
  proposes,
  SESSION_LATER,
  type Story,
  sessionOf,
  step,
  zxidAfter,
} from './testing.ts'

function createTxn(path: string, parentCVersion: number, ephemeral = false): CreateTxn {
  return { type: 'create', path, data: null, acl: null, ephemeral, parentCVersion }
}

/** How many children the root has had. */
function rootChildren(story: Story): number {
  return story.checker.ghost.reference.machine.tree.nodes.get('/')?.cversion ?? 0
}

function closing(story: Story, paths: readonly string[] | null): Entry {
  const txn: CloseSessionTxn = { type: 'closeSession', paths }
  return entry(zxidAfter(story), { sessionId: sessionOf(story), txn })
}

/** The reference answers like this from now on. */
function machineSays(story: Story, more: Partial<Applied>): void {
  const applied: Applied = { err: 0, body: NO_BODY, changes: [], mismatch: null, ...more }
  Object.assign(story.checker.ghost.reference.machine, { apply: () => applied })
}

function recoversWith(story: Story, change: (tree: DataTree) => void): void {
  const recovered = ended(story, story.follower)
  change(recovered.tree)
  story.checker.observer.started?.(story.follower, recovered)
}

function nodeOf(tree: DataTree, path: string): Znode {
  const node = tree.nodes.get(path)
  if (!node) throw new Error(`there is ${path}`)
  return node
}

/** A server shows its tree anew. */
function showsAgain(story: Story): void {
  ghostServer(story, story.follower).serves = false
  step(story, story.follower)
}

/** An answer to the last request of the client, at its own server. */
function reply(story: Story, more: Partial<Extract<PeerEffect, { type: 'reply' }>>): void {
  const { top } = story.checker.ghost
  const server = [...story.world.servers.values()].find(({ conns }) => conns.size > 0)
  const conn = [...(server?.conns.keys() ?? [])][0] ?? (1 as ConnId)
  if (!server || !top.entry || !top.outcome) throw new Error('the client is connected, and something is chosen')
  const request = { type: 'create2', path: '/z', data: null, acl: null, flags: 0 } as const
  const { err, body } = top.outcome
  const xid = top.entry.cxid
  step(story, server, [{ type: 'reply', conn, xid, zxid: top.zxid, err, body, request, ...more }])
}

export const STATE_BREAKS: readonly Break[] = [
  {
    id: 'T-1',
    what: 'a session is known that was never created',
    breaks(story) {
      peerOf(story.follower).tree.sessions.set(SESSION_LATER, 1000)
      showsAgain(story)
    },
    fine: showsAgain,
  },
  {
    id: 'T-1',
    what: 'a server says itself that its tree differs',
    breaks: (story) =>
      step(story, story.follower, [{ type: 'diverged', zxid: zxidAfter(story, 0), expected: 1n, actual: 2n }]),
  },
  {
    id: 'T-2',
    what: 'a session comes back by recovery',
    breaks: (story) => recoversWith(story, ({ sessions }) => void sessions.set(SESSION_LATER, 1000)),
  },
  {
    id: 'T-3',
    what: 'an answer shows a zxid that is not chosen',
    breaks: (story) => reply(story, { zxid: zxidAfter(story) }),
    fine: (story) => reply(story, {}),
  },
  {
    id: 'T-3',
    what: 'an event shows a zxid that is not chosen',
    breaks(story) {
      const event = { type: 'nodeCreated', path: '/a' } as const
      step(story, story.follower, [
        { type: 'watchEvent', conn: 1 as ConnId, zxid: zxidAfter(story), event, mode: 'standard' },
      ])
    },
  },
  {
    id: 'T-4',
    what: 'a znode is older than its creation',
    breaks: (story) => recoversWith(story, (tree) => Object.assign(nodeOf(tree, '/z'), { mzxid: ZERO_ZXID })),
  },
  {
    id: 'T-4',
    what: 'a digest that was not kept',
    breaks: (story) => recoversWith(story, (tree) => Object.assign(tree, { digest: tree.digest + 1n })),
  },
  {
    id: 'T-5',
    what: 'a child without its parent',
    breaks: (story) => recoversWith(story, ({ nodes }) => void nodes.delete('/a')),
  },
  {
    id: 'T-5',
    what: 'a child that its parent does not know',
    breaks: (story) => recoversWith(story, (tree) => void nodeOf(tree, '/').children?.delete('/z')),
  },
  {
    id: 'T-6',
    what: 'a number is given for the second time',
    breaks: (story) => void chosen(story, entry(zxidAfter(story), { txn: createTxn('/n', rootChildren(story)) })),
    fine: (story) => void chosen(story, entry(zxidAfter(story), { txn: createTxn('/n', rootChildren(story) + 1) })),
  },
  {
    id: 'T-7',
    what: 'half of a multi is done',
    breaks(story) {
      machineSays(story, { body: { type: 'multi', results: [{ type: 'check' }, { type: 'error', err: -101 }] } })
      chosen(story, entry(zxidAfter(story)))
    },
    fine(story) {
      machineSays(story, {
        body: {
          type: 'multi',
          results: [
            { type: 'error', err: 0 },
            { type: 'error', err: -101 },
          ],
        },
      })
      chosen(story, entry(zxidAfter(story)))
    },
  },
  {
    id: 'T-8',
    what: 'a failed write changes a znode',
    breaks(story) {
      machineSays(story, { changes: [{ type: 'dataChanged', path: '/a', acl: null, parentAcl: null }] })
      chosen(story, entry(zxidAfter(story)))
    },
  },
  {
    id: 'T-8',
    what: 'a server gets another error than the reference',
    breaks(story) {
      const one = chosen(story, entry(zxidAfter(story)))
      step(story, story.follower, [{ type: 'applied', entry: one, err: -110 }])
    },
  },
  {
    id: 'T-9',
    what: 'a recovered znode has an ACL that it was never given',
    breaks: (story) =>
      recoversWith(story, (tree) => Object.assign(nodeOf(tree, '/a'), { acl: nodeOf(tree, '/a/b').acl })),
  },
  {
    id: 'T-10',
    what: "a server goes on with a tree that is not the leader's",
    breaks(story) {
      peerOf(story.follower).tree.digest += 1n
      showsAgain(story)
    },
  },
  {
    id: 'S-1',
    what: 'an answer to a request that was never chosen',
    breaks: (story) => reply(story, { xid: 999 }),
    fine: (story) => reply(story, {}),
  },
  { id: 'S-1', what: 'an answer with another result', breaks: (story) => reply(story, { err: -110, body: NO_BODY }) },
  {
    id: 'S-1',
    what: 'an answer before the txn is applied here',
    breaks(story) {
      const { top } = story.checker.ghost
      const before = top.parent
      for (const { sid } of story.world.servers.values()) {
        const g = story.checker.ghost.servers.get(sid)
        if (g && before) g.applied = before
      }
      reply(story, {})
    },
  },
  {
    id: 'S-2',
    what: 'one request is chosen twice',
    breaks: (story) => void chosen(story, entry(zxidAfter(story), { sessionId: sessionOf(story), cxid: 1 })),
    fine: (story) => void chosen(story, entry(zxidAfter(story), { sessionId: sessionOf(story), cxid: 99 })),
  },
  {
    id: 'S-5',
    what: 'a session is created twice',
    breaks(story) {
      const txn = { type: 'createSession', timeoutMs: 1000 } as const
      chosen(story, entry(zxidAfter(story), { sessionId: sessionOf(story), txn }))
    },
    fine(story) {
      const txn = { type: 'createSession', timeoutMs: 1000 } as const
      chosen(story, entry(zxidAfter(story), { sessionId: SESSION_LATER, txn }))
    },
  },
  {
    id: 'S-5',
    what: 'a session is closed twice, with something left to delete',
    breaks(story) {
      chosen(story, closing(story, ['/e']))
      chosen(story, closing(story, ['/e']))
    },
    fine(story) {
      chosen(story, closing(story, ['/e']))
      chosen(story, closing(story, []))
    },
  },
  {
    id: 'S-6',
    what: 'a write behind the close of its session',
    breaks(story) {
      chosen(story, closing(story, ['/e']))
      const txn = createTxn('/n', rootChildren(story) + 1)
      chosen(story, entry(zxidAfter(story), { sessionId: sessionOf(story), txn }))
    },
    fine(story) {
      chosen(story, closing(story, ['/e']))
      chosen(story, entry(zxidAfter(story), { sessionId: sessionOf(story), txn: { type: 'error', err: -112 } }))
    },
  },
  {
    id: 'S-7',
    what: 'a close deletes what is not its own',
    breaks: (story) => void chosen(story, closing(story, ['/a/b'])),
    fine: (story) => void chosen(story, closing(story, ['/e'])),
  },
  { id: 'S-7', what: 'a close leaves an ephemeral', breaks: (story) => void chosen(story, closing(story, [])) },
  {
    id: 'S-7',
    what: 'an ephemeral behind the close of its session',
    alone: true,
    breaks(story) {
      chosen(story, closing(story, ['/e']))
      const txn = createTxn('/n', rootChildren(story) + 1, true)
      chosen(story, entry(zxidAfter(story), { sessionId: sessionOf(story), txn }))
    },
  },
  {
    id: 'S-8',
    what: 'a session expires before its time',
    breaks: (story) => expires(story, 1000),
    fine: (story) => expires(story, 4000),
  },
  {
    id: 'S-8',
    what: 'a session expires while the leader stood still',
    breaks(story) {
      const { nowMs, wallMs } = peerOf(story.leader)
      step(story, story.leader, [], { type: 'tick', nowMs: nowMs + 3900, wallMs })
      expires(story, 4000)
    },
  },
  {
    id: 'S-10',
    what: 'a close that fits into no record',
    breaks: (story) =>
      void chosen(
        story,
        closing(
          story,
          Array.from({ length: 50_000 }, (_, i) => `/ephemeral-${i}/below`),
        ),
      ),
  },
]

/** The leader closes the client's session after so long a silence. */
function expires(story: Story, silentMs: number): void {
  const { listener } = ghostServer(story, story.leader)
  const { nowMs, wallMs } = peerOf(story.leader)
  listener?.sessions.set(sessionOf(story), { atMs: nowMs, timeoutMs: 4000 })
  const from = (listener?.lastTickMs ?? nowMs) - nowMs
  for (let ms = from + 100; ms < silentMs; ms += 100) if (listener) listener.lastTickMs = nowMs + ms
  proposes(story, closing(story, ['/e']), { type: 'tick', nowMs: nowMs + silentMs, wallMs })
}
