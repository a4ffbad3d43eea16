// The order and the holders of each library against its own comparator, written down once more and differently from
// order.ts, on random directories: negative suffixes, equal keys and foreign children included (B1).

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asSessionId } from '../zk/ids.ts'
import { sequenceSuffix as seq } from '../zk/path.ts'
import { makeZxid } from '../zk/zxid.ts'
import type { LockChild } from './contract.ts'
import { readContention } from './read-contention.ts'

const RUNS = 400
const uuid = fc.nat({ max: 0xffff }).map((n) => `${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`)
const hex = fc.nat({ max: 0xffff }).map((n) => n.toString(16).padStart(32, '0'))
/** Also below zero, and just beside the places where the number of characters changes. */
const counter = fc.oneof(
  fc.integer({ min: 0, max: 50 }),
  fc.constantFrom(2147483646, 2147483647, -2147483648, -2147483647, -1000000000, -999999999, -2, -1),
)

function directory(names: readonly string[]): LockChild[] {
  return [...new Set(names)].map((name, i) => ({
    name,
    czxid: makeZxid(1, i + 1),
    ctimeMs: i,
    ephemeralOwner: asSessionId(BigInt(i + 1)),
    data: null,
  }))
}

/** Names in the order of the library, and who holds. */
function read(children: readonly LockChild[]): { order: string[]; holders: string[]; waits: Record<string, string> } {
  const { contenders } = readContention(children)
  const waits = contenders.flatMap(({ name, waitsFor }) => (waitsFor === null ? [] : [[name, waitsFor]]))
  return {
    order: contenders.map(({ name }) => name),
    holders: contenders.filter(({ role }) => role === 'holder').map(({ name }) => name),
    waits: Object.fromEntries(waits),
  }
}

function check(names: fc.Arbitrary<string[]>, property: (children: LockChild[]) => void): void {
  fc.assert(
    fc.property(names, (all) => property(directory(all))),
    { seed: 20261123, numRuns: RUNS },
  )
}

const chain = (sorted: readonly string[]) => Object.fromEntries(sorted.slice(1).map((name, i) => [name, sorted[i]]))

describe('exclusive lines', () => {
  test('Curator: what follows the last lock-, as text; every child counts', () => {
    const own = fc.tuple(uuid, counter).map(([id, n]) => `_c_${id}-lock-${seq(n)}`)
    const foreign = fc.constantFrom('0', '1', 'content', 'a', '~', '-', '00000000001')
    const names = fc.tuple(
      fc.uniqueArray(own, { minLength: 1, selector: (n) => n.split('lock-')[1] }),
      fc.uniqueArray(foreign),
    )
    check(
      names.map((some) => some.flat()),
      (children) => {
        // StandardLockInternalsDriver.fixForSorting
        const key = (name: string) => (name.includes('lock-') ? name.substring(name.lastIndexOf('lock-') + 5) : name)
        const sorted = children.map(({ name }) => name).sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
        const last = sorted.findLastIndex((name) => name.startsWith('_c_'))
        const shown = sorted.slice(0, last + 1)
        // Foreign ones are shown where somebody waits for them; they wait for nobody.
        const { waits, holders } = read(children)
        shown.forEach((name, i) => {
          if (name.startsWith('_c_')) expect(waits[name]).toBe(shown[i - 1])
        })
        const [first] = shown
        if (first?.startsWith('_c_')) expect(holders.filter((name) => name.startsWith('_c_'))).toEqual([first])
        else expect(holders.filter((name) => name.startsWith('_c_'))).toEqual([])
      },
    )
  })

  test('LeaderElectionSupport and WriteLock: signed numbers', () => {
    const elections = fc.uniqueArray(counter, { minLength: 1 }).map((all) => all.map((n) => `n_${seq(n)}`))
    check(elections, (children) => {
      const number = (name: string) => Number.parseInt(name.slice('n_'.length), 10)
      const sorted = children.map(({ name }) => name).sort((a, b) => number(a) - number(b))
      expect(read(children)).toEqual({ order: sorted, holders: sorted.slice(0, 1), waits: chain(sorted) })
    })
  })

  test('kazoo: ten digits or a sign and ten, as text; nine after a sign are overlooked', () => {
    const locks = fc.uniqueArray(fc.tuple(hex, counter), { minLength: 1, selector: ([, n]) => n })
    check(
      locks.map((all) => all.map(([id, n]) => `${id}__lock__${seq(n)}`)),
      (children) => {
        const names = children.map(({ name }) => name)
        const seen = names.filter((name) => /__lock__-?\d{10}$/.test(name))
        const key = (name: string) => name.split('__lock__')[1] ?? ''
        const sorted = seen.sort((a, b) => (key(a) < key(b) ? -1 : 1))
        const { waits } = read(children)
        for (const [i, name] of sorted.entries()) expect(waits[name]).toBe(sorted[i - 1])
      },
    )
  })

  test('Solr: the number, then the name', () => {
    const solr = fc.uniqueArray(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 5 })), { minLength: 1, selector: String })
    check(
      solr.map((all) => all.map(([session, n]) => `${session + 1}-core-n_${seq(n)}`)),
      (children) => {
        const number = (name: string) => Number(name.slice(-10))
        const sorted = children.map(({ name }) => name).sort((a, b) => number(a) - number(b) || (a < b ? -1 : 1))
        expect(read(children).order).toEqual(sorted)
      },
    )
  })
})

describe('readers and writers', () => {
  interface Entry {
    readonly name: string
    readonly writes: boolean
  }
  /** In the order of their numbers. */
  function mixed(reads: string, writes: string): fc.Arbitrary<string[]> {
    const kinds = fc.array(fc.boolean(), { minLength: 1, maxLength: 12 })
    return kinds.map((all) => all.map((isWrite, i) => `${isWrite ? writes : reads}${seq(i)}`))
  }
  const entries = (children: readonly LockChild[], write: RegExp): Entry[] =>
    children.map(({ name }) => ({ name, writes: write.test(name) }))

  test('Curator: readers sleep on the first writer, writers on the one before', () => {
    const prefix = '_c_00000001-0000-4000-8000-000000000000-'
    check(mixed(`${prefix}__READ__`, `${prefix}__WRIT__`), (children) => {
      const all = entries(children, /__WRIT__/)
      const firstWrite = all.findIndex(({ writes }) => writes)
      const { waits, holders } = read(children)
      all.forEach(({ name, writes }, i) => {
        const expected = writes
          ? all[i - 1]?.name
          : firstWrite >= 0 && firstWrite < i
            ? all[firstWrite]?.name
            : undefined
        expect(waits[name]).toBe(expected)
        expect(holders.includes(name)).toBe(expected === undefined)
      })
    })
  })

  test.each([
    ['kazoo', `${'a'.repeat(32)}__rlock__`, `${'a'.repeat(32)}__lock__`, /__lock__/],
    ['aiozk', `read-${'a'.repeat(32)}-`, `write-${'a'.repeat(32)}-`, /^write/],
    ['the documented recipe', 'g-read-', 'g-write-', /write/],
  ])('%s: readers sleep on the nearest writer, writers on the one before', (_who, reads, writes, isWrite) => {
    check(mixed(reads, writes), (children) => {
      const all = entries(children, isWrite)
      const { waits } = read(children)
      all.forEach(({ name, writes: wants }, i) => {
        const before = all.slice(0, i)
        expect(waits[name]).toBe((wants ? before.at(-1) : before.findLast((other) => other.writes))?.name)
      })
    })
  })
})
