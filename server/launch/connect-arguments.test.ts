import { describe, expect, test } from 'vitest'
import { readConnectArguments } from './connect-arguments.ts'

const reading = (env: Record<string, string> = {}, files: Record<string, string> = {}) => ({
  env,
  readFile: (path: string) => {
    const text = files[path]
    if (text === undefined) throw new Error('no such file')
    return text
  },
})

describe('zabscope connect', () => {
  test('takes servers, ports and settings of the page', () => {
    const args = ['zk1:2181,zk2:2181/app', '--port', '9000', '--admin-port', '8081,8082', '--allow-writes']
    expect(readConnectArguments(args, reading())).toMatchObject({
      ok: true,
      value: {
        connectString: 'zk1:2181,zk2:2181/app',
        settings: { port: 9000 },
        adminPorts: [8081, 8082],
        metricsPorts: [7000],
        allowWrites: true,
        tls: null,
        auth: [],
      },
    })
    expect(readConnectArguments(['127.0.0.1'], reading())).toMatchObject({ value: { allowWrites: false } })
  })

  test.each([
    [[], 'Give connect one thing'],
    [['a:1', 'b:2'], 'Give connect one thing'],
    [['a:99999'], 'is no server'],
    [['a:1', '--admin-port', '0'], '--admin-port takes ports'],
    [['a:1', '--members', '3'], '--members'],
    [['a:1', '--auth', 'digest:a:b'], '--auth'],
  ])('refuses %j', (args, sentence) => {
    const read = readConnectArguments(args, reading())
    expect(read.ok ? '' : read.error).toContain(sentence)
  })

  test('[K-2, O-6] credentials come from file or environment, and go in clear to this machine alone', () => {
    const env = { ZABSCOPE_AUTH: 'digest:ada:se:cret' }
    const auth = [{ scheme: 'digest', auth: 'ada:se:cret' }]
    expect(readConnectArguments(['127.0.0.1:2181'], reading(env))).toMatchObject({ value: { auth } })
    const far = readConnectArguments(['zk1:2181'], reading(env))
    expect(far.ok ? '' : far.error).toContain('--tls')
    expect(JSON.stringify(far)).not.toContain('cret')
    expect(readConnectArguments(['zk1:2181', '--auth-in-clear'], reading(env)).ok).toBe(true)
    const file = reading({}, { f: 'digest:ada:se:cret\n\nrubbish-cret\n' })
    const read = readConnectArguments(['zk1:2181', '--tls', '--auth-file', 'f'], file)
    expect(read.ok ? '' : read.error).toBe('f holds a line that is not as digest:user:password.')
    const good = reading({}, { f: 'digest:ada:se:cret\n' })
    expect(readConnectArguments(['zk1:2181', '--tls-ca', 'ca.pem', '--auth-file', 'f'], good)).toMatchObject({
      value: { auth, tls: { ca: 'ca.pem' } },
    })
  })
})
