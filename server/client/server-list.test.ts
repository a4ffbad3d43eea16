import { expect, test } from 'vitest'
import { makeChroot } from './chroot.ts'
import { formatAddress, parseConnectString, ServerList } from './server-list.ts'

test('a connect string is servers, then perhaps a chroot', () => {
  expect(parseConnectString('a:1, b ,[::1]:3/app/x')).toEqual({
    ok: true,
    value: {
      servers: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2181 },
        { host: '::1', port: 3 },
      ],
      chroot: '/app/x',
    },
  })
  expect(parseConnectString('a:1/')).toMatchObject({ value: { chroot: '' } })
  expect(formatAddress({ host: '::1', port: 3 })).toBe('[::1]:3')
})

test.each(['', ',', 'a:0', 'a:70000', 'a:b', '::1', 'a b:1', 'a:1/x/', 'a:1//x'])(
  'the connect string "%s" is refused with a sentence',
  (text) => {
    const parsed = parseConnectString(text)
    expect(parsed.ok).toBe(false)
    expect(!parsed.ok && parsed.error).toMatch(/connect string/)
  },
)

test('a server list is a rotation of all its servers', () => {
  const servers = ['a', 'b', 'c', 'd'].map((host) => ({ host, port: 1 }))
  const list = new ServerList(servers, () => 0.3)
  const round = servers.map(() => list.next().host)
  expect(round.toSorted()).toEqual(['a', 'b', 'c', 'd'])
  expect(round).not.toEqual(['a', 'b', 'c', 'd'])
  expect(servers.map(() => list.next().host)).toEqual(round)
})

test('a chroot is put before paths and taken off again', () => {
  const { toServer, toCaller } = makeChroot('/app')
  for (const path of ['/', '/x', '/x/y']) expect(toCaller(toServer(path))).toBe(path)
  expect(toServer('/')).toBe('/app')
  expect(toServer('/x')).toBe('/app/x')
  expect(toCaller('/apple')).toBe('/apple')
})
