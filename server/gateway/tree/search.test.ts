import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { LEAVES_ASKED_FROM } from '../limits.ts'
import { RequestError } from '../request-error.ts'
import { FakeEnsemble } from '../testing/fake-ensemble.ts'
import { search } from './search.ts'
import { walkTree } from './walk.ts'

let ensemble = new FakeEnsemble()
let told: { done: number; total: number | null; found: number }[] = []
const signal = new AbortController().signal

beforeEach(() => {
  ensemble = new FakeEnsemble()
  told = []
  for (const [path, data] of [
    ['/app', ''],
    ['/app/Config', 'colour: RED'],
    ['/app/members', ''],
    ['/app/members/a', 'red'],
    ['/app/members/__proto__', 'green'],
    ['/red', 'x'],
  ] as const)
    ensemble.create(path, data)
})
afterEach(() => void vi.restoreAllMocks())

function find(text: string, where: 'name' | 'data' | 'both', change: { path?: string; limit?: number } = {}) {
  const progress = (done: number, total: number | null, matches: readonly unknown[] = []) =>
    void told.push({ done, total, found: matches.length })
  return search(ensemble, { path: '/', text, in: where, limit: 100, ...change }, { signal, progress })
}

describe('a search', () => {
  test('looks into names, data, or both, whatever the case, and tells a znode once', async () => {
    const name = await find('RED', 'name')
    expect(name).toMatchObject({ matches: [{ path: '/red', where: 'name' }], complete: true, reason: '', visited: 7 })
    expect((await find('red', 'data')).matches).toEqual([
      { path: '/app/Config', where: 'data' },
      { path: '/app/members/a', where: 'data' },
    ])
    expect((await find('red', 'both')).matches).toHaveLength(3)
    expect((await find('__proto__', 'name', { path: '/app' })).matches).toEqual([
      { path: '/app/members/__proto__', where: 'name' },
    ])
  })

  test('says how far it is, of how many, and what it found meanwhile', async () => {
    await find('red', 'data')
    expect(told.at(-1)).toMatchObject({ done: 7, total: 7 })
    expect(told.reduce((sum, { found }) => sum + found, 0)).toBe(2)
  })

  test('ends when there are more than were asked for, and says so', async () => {
    expect(await find('r', 'name', { limit: 2 })).toMatchObject({ complete: false, matches: { length: 2 } })
    expect((await find('r', 'name', { limit: 2 })).reason).toContain('more than 2 matches')
    expect(await find('red', 'data', { limit: 2 })).toMatchObject({ complete: true })
  })

  test('goes on where it may not read, and counts it; where there is nothing is an error', async () => {
    const data = ensemble.data.bind(ensemble)
    vi.spyOn(ensemble, 'data').mockImplementation(async (path) => {
      if (path === '/app/members') throw new RequestError('NOAUTH', 'Not allowed.')
      return data(path)
    })
    expect(await find('red', 'data')).toMatchObject({ matches: { length: 1 }, denied: 1 })
    expect(await find('red', 'data', { path: '/app/members' })).toMatchObject({ matches: [], denied: 1 })
    await expect(find('red', 'name', { path: '/none' })).rejects.toThrow('/none')
  })

  test('of names asks nothing of a thousand leaves, and of data once each', async () => {
    for (let i = 0; i < LEAVES_ASKED_FROM; i += 1) ensemble.create(`/app/members/n${i}`, `row ${i}`)
    expect(await find('n77', 'name')).toMatchObject({ matches: { length: 11 }, complete: true, visited: 1007 })
    expect(ensemble.listings).toBeLessThan(10)
    const read = vi.spyOn(ensemble, 'data')
    ensemble.listings = 0
    expect(await find('row 77', 'data')).toMatchObject({ matches: { length: 11 }, visited: 1007 })
    expect([read.mock.calls.length, ensemble.listings]).toEqual([1007, 3])
  })
})

describe('a search of names', () => {
  function forest(): void {
    for (let d = 0; d < 50; d += 1) {
      ensemble.create(`/app/members/d${d}`)
      for (let i = 0; i < 20; i += 1) ensemble.create(`/app/members/d${d}/leaf${i}`)
    }
  }

  test('asks for no stat of a leaf where all others are known', async () => {
    forest()
    const stat = vi.spyOn(ensemble, 'stat')
    expect(await find('leaf7', 'name')).toMatchObject({ matches: { length: 50 }, complete: true, visited: 1057 })
    expect(told.at(-1)).toMatchObject({ done: 1056, total: 1057 })
    expect(stat.mock.calls.filter(([path]) => path.includes('leaf'))).toEqual([])
  })

  test('looks at every child, and finds the same, where the server cannot count', async () => {
    forest()
    vi.spyOn(ensemble, 'countBelow').mockRejectedValue(new RequestError('UNIMPLEMENTED', 'No.'))
    const stat = vi.spyOn(ensemble, 'stat')
    expect(await find('leaf7', 'name')).toMatchObject({ matches: { length: 50 }, complete: true, visited: 1057 })
    expect([stat.mock.calls.length, ensemble.listings]).toEqual([1057, 53])
  })

  test('counts what it may not list, and goes on', async () => {
    forest()
    const list = ensemble.packedChildren.bind(ensemble)
    vi.spyOn(ensemble, 'packedChildren').mockImplementation(async (path) => {
      if (path === '/app/members/d7') throw new RequestError('NOAUTH', 'Not allowed.')
      return list(path)
    })
    expect(await find('leaf7', 'name')).toMatchObject({ matches: { length: 49 }, denied: 1, complete: true })
  })

  test('goes on when no answer came for a while, and ends when the person cancels', async () => {
    forest()
    const count = vi.spyOn(ensemble, 'countBelow')
    count.mockRejectedValueOnce(new RequestError('NO_ANSWER', 'Later.'))
    expect(await find('leaf7', 'name')).toMatchObject({ matches: { length: 50 }, complete: true })
    const stop = new AbortController()
    count.mockImplementation(async () => {
      stop.abort()
      throw new RequestError('NO_SESSION', 'Later.')
    })
    const wanted = { path: '/', text: 'leaf', in: 'name', limit: 9 } as const
    await expect(search(ensemble, wanted, { signal: stop.signal, progress: () => {} })).rejects.toThrow()
  })
})

test('a walk goes to its limit and says that there is more', async () => {
  const seen: string[] = []
  const onNodes = (nodes: readonly { path: string }[]) => void seen.push(...nodes.map(({ path }) => path))
  expect(await walkTree(ensemble, '/', { signal, nodesMax: 4, onNodes })).toEqual({
    visited: 4,
    denied: 0,
    complete: false,
  })
  expect(seen).toEqual(['/', '/app', '/red', '/app/Config'])
})
