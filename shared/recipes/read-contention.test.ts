// Golden directories of locks-and-recipes.md §9, then one per family, then properties of the order.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asSessionId, NO_SESSION } from '../zk/ids.ts'
import { sequenceSuffix } from '../zk/path.ts'
import { makeZxid } from '../zk/zxid.ts'
import type { LockChild } from './contract.ts'
import { readContention } from './read-contention.ts'

/** Children in the order of creation; `P:` before a name makes it persistent, `@n` after it session n. */
function directory(...names: string[]): LockChild[] {
  return names.map((written, i) => {
    const persistent = written.startsWith('P:')
    const [name = '', owner] = written.replace(/^P:/, '').split('@')
    const session = persistent ? NO_SESSION : asSessionId(BigInt(owner ?? `0x10000000000000${i + 10}`))
    return { name, czxid: makeZxid(1, i + 1), ctimeMs: 1000 + i, ephemeralOwner: session, data: null }
  })
}

const G = (n: number) => `_c_0000000${n}-0000-4000-8000-000000000000-`
const H = (n: number) => String(n).repeat(32)
const seq = sequenceSuffix

/** `name` for a holder, `name -> other` for one that waits. */
function story(children: LockChild[], options?: { permits: number }): string[] {
  return readContention(children, options).contenders.map((contender) =>
    contender.role === 'holder' ? contender.name : `${contender.name} -> ${contender.waitsFor}`,
  )
}
const lints = (children: LockChild[]) => readContention(children).lints.map((lint) => lint.name)

describe('golden fixtures', () => {
  test('1: the guid does not matter, the sequence does', () => {
    const [g9, g1, g5] = [`${G(9)}lock-${seq(3)}`, `${G(1)}lock-${seq(5)}`, `${G(5)}lock-${seq(4)}`]
    const contention = readContention(directory(g9, g1, g5))
    expect(contention).toMatchObject({ recipe: 'lock', family: 'curator', confidence: 'likely' })
    expect(contention.contenders).toEqual([
      { name: g9, sequence: 3, kind: 'lock', role: 'holder', waitsFor: null },
      { name: g5, sequence: 4, kind: 'lock', role: 'waiting', waitsFor: g9 },
      { name: g1, sequence: 5, kind: 'lock', role: 'waiting', waitsFor: g5 },
    ])
  })

  test('2: a foreign child that sorts first blocks Curator', () => {
    const children = directory('P:0', `${G(1)}lock-${seq(5)}`)
    expect(story(children)).toEqual(['0', `${G(1)}lock-${seq(5)} -> 0`])
    expect(lints(children)).toEqual(['foreign child blocks'])
  })

  test('3: a foreign child that sorts last is harmless', () => {
    const children = directory('P:content', `${G(1)}lock-${seq(5)}`)
    expect(story(children)).toEqual([`${G(1)}lock-${seq(5)}`])
    expect(lints(children)).toEqual(['foreign child ignored'])
  })

  test('4: kazoo and Curator in one directory both hold', () => {
    const kazoo = `3fa${'0'.repeat(29)}__lock__${seq(2)}`
    const curator = `${G(1)}lock-${seq(5)}`
    expect(story(directory(kazoo, curator)).sort()).toEqual([kazoo, curator].sort())
    expect(lints(directory(kazoo, curator))).toContain('mixed libraries')
  })

  test('5: a latch beside a mutex: each is first in its own eyes', () => {
    const children = directory(`${G(2)}latch-${seq(2)}`, `${G(1)}lock-${seq(5)}`)
    expect(story(children).sort()).toEqual([`${G(1)}lock-${seq(5)}`, `${G(2)}latch-${seq(2)}`])
    expect(lints(children)).toContain('mixed libraries')
  })

  test('6: a legacy semaphore of two', () => {
    const names = [1, 2, 3, 4, 5].map((n) => `${G(n)}lock-${seq(n)}`)
    const [one, two, three, four, five] = names
    expect(story(directory(...names), { permits: 2 })).toEqual([
      one,
      two,
      `${three} -> ${one}`,
      `${four} -> ${two}`,
      `${five} -> ${three}`,
    ])
  })

  const order = ['R1', 'R2', 'W3', 'R4', 'W5', 'R6']

  test("7: Curator's readers sleep on the first writer", () => {
    const name = (short: string) =>
      `${G(Number(short[1]))}${short[0] === 'R' ? '__READ__' : '__WRIT__'}${seq(Number(short[1]))}`
    const children = directory(...order.map(name))
    expect(readContention(children).recipe).toBe('read-write lock')
    const waits = { W3: 'R2', R4: 'W3', W5: 'R4', R6: 'W3' }
    expect(story(children)).toEqual([
      name('R1'),
      name('R2'),
      ...Object.entries(waits).map(([who, whom]) => `${name(who)} -> ${name(whom)}`),
    ])
  })

  test("8: kazoo's readers sleep on the nearest writer", () => {
    const name = (short: string) =>
      `${H(Number(short[1]))}${short[0] === 'R' ? '__rlock__' : '__lock__'}${seq(Number(short[1]))}`
    const waits = { W3: 'R2', R4: 'W3', W5: 'R4', R6: 'W5' }
    expect(story(directory(...order.map(name)))).toEqual([
      name('R1'),
      name('R2'),
      ...Object.entries(waits).map(([who, whom]) => `${name(who)} -> ${name(whom)}`),
    ])
  })

  test('9: kazoo Lock or WriteLock behind a reader cannot be told apart', () => {
    const children = directory(`${H(1)}__rlock__${seq(1)}`, `${H(2)}__lock__${seq(2)}`)
    expect(story(children)).toEqual([
      `${H(1)}__rlock__${seq(1)}`,
      `${H(2)}__lock__${seq(2)} -> ${H(1)}__rlock__${seq(1)}`,
    ])
    expect(lints(children)).toEqual(['reader beside a plain lock'])
  })
})

describe('families', () => {
  const hex = '0123456789abcdef0123456789abcdef'
  const uuid = '01234567-89ab-4def-8123-456789abcdef'
  test.each([
    ['lock', 'kazoo', `${hex}__lock__${seq(7)}`],
    ['lock', 'go-zookeeper', `_c_${hex}-lock-${seq(7)}`],
    ['lock', 'aiozk', `lock-${hex}-${seq(7)}`],
    ['lock', 'zookeeper-java', `x-72057594037927936-${seq(7)}@72057594037927936`],
    ['lock', 'zookeeper-c', `x-0100000000000036-${seq(7)}@0x0100000000000036`],
    ['lock', 'documented', `host-lock-${seq(7)}`],
    ['lock', 'accumulo', `zlock#${uuid}#${seq(7)}`],
    ['read-write lock', 'accumulo', `P:flock#READ~FATE:1~0~9#${seq(7)}`],
    ['read-write lock', 'hive', `LOCK-SHARED-${seq(7)}`],
    ['read-write lock', 'aiozk', `read-${hex}-${seq(7)}`],
    ['election', 'curator', `${G(1)}latch-${seq(7)}`],
    ['election', 'zookeeper-java', `n_${seq(7)}`],
    ['election', 'solr', `72057594037927936-core_node1-n_${seq(7)}@72057594037927936`],
    ['election', 'documented', `${uuid}-n_${seq(7)}`],
    ['election', 'ruby-zk', `ballot${seq(7)}`],
    ['election', 'bookkeeper', `V_${seq(7)}`],
    ['election', 'mesos', `json.info_${seq(7)}`],
    ['election', 'spark', `master_${seq(7)}`],
    ['election', 'clickhouse', `leader_election-${seq(7)}`],
    ['semaphore', 'curator', `${G(1)}lease-${seq(7)}`],
    ['semaphore', 'kazoo', hex],
  ])('%s of %s: %s', (recipe, family, name) => {
    const contention = readContention(directory(name))
    expect(contention).toMatchObject({ recipe, family, confidence: 'likely', lints: [] })
    expect(contention.contenders).toMatchObject([{ role: 'holder', waitsFor: null }])
  })

  test.each(['qn-', 'queue-', 'queue-180000005', 'queue-|19|', 'entry-100-'])('items of a queue: %s', (prefix) => {
    const contention = readContention(directory(`P:${prefix}${seq(2)}`, `P:${prefix}${seq(1)}`))
    expect(contention.recipe).toBe('queue')
    expect(contention.contenders.map(({ sequence, kind, role, waitsFor }) => [sequence, kind, role, waitsFor])).toEqual(
      [
        [1, 'item', 'waiting', null],
        [2, 'item', 'waiting', null],
      ],
    )
  })

  test('a write lock downgraded by its own session is held twice', () => {
    const children = directory(`${G(1)}__WRIT__${seq(1)}@9`, `${G(2)}__READ__${seq(2)}@8`, `${G(3)}__READ__${seq(1)}@9`)
    expect(story(children)).toEqual([
      `${G(1)}__WRIT__${seq(1)}`,
      `${G(3)}__READ__${seq(1)}`,
      `${G(2)}__READ__${seq(2)} -> ${G(1)}__WRIT__${seq(1)}`,
    ])
    expect(lints(children)).toEqual([])
  })

  test('an Accumulo process that queued twice is waited for by its lowest node', () => {
    const z = (maker: string, n: number) => `zlock#${maker.repeat(8)}-0000-4000-8000-000000000000#${seq(n)}`
    expect(story(directory(z('a', 1), z('b', 2), z('b', 3), z('c', 4)))).toEqual([
      z('a', 1),
      `${z('b', 2)} -> ${z('a', 1)}`,
      `${z('b', 3)} -> ${z('a', 1)}`,
      `${z('c', 4)} -> ${z('b', 2)}`,
    ])
  })

  test("a Ruby reader waits for the nearest exclusive lock, Hive's updates for each other", () => {
    expect(story(directory('sh0000000001', 'ex0000000002', 'sh0000000003'))).toEqual([
      'sh0000000001',
      'ex0000000002 -> sh0000000001',
      'sh0000000003 -> ex0000000002',
    ])
    const hive = (mode: string, n: number) => `LOCK-${mode}-${seq(n)}`
    expect(story(directory(hive('SHARED', 1), hive('SEMI_SHARED', 2), hive('SEMI_SHARED', 3)))).toEqual([
      hive('SHARED', 1),
      hive('SEMI_SHARED', 2),
      `${hive('SEMI_SHARED', 3)} -> ${hive('SEMI_SHARED', 2)}`,
    ])
  })
})

describe('unknown libraries and false friends', () => {
  test('sequential ephemerals with a constant prefix are a group with a probable holder', () => {
    const contention = readContention(directory(`worker_${seq(4)}`, `worker_${seq(9)}`))
    expect(contention).toMatchObject({ recipe: 'unknown', family: 'unknown', confidence: 'guess' })
    expect(story(directory(`worker_${seq(4)}`, `worker_${seq(9)}`))).toEqual([
      `worker_${seq(4)}`,
      `worker_${seq(9)} -> worker_${seq(4)}`,
    ])
  })

  test.each([
    ['ledger ids', ['P:urL0000000001', 'P:urL0000000002']],
    ['persistent partitions', ['P:0000000001', 'P:0000000002']],
    ['timestamps against the order of creation', ['job-1700000009', 'job-1700000001']],
    ['discovery ids', ['01234567-89ab-4def-8123-456789abcdef']],
    ['number allocations', ['block-0000000001']],
    ["members of kazoo's double barrier", ['P:ready', H(1), H(2)]],
    ["members of kazoo's party", [`${H(1)}__party__`, `${H(2)}-host7`]],
    ['nothing', []],
  ])('%s are no lock', (_what, names) => {
    expect(readContention(directory(...names))).toMatchObject({ recipe: 'unknown', contenders: [] })
  })
})

describe('lints', () => {
  test('a persistent kazoo lock, a session twice, and a name that lies about its session', () => {
    expect(lints(directory(`P:${H(1)}__lock__${seq(1)}`))).toEqual(['persistent contender'])
    expect(lints(directory(`${G(1)}lock-${seq(1)}@7`, `${G(2)}lock-${seq(2)}@7`))).toEqual(['duplicate owner'])
    expect(lints(directory(`x-72057594037927936-${seq(1)}@5`))).toEqual(['stale owner'])
    expect(lints(directory(`x--72057594037927936-${seq(1)}@0xff00000000000000`))).toEqual([])
    expect(lints(directory(`sem${seq(1)}`, `sem${seq(2)}`))).toEqual(['permits unknown'])
  })

  test('numbers near the end of the counter, and past it: Curator compares text, WriteLock numbers', () => {
    const [late, wrapped] = [2147483647, -2147483648]
    const curator = [`${G(1)}lock-${seq(late)}`, `${G(2)}lock-${seq(wrapped)}`, `${G(3)}lock-${seq(-1)}`]
    expect(lints(directory(...curator))).toEqual(['near overflow'])
    expect(story(directory(...curator))).toEqual([
      curator[2],
      `${curator[1]} -> ${curator[2]}`,
      `${curator[0]} -> ${curator[1]}`,
    ])
    const java = [`n_${seq(late)}`, `n_${seq(wrapped)}`, `n_${seq(-1)}`]
    expect(story(directory(...java))).toEqual([java[1], `${java[2]} -> ${java[1]}`, `${java[0]} -> ${java[2]}`])
  })

  test('kazoo overlooks a nine-digit negative number', () => {
    const names = [`${H(1)}__lock__${seq(-1)}`, `${H(2)}__lock__${seq(5)}`]
    expect(story(directory(...names))).toEqual(names)
  })
})

test('an exclusive queue is one chain in the order of its numbers, whatever the order of the listing', () => {
  const counters = fc.uniqueArray(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(counters, fc.constantFrom('n_', `${G(1)}lock-`, `${H(3)}__lock__`), (numbers, prefix) => {
      const { contenders } = readContention(directory(...numbers.map((n) => `${prefix}${seq(n)}`)))
      expect(contenders.map((contender) => contender.sequence)).toEqual(numbers.toSorted((a, b) => a - b))
      contenders.forEach((contender, i) => {
        expect(contender.waitsFor).toBe(contenders[i - 1]?.name ?? null)
      })
    }),
    { seed: 20261123, numRuns: 200 },
  )
})
