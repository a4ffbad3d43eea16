import { describe, expect, test } from 'vitest'
import { type Command, HELP, readArguments } from './arguments.ts'

function read(line: string): Command | string {
  const result = readArguments(line.split(' ').filter((word) => word !== ''))
  return result.ok ? result.value : result.error
}

describe('the command line', () => {
  test('up has defaults', () => {
    expect(read('up')).toEqual({ type: 'up', members: null, dataDir: './data', port: 8080, clientPort: null })
  })

  test('up takes its options', () => {
    expect(read('up --members 5 --data /tmp/x --port=9000 --client-port 3181')).toEqual({
      type: 'up',
      members: 5,
      dataDir: '/tmp/x',
      port: 9000,
      clientPort: 3181,
    })
  })

  test('server takes one configuration', () => {
    expect(read('server zoo.cfg')).toEqual({ type: 'server', configPath: 'zoo.cfg' })
    expect(read('server')).toContain('zabscope server zoo.cfg')
    expect(read('server a b')).toContain('zabscope server zoo.cfg')
  })

  test('log and snapshot take files, and options of their own', () => {
    expect(read('log --json --from 100000003 --session 0xff -d a b')).toMatchObject({
      type: 'tool',
      options: { kind: 'log', paths: ['a', 'b'], json: true, data: true, from: 0x100000003, session: 0xffn, to: null },
    })
    expect(read('snapshot --rebuild out in')).toMatchObject({ options: { kind: 'snapshot', rebuild: 'out' } })
    expect(read('log --help')).toEqual({ type: 'toolHelp' })
    expect(read('log')).toContain('Give log a file or a data directory.')
    expect(read('log --from here a')).toContain('--from takes a zxid in hex')
    expect(read('log --session 12345678901234567 a')).toContain('--session takes a session id in hex')
    expect(read('log --rebuild x a b')).toContain('one file at a time')
    expect(read('snapshot --to 5 a')).toContain('they go with zabscope log')
    expect(read('log --verbose a')).toContain("Unknown option '--verbose'.")
  })

  test.each(['', 'help', '--help', 'up --help', '-h'])('help: %j', (line) =>
    expect(read(line)).toEqual({ type: 'help' }),
  )

  test.each([
    ['down', 'There is no command "down".'],
    ['up --membres 3', "Unknown option '--membres'."],
    ['up here', "Unexpected argument 'here'."],
    ['up --members 10', '--members takes a number from 1 to 9, not "10".'],
    ['up --port http', '--port takes a number from 1 to 65535, not "http".'],
    ['up --data', "Option '--data <value>' argument missing."],
  ])('%s is answered with a sentence', (line, sentence) => expect(read(line)).toContain(sentence))

  test('every option is explained', () => {
    for (const option of ['--members', '--data', '--port', '--client-port', '--version']) expect(HELP).toContain(option)
  })
})
