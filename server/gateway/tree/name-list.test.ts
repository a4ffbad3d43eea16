import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createPrng, nextInt, pick } from '#shared/base/prng.ts'
import { LIST_KEPT_FROM, LIST_NAMES_MAX } from '../limits.ts'
import { FakeEnsemble } from '../testing/fake-ensemble.ts'
import { ChildrenLists } from './children-lists.ts'
import { NameList, packNames } from './name-list.ts'

/** Names as code points order them, which UTF-16 does not. */
function byBytes(names: readonly string[]): string[] {
  return [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

describe('a list of names', () => {
  test('is in the order of the bytes, whatever the order they came in', async () => {
    const random = createPrng(7)
    const alphabet = ['a', 'b', '0', '9', '-', 'é', '\uffee', '😀', '\u202e']
    const names = new Set<string>(['', '__proto__', 'a', 'aa', 'aaa'])
    while (names.size < 3000) {
      names.add(Array.from({ length: 1 + nextInt(random, 12) }, () => pick(random, alphabet)).join(''))
    }
    const list = await NameList.sorted(packNames([...names]))
    expect(list.slice(0, list.count)).toEqual(byBytes([...names]))
  })

  test('is so for very many, which are sorted by several bytes at once', async () => {
    const random = createPrng(11)
    const names = new Set<string>(['', 'a-common-beginning'])
    // Some end within the bytes that are sorted by, some have more of them in common, some differ in a high bit.
    const parts = ['a-common-', 'beginning', '-0', '9', '\u{10ffff}', 'é', 'xxxxxxxx', 'b']
    while (names.size < 20_000) {
      const made = Array.from({ length: 1 + nextInt(random, 9) }, () => pick(random, parts)).join('')
      names.add(`a-common-${made}${names.size % 3 === 0 ? String(nextInt(random, 1000)) : ''}`)
    }
    const list = await NameList.sorted(packNames([...names]))
    expect(list.slice(0, list.count)).toEqual(byBytes([...names]))
  })

  test('finds names, beginnings of names, and what is not there', async () => {
    const list = await NameList.sorted(packNames(['n-3', 'n-1', 'm', 'n-2', 'z']))
    expect([list.from(''), list.from('n'), list.from('n-2'), list.from('o'), list.from('zz')]).toEqual([0, 1, 2, 4, 5])
    expect([list.positionOf('n-2'), list.positionOf('n'), list.positionOf('z')]).toEqual([2, -1, 4])
  })

  test('of nothing is empty', async () => {
    const list = await NameList.sorted(packNames([]))
    expect([list.count, list.from('a'), list.positionOf('a')]).toEqual([0, 0, -1])
  })

  test('of 120,000 lets others have their turn while it is sorted', async () => {
    const names = Array.from({ length: 120_000 }, (_, i) => `item-${(i * 7919) % 120_000}`)
    let turns = 0
    const timer = setInterval(() => {
      turns += 1
    }, 0)
    const list = await NameList.sorted(packNames(names))
    clearInterval(timer)
    expect(turns).toBeGreaterThan(1)
    expect([list.at(0), list.at(119_999)]).toEqual(['item-0', 'item-99999'])
  })
})

describe('kept lists', () => {
  let ensemble = new FakeEnsemble()
  let lists = new ChildrenLists(ensemble)
  beforeEach(() => {
    ensemble = new FakeEnsemble()
    lists = new ChildrenLists(ensemble)
    for (let i = 0; i < LIST_KEPT_FROM; i += 1) ensemble.create(`/n${i}`)
  })
  afterEach(() => void vi.restoreAllMocks())

  test('are asked for once, also by many at once', async () => {
    await Promise.all([lists.of('/'), lists.of('/'), lists.of('/')])
    await lists.of('/')
    expect(ensemble.listings).toBe(1)
  })

  test('that change all the time are listed again only after a while, and said to be behind', async () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(1000)
    const slow = ensemble.packedChildren.bind(ensemble)
    vi.spyOn(ensemble, 'packedChildren').mockImplementation(async (path) => {
      clock.mockReturnValue(performance.now() + 100)
      return slow(path)
    })
    await lists.of('/')
    ensemble.create('/zz')
    const soon = await lists.of('/')
    expect([soon.behind, soon.names.count, soon.stat.numChildren]).toEqual([true, LIST_KEPT_FROM, LIST_KEPT_FROM + 1])
    clock.mockReturnValue(performance.now() + 1000)
    const later = await lists.of('/')
    expect([later.behind, later.names.positionOf('zz')]).toEqual([false, LIST_KEPT_FROM])
  })

  test('of too many children are refused before they are asked for', async () => {
    const stat = await ensemble.stat('/')
    vi.spyOn(ensemble, 'stat').mockResolvedValue(stat && { ...stat, numChildren: LIST_NAMES_MAX + 1 })
    await expect(lists.of('/')).rejects.toThrow('Type the path')
    expect(ensemble.listings).toBe(0)
  })
})
