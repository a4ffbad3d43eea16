import { describe, expect, test } from 'vitest'
import { readSite } from '../recognise/read-site.ts'
import { curatorLock, guid, hex, seq, siteOf } from '../testing/sites.ts'
import { compareWakes, judgeUnknown, type WakeReport } from './compare.ts'
import { wakeLints } from './wake-lints.ts'
import type { WatchTables } from './watch-tables.ts'

/** `session path` each, sessions as numbers. */
function tables(data: readonly [number, string][], more: Partial<WatchTables> = {}): WatchTables {
  const found = new Map<string, Set<string>>()
  for (const [session, path] of data) found.set(path, (found.get(path) ?? new Set()).add(`0x${session.toString(16)}`))
  return { data: found, children: new Map(), childrenComplete: true, missing: [], homes: new Map(), ...more }
}

const dir = (...names: string[]) => readSite(siteOf('/l', ...names.map((name) => `/l/${name}`)))
const verdicts = (report: WakeReport) => [...report.wakes.values()].map(({ verdict }) => verdict)
const none: ReadonlySet<string> = new Set()

describe('what a waiter sleeps on', () => {
  const picture = dir(`${curatorLock(1)}@1`, `${curatorLock(2)}@2`, `${curatorLock(3)}@3`)
  const look = (seen: WatchTables, before: WakeReport | null = null, woken = none) =>
    compareWakes({ picture, tables: seen, before, woken })

  test('its predecessor: agrees', () => {
    const report = look(
      tables([
        [2, `/l/${curatorLock(1)}`],
        [3, `/l/${curatorLock(2)}`],
      ]),
    )
    expect(verdicts(report)).toEqual(['awake', 'agrees', 'agrees'])
    expect(wakeLints(report, '/l')).toEqual([])
  })

  test('nothing: once it may be on its way, twice it is an orphan', () => {
    const seen = tables([[3, `/l/${curatorLock(2)}`]])
    const first = look(seen)
    expect(verdicts(first)).toEqual(['awake', 'not yet', 'agrees'])
    const second = look(seen, first)
    expect(verdicts(second)).toEqual(['awake', 'orphan', 'agrees'])
    expect(wakeLints(second, '/l').map(({ name, children }) => [name, children])).toEqual([
      ['missing wake edge', [curatorLock(2)]],
    ])
  })

  test('nothing after it was woken: a lost wake-up', () => {
    const seen = tables([[3, `/l/${curatorLock(2)}`]])
    const woken = new Set(['0x2'])
    expect(verdicts(look(seen, look(seen, null, woken), woken))[1]).toBe('lost wake-up')
  })

  test('nothing that we can see while its member is missing: unknown, not absent', () => {
    const seen = tables([], {
      missing: [2],
      homes: new Map([
        ['0x2', 2],
        ['0x3', 1],
      ]),
    })
    expect(verdicts(look(seen, look(seen)))).toEqual(['awake', 'unknown', 'orphan'])
  })

  test('another than it should: wrong predecessor, and a herd where two meet', () => {
    const report = look(
      tables([
        [2, `/l/${curatorLock(1)}`],
        [3, `/l/${curatorLock(1)}`],
      ]),
    )
    expect(verdicts(report)).toEqual(['awake', 'agrees', 'wrong predecessor'])
    expect(report.herds).toEqual([{ path: `/l/${curatorLock(1)}`, sessions: 2 }])
    expect(wakeLints(report, '/l').map(({ name }) => name)).toEqual(['wrong wake edge', 'herd'])
  })
})

test('golden 6: after 2 of a legacy semaphore ends, 3 may hold and sleeps on 1', () => {
  const site = siteOf('/l', ...[1, 3, 4, 5].map((n) => `/l/${curatorLock(n)}@${n}`))
  const picture = readSite(site, [{ glob: '/l', recipe: 'semaphore', permits: 2 }])
  const seen = tables([
    [3, `/l/${curatorLock(1)}`],
    [4, `/l/${curatorLock(1)}`],
    [5, `/l/${curatorLock(3)}`],
  ])
  const report = compareWakes({ picture, tables: seen, before: null, woken: none })
  expect(verdicts(report)).toEqual(['awake', 'eligible asleep', 'agrees', 'agrees'])
})

test('golden 10: a recovered WriteLock sleeps on itself; a revocable lock of Curator may watch its own', () => {
  const own = `x-${0x1000}-${seq(4)}`
  const writeLock = dir(`x-1-${seq(3)}@1`, `${own}@0x1000`, `x-5-${seq(5)}@5`)
  const report = compareWakes({
    picture: writeLock,
    tables: tables([
      [0x1000, `/l/${own}`],
      [5, `/l/${own}`],
    ]),
    before: null,
    woken: none,
  })
  expect(verdicts(report)).toEqual(['awake', 'self-watch', 'agrees'])
  expect(wakeLints(report, '/l')[0]?.name).toBe('self-watch')
  const curator = dir(`${curatorLock(1)}@1`, `${curatorLock(2)}@2`)
  const revocable = tables([
    [1, `/l/${curatorLock(1)}`],
    [2, `/l/${curatorLock(2)}`],
    [2, `/l/${curatorLock(1)}`],
  ])
  expect(verdicts(compareWakes({ picture: curator, tables: revocable, before: null, woken: none }))).toEqual([
    'awake',
    'agrees',
  ])
})

test('child watches: seen, or invisible where the source shows none', () => {
  const site = siteOf(
    '/s',
    'P:/s/locks',
    'P:/s/leases',
    `/s/leases/${guid(1)}lease-${seq(1)}@1`,
    `/s/locks/${curatorLock(2)}@2`,
  )
  const picture = readSite(site)
  const seen = tables([], { children: new Map([['/s/leases', new Set(['0x2'])]]) })
  const look = (with_: WatchTables) =>
    compareWakes({ picture, tables: with_, before: null, woken: none }).wakes.get(`/s/locks/${curatorLock(2)}`)
  expect(look(seen)).toMatchObject({ verdict: 'agrees', observed: ['/s/leases'] })
  expect(look(tables([], { childrenComplete: false }))?.verdict).toBe('unknown')
})

test("a single node's watchers are a crowd, without its owner", () => {
  const picture = readSite(siteOf('/hbase/master', '/hbase/master@1'))
  const seen = tables([
    [1, '/hbase/master'],
    [2, '/hbase/master'],
    [3, '/hbase/master'],
    [4, '/hbase/master'],
  ])
  const report = compareWakes({ picture, tables: seen, before: null, woken: none })
  expect(report.crowd).toEqual(['0x2', '0x3', '0x4'])
  expect(wakeLints(report, '/hbase/master')).toMatchObject([{ name: 'herd', children: ['master'] }])
})

test('Hive asks again and is not expected to watch', () => {
  const picture = dir(`LOCK-EXCLUSIVE-${seq(1)}@1`, `LOCK-SHARED-${seq(2)}@2`)
  expect(verdicts(compareWakes({ picture, tables: tables([]), before: null, woken: none }))).toEqual(['awake', 'polls'])
})

test('an unknown library becomes a lock when one sleeps on the one before it, a group when nobody does', () => {
  const picture = dir(`w_${seq(1)}@1`, `w_${seq(2)}@2`)
  const look = (seen: WatchTables) =>
    judgeUnknown(picture, compareWakes({ picture, tables: seen, before: null, woken: none }))
  expect(look(tables([[2, `/l/w_${seq(1)}`]]))).toBe('lock')
  expect(look(tables([]))).toBe('group')
  expect(judgeUnknown(dir(`${hex(1)}__lock__${seq(1)}`), { wakes: new Map(), herds: [], crowd: [] })).toBeNull()
})
