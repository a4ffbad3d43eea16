// The golden sentences: one directory each, the contender that is asked about, and the sentence in English.

import { describe, expect, test } from 'vitest'
import type { Override } from '../recognise/overrides.ts'
import { readSite } from '../recognise/read-site.ts'
import { curatorLock, guid, hex, kazooLock, seq, siteOf } from '../testing/sites.ts'
import { compareWakes, type WakeReport } from '../wake/compare.ts'
import type { WatchTables } from '../wake/watch-tables.ts'
import { ENGLISH, inEnglish } from './sentence.ts'
import { whyOf } from './why.ts'

interface Golden {
  /** Below /l unless they begin with `/`. */
  readonly nodes: readonly string[]
  readonly of: string
  readonly at?: string
  readonly say?: Omit<Override, 'glob'>
  /** `session path` each; looked at twice. */
  readonly watched?: readonly (readonly [string, string])[]
  readonly woken?: readonly string[]
  /** Name → how long it has held. */
  readonly held?: Readonly<Record<string, number>>
  readonly connected?: readonly string[]
}

const NOW = 1_000_000

function sentence({ nodes, of, at = '/l', say, watched, woken = [], held = {}, connected }: Golden): string {
  const full = nodes.map((node) => (/^(P:)?\//.test(node) ? node : node.replace(/^(P:)?/, `$1${at}/`)))
  const picture = readSite(siteOf(at, ...full), say ? [{ glob: at, ...say }] : [])
  const path = of.startsWith('/') ? of : `${at}/${of}`
  let wakes: WakeReport | null = null
  if (watched) {
    const data = new Map<string, Set<string>>()
    for (const [session, name] of watched) {
      const on = name.startsWith('/') ? name : `${at}/${name}`
      data.set(on, (data.get(on) ?? new Set()).add(session))
    }
    const tables: WatchTables = { data, children: new Map(), childrenComplete: true, missing: [], homes: new Map() }
    for (let look = 0; look < 2; look += 1)
      wakes = compareWakes({ picture, tables, before: wakes, woken: new Set(woken) })
  }
  const grantedMs = new Map(
    Object.entries(held).map(([name, ms]) => [name.startsWith('/') ? name : `${at}/${name}`, NOW - ms]),
  )
  return inEnglish(
    whyOf(picture, path, { wakes, grantedMs, connected: connected ? new Set(connected) : null, now: NOW }),
  )
}

const [l1, l2, l3] = [curatorLock(1), curatorLock(2), curatorLock(3)]
const line = [`${l1}@1`, `${l2}@2`, `${l3}@3`]
const r = (n: number) => `${guid(n)}__READ__${seq(n)}`
const w = (n: number) => `${guid(n)}__WRIT__${seq(n)}`
const latch = (n: number) => `${guid(n)}latch-${seq(n)}`
const lease = (n: number) => `/l/leases/${guid(n)}lease-${seq(n)}`
const twoDirs = ['P:/l/locks', 'P:/l/leases', `${lease(1)}@1`]
const [hexLease, queued] = [hex(1), kazooLock(2)]

const GOLDEN: readonly (readonly [string, Golden])[] = [
  ['Session 0x1 does not wait: it has held the lock for 3.2 s.', { nodes: line, of: l1, held: { [l1]: 3200 } }],
  ['Session 0x1 does not wait: it has held the lock since before we looked.', { nodes: line, of: l1 }],
  [
    'Session 0x2 waits for session 0x1, which has held the lock for 250 ms. It is next.',
    { nodes: line, of: l2, held: { [l1]: 250 } },
  ],
  [
    'Session 0x2 waits for session 0x1, which has held the lock since before we looked. It is next.',
    { nodes: line, of: l2 },
  ],
  [
    'Session 0x3 waits for session 0x1, which has held the lock for 2 min. 1 other goes first.',
    { nodes: line, of: l3, held: { [l1]: 90_000 } },
  ],
  [
    'Session 0x4 waits for session 0x1, which has held the lock for 2 h. 2 others go first.',
    { nodes: [...line, `${curatorLock(4)}@4`], of: curatorLock(4), held: { [l1]: 7_200_000 } },
  ],
  ['It is not there any more.', { nodes: line, of: 'nobody' }],
  [
    'Session 0x1 holds the lock but has no connection to a member that we hear: it keeps it until its session expires.',
    { nodes: line, of: l1, connected: ['0x2'] },
  ],
  [
    'Session 0x2 waits for session 0x1, which has no connection to a member that we hear: the lock is free when that session expires or comes back and releases it. It is next.',
    { nodes: line, of: l2, connected: ['0x2'] },
  ],
  [
    'Session 0x2 waits, but watches nothing that would wake it: probably its client lost the answer to its create and does not know that it stands here. Those behind it wait until its session ends.',
    { nodes: line, of: l2, watched: [['0x3', l2]] },
  ],
  [
    'Session 0x2 was woken, or should have been, and has not looked since: a lost wake-up. It waits until something else makes it look.',
    { nodes: line, of: l2, watched: [['0x3', l2]], woken: ['0x2'] },
  ],
  [
    'Session 0x3 should sleep on _c_00000002-0000-4000-8000-000000000000-lock-0000000002 and sleeps on _c_00000001-0000-4000-8000-000000000000-lock-0000000001: it wakes at the wrong time.',
    {
      nodes: line,
      of: l3,
      watched: [
        ['0x2', l1],
        ['0x3', l1],
      ],
    },
  ],
  [
    'Session 0x2 sleeps on its own node, so it never wakes while its session lives.',
    { nodes: [`x-1-${seq(1)}@1`, `x-2-${seq(2)}@2`], of: `x-2-${seq(2)}`, watched: [['0x2', `x-2-${seq(2)}`]] },
  ],
  [
    'Nothing stands in the way of session 0x3, but it sleeps on _c_00000001-0000-4000-8000-000000000000-lock-0000000001, which stays. It finds out when that ends.',
    {
      nodes: [`${l1}@1`, `${l3}@3`, `${curatorLock(4)}@4`],
      of: l3,
      say: { recipe: 'semaphore', permits: 2 },
      watched: [['0x3', l1]],
    },
  ],
  [
    'Session 0x1 waits for 0, which is no lock: Curator takes every child for a contender. It waits until somebody deletes it.',
    { nodes: ['P:0', ...line], of: l1 },
  ],
  [
    '0 is no contender, but Curator takes it for one: whoever stands behind it waits until somebody deletes it.',
    { nodes: ['P:0', ...line], of: '0' },
  ],
  [
    'Session 0x7 waits for itself: it stands in this line more than once, and holds with the earlier node.',
    { nodes: [`${l1}@7`, `${l2}@7`], of: l2 },
  ],
  [
    'Session 0x1 holds the lock by the rules of curator, and 1 other holds it by other rules: they do not exclude each other.',
    { nodes: [`${l1}@1`, `${kazooLock(2)}@2`], of: l1 },
  ],
  [
    '11111111111111111111111111111111__lock__0000000001 holds the lock and is not ephemeral: it stays until somebody deletes it.',
    { nodes: [`P:${kazooLock(1)}`, `${kazooLock(2)}@2`], of: kazooLock(1) },
  ],
  [
    "Session 0x2 waits for 11111111111111111111111111111111__lock__0000000001, which is not ephemeral: no session's end frees the lock, only a delete.",
    { nodes: [`P:${kazooLock(1)}`, `${kazooLock(2)}@2`], of: kazooLock(2) },
  ],
  [
    'Session 0x1 does not wait: it has led for 1 min.',
    { nodes: [`${latch(1)}@1`, `${latch(2)}@2`], of: latch(1), held: { [latch(1)]: 60_000 } },
  ],
  [
    'Session 0x2 waits to lead: session 0x1 has led for 1 min. It is next.',
    { nodes: [`${latch(1)}@1`, `${latch(2)}@2`], of: latch(2), held: { [latch(1)]: 60_000 } },
  ],
  [
    'Session 0x1 does not wait: it leads, and has said that it knows.',
    { nodes: [`ballot${seq(1)}@1`, 'leader_ack@1'], of: `ballot${seq(1)}` },
  ],
  ['Session 0x1 does not wait: it reads together with 1 other.', { nodes: [`${r(1)}@1`, `${r(2)}@2`], of: r(1) }],
  [
    'Session 0x2 wants to read and waits for session 0x1, which writes and has held the lock for 5.0 s.',
    { nodes: [`${w(1)}@1`, `${r(2)}@2`], of: r(2), held: { [w(1)]: 5000 } },
  ],
  [
    'Session 0x3 wants to read. Only readers hold the lock, but 1 writer came first, and readers do not overtake.',
    { nodes: [`${r(1)}@1`, `${w(2)}@2`, `${r(3)}@3`], of: r(3) },
  ],
  [
    'Session 0x3 wants to write and waits for 2 readers to finish. It is next.',
    { nodes: [`${r(1)}@1`, `${r(2)}@2`, `${w(3)}@3`], of: w(3) },
  ],
  [
    'Session 0x3 wants to write and waits for session 0x1, which writes and has held the lock for 12 s. 1 other goes first.',
    { nodes: [`${w(1)}@1`, `${w(2)}@2`, `${w(3)}@3`], of: w(3), held: { [w(1)]: 12_000 } },
  ],
  [
    'Session 0x9 does not wait: it holds the write lock too, so it may read.',
    { nodes: [`${w(1)}@9`, `${guid(3)}__READ__${seq(1)}@9`], of: `${guid(3)}__READ__${seq(1)}` },
  ],
  [
    "If session 0x2 uses kazoo's WriteLock, it waits for 1 reader; if it uses kazoo's plain Lock, it does not look at readers and holds.",
    { nodes: [`${hex(1)}__rlock__${seq(1)}@1`, `${kazooLock(2)}@2`], of: kazooLock(2) },
  ],
  [
    'Session 0x1 does not wait: it has one of 2 permits.',
    { nodes: line, of: l1, say: { recipe: 'semaphore', permits: 2 } },
  ],
  [
    'All 2 permits are taken, so session 0x4 waits. 1 other goes first.',
    { nodes: [...line, `${curatorLock(4)}@4`], of: curatorLock(4), say: { recipe: 'semaphore', permits: 2 } },
  ],
  [
    'Session 0x1 does not wait: it has a lease, the only one granted.',
    { nodes: [...twoDirs, `/l/locks/${l2}@2`, `${lease(2)}@2`], of: lease(1) },
  ],
  [
    'Session 0x2 has made its lease already, but 1 other is granted and no more fit: it waits until one ends.',
    { nodes: [...twoDirs, `/l/locks/${l2}@2`, `${lease(2)}@2`], of: lease(2) },
  ],
  [
    'The only permit is taken, so session 0x3 waits. 1 other goes first.',
    { nodes: [...twoDirs, `/l/locks/${l2}@2`, `${lease(2)}@2`, `/l/locks/${l3}@3`], of: `/l/locks/${l3}` },
  ],
  [
    'Session 0x2 waits for a permit; how many there are is not stored in ZooKeeper, and 1 session holds one. It is next.',
    { nodes: [...twoDirs, `/l/locks/${l2}@2`], of: `/l/locks/${l2}` },
  ],
  [
    '1 permit is free: session 0x2 takes one as soon as its turn in the queue comes. It is next.',
    {
      at: '/k',
      nodes: ['P:/k:=2', `${hexLease}@1`, 'P:/k-__lock__', `/k-__lock__/${queued}@2`],
      of: `/k-__lock__/${queued}`,
    },
  ],
  [
    'Session 0x2 conflicts with session 0x1. Its library keeps no line: it will delete its node, sleep and try again.',
    { nodes: [`LOCK-EXCLUSIVE-${seq(1)}@1`, `LOCK-SHARED-${seq(2)}@2`], of: `LOCK-SHARED-${seq(2)}` },
  ],
  [
    'Session 0x2 wants to update: readers may go on, but it waits for session 0x1.',
    { nodes: [`LOCK-SEMI_SHARED-${seq(1)}@1`, `LOCK-SEMI_SHARED-${seq(2)}@2`], of: `LOCK-SEMI_SHARED-${seq(2)}` },
  ],
  [
    'Session 0x1 is first in the line. We do not know the library, so it probably holds.',
    { nodes: [`job_${seq(1)}@1`, `job_${seq(2)}@2`], of: `job_${seq(1)}` },
  ],
  [
    'Session 0x2 stands behind 1 other. We do not know the library, so it probably waits for session 0x1.',
    { nodes: [`job_${seq(1)}@1`, `job_${seq(2)}@2`], of: `job_${seq(2)}` },
  ],
  [
    'Session 0x1 does not wait: the node is its own. 2 sessions watch it.',
    {
      at: '/hbase/master',
      nodes: ['/hbase/master@1'],
      of: '/hbase/master',
      watched: [
        ['0x2', '/hbase/master'],
        ['0x3', '/hbase/master'],
      ],
    },
  ],
  [
    'h7 has the lease until 2026-11-23T10:00:00 by the clocks of the clients, whatever becomes of its session.',
    { nodes: ['P:lease_holder:={"holder": "h7", "end": "2026-11-23T10:00:00"}'], of: 'lease_holder' },
  ],
  [
    'Session 0x4 works on this item: nobody else takes it while its claim exists.',
    {
      nodes: ['P:entries', 'P:taken', `P:/l/entries/entry-100-${seq(1)}`, `/l/taken/entry-100-${seq(1)}@4`],
      of: `/l/taken/entry-100-${seq(1)}`,
    },
  ],
  [
    'qn-0000000002 is an item of a queue: it waits for a consumer, behind 1 item.',
    { nodes: [`P:qn-${seq(1)}`, `P:qn-${seq(2)}`], of: `qn-${seq(2)}` },
  ],
  [
    'Session 0x1 is a member of a group: nobody waits for anybody here.',
    { nodes: [`${hex(1)}__party__@1`], of: `${hex(1)}__party__` },
  ],
  [
    'Session 0x1 is at the barrier with 1 other; they go on when ready exists.',
    { nodes: [`${hex(1)}@1`, `${hex(2)}@2`], of: hex(1), say: { recipe: 'double barrier', permits: null } },
  ],
  [
    'Session 0x1 is inside the barrier with 1 other; they leave together, when the last of them is done.',
    { nodes: ['P:ready', `${hex(1)}@1`, `${hex(2)}@2`], of: hex(1) },
  ],
]

describe('golden sentences', () => {
  test.each(GOLDEN)('%s', (expected, golden) => {
    expect(sentence(golden)).toBe(expected)
  })

  test('are forty at least, and every sentence is among them', () => {
    expect(GOLDEN.length).toBeGreaterThanOrEqual(40)
    const said = new Set<string>()
    for (const [text] of GOLDEN) said.add(text)
    expect(said.size).toBe(GOLDEN.length)
    expect(Object.keys(ENGLISH).length).toBeLessThanOrEqual(GOLDEN.length)
  })
})
