import { describe, expect, test } from 'vitest'
import type { Recipe } from '../contract.ts'
import { curatorLock, guid, hex, kazooLock, seq, siteOf } from '../testing/sites.ts'
import { isHolder, type LockPicture } from './picture.ts'
import { readSite } from './read-site.ts'
import { sitePaths, siteRoot } from './site-paths.ts'

/** `=name` holds, `name<hard` waits, `?name` is a lease not yet granted. */
function story({ standings }: LockPicture): string[] {
  return standings.map((standing) => {
    if (isHolder(standing)) return `=${standing.name}`
    if (standing.state === 'pending lease') return `?${standing.name}`
    const blockers = [...standing.hard, ...standing.soft].map((path) => path.split('/').at(-1))
    return `${standing.name}<${blockers.join(',')}`
  })
}

describe('semaphores in two directories', () => {
  const lock = (n: number) => `/s/locks/${curatorLock(n)}@${n}`
  const lease = (n: number, by: number) => `/s/leases/${guid(by)}lease-${seq(n)}@${by}`

  test('SemaphoreV2: the newest lease of the session at the head of the queue is pending, and tells how many may hold', () => {
    const picture = readSite(
      siteOf('/s', 'P:/s/locks', 'P:/s/leases', lease(1, 1), lease(2, 2), lock(3), lock(4), lease(3, 3)),
    )
    expect(picture).toMatchObject({ recipe: 'semaphore', family: 'curator', confidence: 'certain' })
    expect(picture.permits).toEqual({ count: 2, basis: 'pending lease' })
    expect(picture.standings.map(({ state }) => state)).toEqual([
      'granted',
      'granted',
      'pending lease',
      'waiting',
      'waiting',
    ])
    expect(picture.standings[3]?.wake).toEqual({ via: 'children', paths: ['/s/leases'] })
    expect(picture.standings[4]).toMatchObject({
      position: 2,
      hardCount: 2,
      softCount: 1,
      wake: { via: 'nodes', paths: [`/s/locks/${curatorLock(3)}`] },
    })
    expect(picture.lints).toEqual([])
  })

  test('SemaphoreV2 without a pending lease: at least so many may hold', () => {
    expect(readSite(siteOf('/s', 'P:/s/locks', 'P:/s/leases', lease(1, 1), lease(2, 2))).permits).toEqual({
      count: 2,
      basis: 'at least',
    })
  })

  test.each([1, 2, 3, 4, 5])('a scripted run with at most %i leases infers just that', (max) => {
    const held = Array.from({ length: max }, (_, i) => lease(i, i + 1))
    const site = siteOf('/s', 'P:/s/locks', 'P:/s/leases', ...held, `/s/locks/${curatorLock(9)}@9`, lease(max, 9))
    expect(readSite(site).permits).toEqual({ count: max, basis: 'pending lease' })
  })

  test('kazoo: leases are bare ids, the queue is the sibling directory, the limit is the data', () => {
    const queue = `/k-__lock__/${hex(3)}__lock__${seq(3)}@3`
    const full = readSite(siteOf('/k', 'P:/k:=2', `/k/${hex(1)}@1`, `/k/${hex(2)}@2`, 'P:/k-__lock__', queue))
    expect(full).toMatchObject({ recipe: 'semaphore', family: 'kazoo', permits: { count: 2, basis: 'data' } })
    expect(story(full)).toEqual([`=${hex(1)}`, `=${hex(2)}`, `${kazooLock(3)}<${hex(1)},${hex(2)}`])
    expect(full.standings[2]?.wake).toEqual({ via: 'children', paths: ['/k'] })
    const free = readSite(siteOf('/k', 'P:/k:=3', `/k/${hex(1)}@1`, 'P:/k-__lock__', queue))
    expect(free.standings[1]).toMatchObject({ state: 'waiting', hard: [], soft: [] })
  })
})

describe('what else stands in directories', () => {
  test.each<[string, Recipe, string, string[]]>([
    ['double barrier of kazoo', 'double barrier', 'kazoo', ['P:/d/ready', `/d/${hex(1)}`, `/d/${hex(2)}`]],
    [
      'double barrier of Curator',
      'double barrier',
      'curator',
      ['P:/d/ready', '/d/01234567-89ab-4def-8123-456789abcdef'],
    ],
    ['party', 'group', 'kazoo', [`/d/${hex(1)}__party__`]],
    ['shallow party', 'group', 'kazoo', [`/d/${hex(1)}-host7`]],
    ['workers of aiozk', 'group', 'aiozk', [`/d/worker-${hex(1)}-${seq(1)}`]],
    ['HiveServer2', 'group', 'hive', [`/d/serverUri=h:1;version=2;sequence=${seq(1)}`]],
    ['server set', 'group', 'unknown', [`/d/member_${seq(1)}`]],
    ['service discovery', 'discovery', 'curator', ['/d/i1:={"name":"s","serviceType":"DYNAMIC"}']],
    ['partitions', 'partitions', 'kazoo', ['P:/d/locks', 'P:/d/party', `/d/party/${hex(1)}-a`]],
    ['claimed queue', 'queue', 'kazoo', ['P:/d/entries', 'P:/d/taken', `P:/d/entries/entry-100-${seq(1)}`]],
  ])('%s', (_what, recipe, family, nodes) => {
    const picture = readSite(siteOf('/d', ...nodes))
    expect(picture).toMatchObject({ recipe, family })
    expect(picture.standings.every((standing) => standing.hardCount + standing.softCount === 0)).toBe(true)
    expect(picture.facts.length).toBeGreaterThan(0)
  })

  test("an item of kazoo's queue is held by whoever claimed it", () => {
    const [one, two] = [`entry-100-${seq(1)}`, `entry-100-${seq(2)}`]
    const site = siteOf(
      '/q',
      'P:/q/entries',
      'P:/q/taken',
      `P:/q/entries/${one}`,
      `P:/q/entries/${two}`,
      `/q/taken/${one}@7`,
    )
    expect(readSite(site).standings).toMatchObject([
      { path: `/q/taken/${one}`, state: 'granted', owner: 7n },
      { path: `/q/entries/${two}`, state: 'item' },
    ])
  })

  test('a lease by the clocks of clients says its holder and its end', () => {
    const picture = readSite(
      siteOf('/l', 'P:/l/lease_holder:={"version": 1, "holder": "h-1", "end": "2026-11-23T10:00:00"}'),
    )
    expect(picture).toMatchObject({ recipe: 'lease', record: { holder: 'h-1', end: '2026-11-23T10:00:00' } })
  })

  test("Ruby's winner has acknowledged when leader_ack is its own", () => {
    const picture = readSite(
      siteOf(
        '/_zkelection/e',
        `/_zkelection/e/ballot${seq(1)}@5`,
        `/_zkelection/e/ballot${seq(2)}@6`,
        '/_zkelection/e/leader_ack@5',
      ),
    )
    expect(picture).toMatchObject({ recipe: 'election', confidence: 'certain', application: { system: 'Ruby zk' } })
    expect(picture.standings.map(({ state }) => state)).toEqual(['acknowledged', 'waiting'])
  })

  test('an older flock of Accumulo has its mode in its data', () => {
    const picture = readSite(siteOf('/t', `P:/t/flock#${seq(1)}:=READ:1`, `P:/t/flock#${seq(2)}:=WRITE:2`))
    expect(story(picture)).toEqual([`=flock#${seq(1)}`, `flock#${seq(2)}<flock#${seq(1)}`])
  })
})

describe('well-known paths', () => {
  test.each([
    ['/controller', 'Kafka', 'leader', ''],
    ['/a/b/hadoop-ha/ns/ActiveStandbyElectorLock', 'HDFS', 'leader', '/a/b'],
    ['/hbase/master', 'HBase', 'leader', ''],
    ['/solr/overseer_elect/election', 'Solr', 'leader', '/solr'],
    ['/service/pg/leader', 'Patroni', 'leader', ''],
    ['/tables/t1/replicas/r1/is_active', 'ClickHouse', 'member', ''],
    ['/ledgers/underreplication/locks', 'BookKeeper', 'claim', ''],
    ['/x/nifi/leaders/Cluster Coordinator', 'NiFi', 'leader', '/x'],
    ['/c1/CONTROLLER/LEADER', 'Helix', 'leader', ''],
    ['/otter/canal/destinations/d/running', 'Canal', 'leader', ''],
  ])('%s is %s', (path, system, role, chroot) => {
    expect(readSite(siteOf(path, `${path}@9:={"brokerid":1}`)).application).toMatchObject({ system, role, chroot })
  })

  test('a single node is held by its owner, and certain where the path is known', () => {
    const known = readSite(siteOf('/hbase/master', '/hbase/master@9'))
    expect(known).toMatchObject({
      recipe: 'single node',
      confidence: 'certain',
      standings: [{ state: 'granted', owner: 9n }],
    })
    expect(readSite(siteOf('/app/boss', '/app/boss@9'))).toMatchObject({ recipe: 'single node', confidence: 'guess' })
  })

  test('a common name below a chroot needs its data', () => {
    expect(readSite(siteOf('/x/controller', '/x/controller@9:=hello')).application).toBeNull()
    expect(readSite(siteOf('/x/controller', '/x/controller@9:={"brokerid":1}')).application).toMatchObject({
      chroot: '/x',
    })
  })
})

describe('what a person says wins', () => {
  const legacy = siteOf('/s', ...[1, 2, 3].map((n) => `/s/${curatorLock(n)}`))
  test('a legacy semaphore of two', () => {
    expect(story(readSite(legacy))[1]).toBe(`${curatorLock(2)}<${curatorLock(1)}`)
    const picture = readSite(legacy, [{ glob: '/s', recipe: 'semaphore', permits: 2 }])
    expect(picture).toMatchObject({
      recipe: 'semaphore',
      confidence: 'certain',
      permits: { count: 2, basis: 'person' },
    })
    expect(picture.facts[0]).toEqual({ type: 'person', detail: '/s' })
    expect(story(picture)).toEqual([
      `=${curatorLock(1)}`,
      `=${curatorLock(2)}`,
      `${curatorLock(3)}<${curatorLock(2)},${curatorLock(1)}`,
    ])
  })
  test('no lock at all, or a group', () => {
    expect(readSite(legacy, [{ glob: '/**', recipe: 'none', permits: null }]).standings).toEqual([])
    expect(
      readSite(legacy, [{ glob: '/*', recipe: 'group', permits: null }]).standings.map(({ state }) => state),
    ).toEqual(['member', 'member', 'member'])
  })
  test('the longest glob', () => {
    const overrides = [
      { glob: '/s', recipe: 'election', permits: null },
      { glob: '/*', recipe: 'none', permits: null },
    ] as const
    expect(readSite(legacy, overrides).recipe).toBe('election')
  })
})

test('a number that the directory cannot have given is no sequence', () => {
  const site = siteOf('/j', `/j/job-${seq(4)}`, `/j/job-${seq(1700000001)}`)
  expect(readSite(site).standings).toEqual([])
})

test('each says what it was recognised by', () => {
  const picture = readSite(siteOf('/l', `/l/${curatorLock(1)}`))
  expect(picture.facts.map(({ type }) => type)).toEqual(['names', 'flags'])
  expect(picture.facts[0]?.detail).toMatch(/^\^_c_.*lock-.*\$$/)
  expect(picture.counters?.creates).toBe(1_000_000.5)
})

test('what is read with a path, and where its recipe begins', () => {
  expect(siteRoot('/a/s/leases')).toBe('/a/s')
  expect(siteRoot('/k-__lock__')).toBe('/k')
  expect(siteRoot('/locks')).toBe('/locks')
  expect(sitePaths('/s', ['leases', 'locks'])).toEqual(['/s/locks', '/s/leases'])
  expect(sitePaths('/k', [hex(1)])).toEqual(['/k-__lock__'])
  expect(sitePaths('/l', [curatorLock(1)])).toEqual([])
})
