import { expect, test, vi } from 'vitest'
import { SIZES_CHILDREN_MAX } from '../limits.ts'
import { RequestError } from '../request-error.ts'
import { FakeEnsemble } from '../testing/fake-ensemble.ts'
import { sizesOf } from './sizes.ts'

const job = { signal: new AbortController().signal, progress: () => undefined }

test('a small subtree is told exactly', async () => {
  const ensemble = new FakeEnsemble()
  for (const [path, data] of Object.entries({ '/a': '12', '/a/b': '345', '/a/c': '', '/z': '6789' }))
    ensemble.create(path, data)
  const { entries, ...rest } = await sizesOf(ensemble, '/', job)
  expect(rest).toEqual({ path: '/', visited: 5, denied: 0, complete: true, nodes: 5 })
  expect(entries.map(({ path, nodes, bytes, others }) => [path, nodes, bytes, others])).toEqual([
    ['/', 5, 9, null],
    ['/a', 3, 5, null],
    ['/a/b', 1, 3, null],
    ['/a/c', 1, 0, null],
    ['/z', 1, 4, null],
  ])
})

test('of many children some are looked at, and the others reckoned like them', async () => {
  const ensemble = new FakeEnsemble()
  ensemble.create('/many')
  for (let i = 0; i < 5 * SIZES_CHILDREN_MAX; i += 1) ensemble.create(`/many/n${i}`, '0123456789')
  const sizes = await sizesOf(ensemble, '/many', job)
  const count = 4 * SIZES_CHILDREN_MAX
  expect(sizes).toMatchObject({ complete: false, nodes: 501, visited: SIZES_CHILDREN_MAX + 1 })
  expect(sizes.entries[0]).toEqual({
    path: '/many',
    nodes: 501,
    bytes: 5000,
    children: 500,
    others: { count, nodes: count, bytes: 10 * count },
  })
})

test('what may not be listed is counted, and what is not there is an error', async () => {
  const ensemble = new FakeEnsemble()
  ensemble.create('/secret', 'x')
  const listed = ensemble.packedChildren.bind(ensemble)
  vi.spyOn(ensemble, 'packedChildren').mockImplementation(async (path) => {
    if (path === '/secret') throw new RequestError('NOAUTH', 'Not allowed.')
    return listed(path)
  })
  expect(await sizesOf(ensemble, '/', job)).toMatchObject({ denied: 1, nodes: 2 })
  await expect(sizesOf(ensemble, '/secret', job)).rejects.toThrow('Not allowed.')
  await expect(sizesOf(ensemble, '/none', job)).rejects.toThrow('/none')
})
