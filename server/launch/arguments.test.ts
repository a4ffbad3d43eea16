import { describe, expect, test } from 'vitest'
import { type Command, HELP, readArguments } from './arguments.ts'
import { SETTING_WORDS } from './settings/settings.ts'

const NOTHING = { env: {}, readFile: () => '{}' }

function read(line: string): Command | string {
  const result = readArguments(
    line.split(' ').filter((word) => word !== ''),
    NOTHING,
  )
  return result.ok ? result.value : result.error
}

describe('the command line', () => {
  test('up has defaults', () => {
    expect(read('up')).toEqual({
      type: 'up',
      members: null,
      data: './data',
      port: 8080,
      clientPort: null,
      autoRestart: false,
      faults: true,
      onGatewayExit: 'stop',
      host: '127.0.0.1',
      behindTlsProxy: false,
      basePath: '',
      publicOrigins: [],
      trustedProxies: [],
      users: null,
      accessToken: null,
      attachTargets: [],
      historyMinutes: 15,
      historyMegabytes: 64,
      logLevel: 'info',
    })
  })

  test('up takes its options', () => {
    expect(
      read('up --members 5 --data /tmp/x --port=9000 --client-port 3181 --auto-restart --no-faults'),
    ).toMatchObject({
      type: 'up',
      members: 5,
      data: '/tmp/x',
      port: 9000,
      clientPort: 3181,
      autoRestart: true,
      faults: false,
    })
  })

  test('up says what members do without it, and down which directory', () => {
    expect(read('up --on-gateway-exit keep')).toMatchObject({ onGatewayExit: 'keep' })
    expect(read('up --on-gateway-exit maybe')).toContain('--on-gateway-exit: "maybe"')
    expect(read('connect a:1 --on-gateway-exit keep')).toContain('--on-gateway-exit')
    expect(read('down')).toEqual({ type: 'down', data: './data' })
    expect(read('down --data /tmp/x')).toEqual({ type: 'down', data: '/tmp/x' })
    expect(read('down --members 3')).toContain('See zabscope --help')
    expect(read('down /tmp/x')).toContain('See zabscope --help')
  })

  test('server takes one configuration', () => {
    expect(read('server zoo.cfg')).toEqual({ type: 'server', configPath: 'zoo.cfg' })
    expect(read('server')).toContain('zabscope server zoo.cfg')
    expect(read('server a b')).toContain('zabscope server zoo.cfg')
  })

  test('window takes one file, and a time', () => {
    expect(read('window a.gz')).toEqual({ type: 'window', path: 'a.gz', as: 'summary', atMs: null })
    expect(read('window a.gz --as perfetto')).toMatchObject({ as: 'perfetto' })
    expect(read('window a.gz --at 1970-01-01T00:00:01Z')).toMatchObject({ atMs: 1000 })
    expect(read('window')).toContain('Give window one file')
    expect(read('window a b')).toContain('Give window one file')
    expect(read('window a --as svg')).toContain('--as takes summary, jsonl, perfetto')
    expect(read('window a --at noon')).toContain('--at takes a time')
    expect(read('window a --as jsonl --at 5')).toContain('--at goes with a summary')
    expect(read('window a --loud')).toContain('See zabscope --help')
  })

  test('log and snapshot take files and what to show of them', () => {
    expect(read('log data --from 0x300000001 --session 0x0100 --verify')).toEqual({
      type: 'log',
      paths: ['data'],
      verify: true,
      json: false,
      data: false,
      from: 0x300000001,
      to: null,
      session: '0x100',
      rebuild: null,
    })
    expect(read('snapshot a b --path /x --json')).toMatchObject({ type: 'snapshot', paths: ['a', 'b'], path: '/x' })
    expect(read('log')).toContain('zabscope log version-2/log.1')
    expect(read('log x --to seven')).toContain('--to takes a zxid')
    expect(read('log x --session 7')).toContain('--session takes an id')
    expect(read('snapshot x --path y')).toContain('--path takes a znode')
    expect(read('log x --colour')).toContain('--colour')
  })

  test('user and audit take a name and a role, and never a password', () => {
    expect(read('user add ada --role operator')).toEqual({
      type: 'user',
      verb: 'add',
      file: './users.json',
      name: 'ada',
      role: 'operator',
    })
    expect(read('user token ci --role viewer --days 7 --file /etc/u')).toMatchObject({ days: 7, file: '/etc/u' })
    expect(read('user add ada')).toContain('--role takes one of viewer, operator, admin')
    expect(read('user add ada secret --role admin')).toContain('user add|remove|token NAME')
    expect(read('user token ci --role viewer --days 0')).toContain('--days takes a number')
    expect(read('user add a/b --role viewer')).toContain('A name has letters')
    expect(read('audit data')).toEqual({ type: 'audit', path: 'data' })
    expect(read('audit')).toContain('zabscope audit ./data')
  })

  test.each(['', 'help', '--help', 'up --help', '-h'])('help: %j', (line) =>
    expect(read(line)).toEqual({ type: 'help' }),
  )

  test.each([
    ['under', 'There is no command "under".'],
    ['up --membres 3', "Unknown option '--membres'."],
    ['up here', "Unexpected argument 'here'."],
    ['up --members 10', '--members takes a number from 1 to 9, not 10.'],
    ['up --port http', '--port takes a number from 1 to 65535, not "http".'],
    ['up --data', "Option '--data <value>' argument missing."],
  ])('%s is answered with a sentence', (line, sentence) => expect(read(line)).toContain(sentence))

  test('every option is explained', () => {
    for (const { flag } of Object.values(SETTING_WORDS)) expect(HELP).toContain(flag ?? 'ZABSCOPE_ACCESS_TOKEN')
    for (const option of ['--version', '--config', 'user add', 'audit <dir|file>']) expect(HELP).toContain(option)
    for (const line of HELP.split('\n')) expect([line, line.length <= 125]).toEqual([line, true])
  })
})
