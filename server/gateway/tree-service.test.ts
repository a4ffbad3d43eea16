import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CHILDREN_PAGE, DATA_PREVIEW_MAX } from '#shared/events/socket-protocol.ts'
import { CHANGE_INTERVAL_MS, WATCHES_PER_SOCKET_MAX } from './limits.ts'
import { FakeEnsemble, FakePage } from './testing/fake-ensemble.ts'
import { TreeService } from './tree-service.ts'

const CONNECTION = { sid: 2, conn: 1, address: '127.0.0.1:5000', session: '0x2a', timeoutMs: 4000 }
let ensemble = new FakeEnsemble()
let tree = new TreeService(ensemble, () => null)
let page = new FakePage()

beforeEach(() => {
  vi.useFakeTimers()
  ensemble = new FakeEnsemble()
  tree = new TreeService(ensemble, (session) => (session === CONNECTION.session ? CONNECTION : null))
  page = new FakePage()
})
afterEach(() => vi.useRealTimers())

const list = (path: string, offset = 0, watch = false) => tree.handlers['tree:list'](page, { path, offset, watch })

describe('a listing', () => {
  test('is sorted, comes in pages, and lists a large node once', async () => {
    for (let i = CHILDREN_PAGE; i >= 0; i -= 1) ensemble.create(`/n${String(i).padStart(4, '0')}`)
    const first = await list('/')
    const second = await list('/', CHILDREN_PAGE)
    expect(first.children).toHaveLength(CHILDREN_PAGE)
    expect(first.children[1]).toMatchObject({ name: 'n0001', path: '/n0001', stat: { czxid: '0x1000000c8' } })
    expect([second.total, second.offset, second.children.map((row) => row.name)]).toEqual([201, 200, ['n0200']])
    expect(ensemble.listings).toBe(1)
    ensemble.create('/zz')
    expect((await list('/', CHILDREN_PAGE)).children.map((row) => row.name)).toEqual(['n0200', 'zz'])
  })

  test('znodes with the names of object fields are ordinary', async () => {
    for (const name of ['__proto__', 'constructor', 'toString']) ensemble.create(`/${name}`)
    expect((await list('/')).children.map((row) => row.name)).toEqual(['__proto__', 'constructor', 'toString'])
  })

  test('of a missing node is refused', async () => {
    await expect(list('/none')).rejects.toThrow('No such node: /none.')
  })
})

describe('a watched listing', () => {
  test('tells changes, the first at once, a flood seldom', async () => {
    await list('/', 0, true)
    for (let i = 0; i < 50; i += 1) ensemble.create(`/n${i}`)
    expect(page.told).toEqual([['tree:changed', { path: '/', event: 'children' }]])
    vi.advanceTimersByTime(CHANGE_INTERVAL_MS)
    expect(page.told).toHaveLength(2)
    vi.advanceTimersByTime(10 * CHANGE_INTERVAL_MS)
    expect(page.told).toHaveLength(2)
  })

  test('tells deleted and created in the order in which they ended', async () => {
    ensemble.create('/a')
    await list('/a', 0, true)
    ensemble.delete('/a')
    ensemble.create('/a')
    ensemble.delete('/a')
    vi.advanceTimersByTime(CHANGE_INTERVAL_MS)
    const last = page.told.at(-1)
    expect(last).toEqual(['tree:changed', { path: '/a', event: 'deleted' }])
  })

  test('is watched once, and no longer when forgotten or the page is gone', async () => {
    ensemble.create('/a')
    await list('/', 0, true)
    await list('/', 0, true)
    await list('/a', 0, true)
    expect(ensemble.listeners.get('/')?.size).toBe(1)
    await tree.handlers['tree:forget'](page, { path: '/' })
    await vi.waitFor(() => expect(ensemble.watched).toEqual(['/a']))
    tree.forgetAll(page)
    await vi.waitFor(() => expect(ensemble.watched).toEqual([]))
  })

  test('has a limit', async () => {
    for (let i = 0; i <= WATCHES_PER_SOCKET_MAX; i += 1) ensemble.create(`/n${i}`)
    for (let i = 0; i < WATCHES_PER_SOCKET_MAX; i += 1) await list(`/n${i}`, 0, true)
    await expect(list(`/n${WATCHES_PER_SOCKET_MAX}`, 0, true)).rejects.toThrow('Close some first.')
  })
})

describe('a node', () => {
  const get = (path: string) => tree.handlers['node:get'](page, { path })

  test('shows data, stat and owner', async () => {
    ensemble.create('/e', 'hi', 0x2an)
    expect(await get('/e')).toMatchObject({
      dataBase64: 'aGk=',
      truncated: false,
      acl: [{ perms: 'cdrwa', scheme: 'world', id: 'anyone' }],
      owner: { session: '0x2a', address: '127.0.0.1:5000', sid: 2 },
    })
  })

  test('large data is cut, and said to be', async () => {
    ensemble.create('/big', 'x'.repeat(DATA_PREVIEW_MAX + 1))
    const { dataBase64, truncated, stat } = await get('/big')
    expect([Buffer.from(dataBase64 ?? '', 'base64').length, truncated]).toEqual([DATA_PREVIEW_MAX, true])
    expect(stat.dataLength).toBe(DATA_PREVIEW_MAX + 1)
  })

  test('the hash of a digest stays here', async () => {
    ensemble.acls = [{ perms: 31, scheme: 'digest', id: 'bob:c2VjcmV0' }]
    ensemble.create('/s')
    expect((await get('/s')).acl).toEqual([{ perms: 'cdrwa', scheme: 'digest', id: 'bob:…' }])
  })
})
