import { describe, expect, test } from 'vitest'
import { type Flags, readSettings } from './read-settings.ts'
import { environmentName, SETTING_WORDS, SETTINGS_SCHEMA, type Settings } from './settings.ts'

function read(flags: Flags, env: Record<string, string> = {}, file?: unknown): Settings | string {
  const readFile = (path: string): string => {
    if (file === undefined) throw new Error(`ENOENT: no such file, open '${path}'`)
    return typeof file === 'string' ? file : JSON.stringify(file)
  }
  const result = readSettings(flags, { env, readFile })
  return result.ok ? result.value : result.error
}

describe('settings', () => {
  test('table and schema know the same', () => {
    expect(Object.keys(SETTING_WORDS).sort()).toEqual(Object.keys(SETTINGS_SCHEMA.shape).sort())
    expect(environmentName('clientPort')).toBe('ZABSCOPE_CLIENT_PORT')
  })

  test('flags count before the environment, that before the file, and that before defaults', () => {
    const file = { port: 1001, members: 1, clientPort: 3001 }
    const env = { ZABSCOPE_PORT: '1002', ZABSCOPE_MEMBERS: '2' }
    expect(read({ config: '/etc/z.json', port: '1003' }, env, file)).toMatchObject({
      port: 1003,
      members: 2,
      clientPort: 3001,
      data: './data',
    })
  })

  test('every setting can come from the environment and from the file', () => {
    const values: Readonly<Record<keyof Settings, readonly [text: string, value: unknown]>> = {
      members: ['5', 5],
      data: ['/d', '/d'],
      port: ['9000', 9000],
      clientPort: ['3181', 3181],
      autoRestart: ['true', true],
      onGatewayExit: ['keep', 'keep'],
      faults: ['false', false],
      host: ['0.0.0.0', '0.0.0.0'],
      behindTlsProxy: ['true', true],
      basePath: ['/zk', '/zk'],
      publicOrigins: ['https://a.example,https://b.example:8443', ['https://a.example', 'https://b.example:8443']],
      trustedProxies: ['10.0.0.1,172.16.0.0/12,::1', ['10.0.0.1', '172.16.0.0/12', '::1']],
      users: ['/u.json', '/u.json'],
      accessToken: ['x'.repeat(32), 'x'.repeat(32)],
      attachTargets: ['zk*.example.org,10.0.0.0/8:2181', ['zk*.example.org', '10.0.0.0/8:2181']],
      historyMinutes: ['60', 60],
      historyMegabytes: ['128', 128],
      logLevel: ['debug', 'debug'],
    }
    const all = Object.fromEntries(Object.entries(values).map(([name, [, value]]) => [name, value]))
    const env = Object.fromEntries(Object.entries(values).map(([name, [text]]) => [environmentName(name), text]))
    expect(read({}, env)).toEqual(all)
    expect(read({ config: '/etc/z.json' }, {}, all)).toEqual(all)
    expect(read({}, { ZABSCOPE_CONFIG: '/etc/z.json' }, all)).toEqual(all)
  })

  test('paths of a file are beside the file', () => {
    expect(read({ config: '/etc/zab/z.json' }, {}, { data: 'data', users: '../u.json' })).toMatchObject({
      data: '/etc/zab/data',
      users: '/etc/u.json',
    })
  })

  test('other variables of ours are not settings', () => {
    expect(read({}, { ZABSCOPE_TALLY: 'x', ZABSCOPE_PARENT_PIPE: '1' })).toMatchObject({ port: 8080 })
  })

  test.each([
    [{ membres: 3 }, 'unknown setting: membres. The settings are members, data'],
    [{ members: 10 }, 'members in /z.json takes a number from 1 to 9, not 10.'],
    [{ members: '3' }, 'members in /z.json takes a number'],
    [{ basePath: 'zk' }, 'basePath in /z.json: "zk" is a path such as /zk'],
    [{ basePath: '/a/../b"' }, 'basePath'],
    [{ publicOrigins: ['zk.example.org'] }, 'is not an origin'],
    [{ publicOrigins: ['https://zk.example.org/path'] }, 'is not an origin'],
    [{ publicOrigins: ['javascript://x'] }, 'is not an origin'],
    [{ trustedProxies: ['10.0.0.0/33'] }, 'neither an address nor a network'],
    [{ trustedProxies: ['proxy.local'] }, 'neither an address nor a network'],
    ['{', 'is not JSON'],
    ['[]', 'is to be a JSON object'],
    [undefined, 'cannot be read: ENOENT'],
  ])('a file with %j is refused by name', (file, sentence) =>
    expect(read({ config: '/z.json' }, {}, file)).toContain(sentence),
  )

  test('environment variables are named when they are wrong', () => {
    expect(read({}, { ZABSCOPE_PORT: 'http' })).toBe('ZABSCOPE_PORT takes a number from 1 to 65535, not "http".')
    expect(read({}, { ZABSCOPE_BEHIND_TLS_PROXY: 'yes' })).toBe(
      'ZABSCOPE_BEHIND_TLS_PROXY takes true or false, not "yes".',
    )
  })

  test('[K-2] a token that is refused is not repeated, and there is no flag for one', () => {
    expect(read({}, { ZABSCOPE_ACCESS_TOKEN: 'canary' })).not.toContain('canary')
    expect(SETTING_WORDS.accessToken.flag).toBeNull()
  })

  test('[N-1] another address than loopback needs the statement that TLS is in front', () => {
    for (const host of ['0.0.0.0', '::', '192.168.1.1', 'zk.example.org', '127.evil.example'])
      expect([host, read({ host })]).toEqual([host, expect.stringContaining('--behind-tls-proxy')])
    expect(read({ host: '0.0.0.0', 'behind-tls-proxy': true })).toMatchObject({ host: '0.0.0.0' })
    for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) expect(read({ host })).toMatchObject({ host })
  })
})
