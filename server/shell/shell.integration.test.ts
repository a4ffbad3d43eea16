// The shell against a member of ours, and beside zkCli against Apache: the same lines in, the same answers out.

import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApacheServer, apacheMissing, startApache } from '../client/testing/apache-server.ts'
import { ZooKeeper } from '../client/zookeeper.ts'
import { startThrowAwayMember, type ThrowAwayMember } from '../launch/throw-away-member.ts'
import { run } from '../peers/harness/child.ts'
import { builtScript } from '../testing/built.ts'
import { complete } from './completion.ts'

const ZKCLI = '/usr/share/zookeeper/bin/zkCli.sh'
const missing = apacheMissing() ?? (existsSync(ZKCLI) ? null : `no ${ZKCLI} here: apt-get install zookeeper`)
const SCRIPT = '/usr/bin/script'
const noScript = existsSync(SCRIPT) ? null : `no ${SCRIPT} here: apt-get install bsdutils`
if (noScript) console.log(`skipped in part: ${noScript}`)
if (missing) console.log(`skipped in part: ${missing}`)

let member: ThrowAwayMember
beforeAll(async () => {
  member = await startThrowAwayMember(builtScript('member'), ['extendedTypesEnabled=true'])
})
afterAll(() => member?.close())

function shell(servers: string, words: readonly string[], input = '') {
  const args = [builtScript('main'), 'shell', '-server', servers, ...words]
  return run(process.execPath, args, { timeoutMs: 60_000, input, env: { TZ: 'UTC' } })
}

describe('one command', () => {
  test('prints its answer and ends with 0', async () => {
    expect(await shell(member.connectString, ['create', '/one', 'two words'])).toEqual({
      code: 0,
      output: 'Created /one\n',
    })
    expect(await shell(member.connectString, ['get', '/one'])).toEqual({ code: 0, output: 'two words\n' })
  })

  test('ends with 1 when it failed, with 2 when it cannot be meant', async () => {
    expect(await shell(member.connectString, ['get', '/absent'])).toEqual({
      code: 1,
      output: 'Node does not exist: /absent\n',
    })
    expect(await shell(member.connectString, ['get'])).toEqual({
      code: 2,
      output: 'Too few arguments.\nget [-s] [-w] path\n',
    })
    const watching = await shell(member.connectString, ['get', '-w', '/one'])
    expect(watching).toMatchObject({ code: 2, output: expect.stringContaining('A watch ends with the command') })
  })

  test('ends with 1 and says why when there is no server', async () => {
    const { code, output } = await shell('127.0.0.1:1', ['-timeout', '500', 'ls', '/'])
    expect(code).toBe(1)
    expect(output).toContain('127.0.0.1:1')
  })
})

describe('at a terminal', () => {
  test('the tab key offers paths', async () => {
    const zk = await ZooKeeper.connect({ servers: member.connectString })
    try {
      await zk.create('/tab')
      for (const name of ['one', 'other', 'two']) await zk.create(`/tab/${name}`)
      expect(await complete('get -s /tab/o', zk)).toEqual([['/tab/one', '/tab/other'], '/tab/o'])
      expect(await complete('ls /ta', zk)).toEqual([['/tab'], '/ta'])
      expect(await complete('ls /absent/x', zk)).toEqual([[], '/absent/x'])
    } finally {
      await zk.close()
    }
  })

  test.skipIf(noScript !== null)('a prompt, answers, and a history that is kept', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'shell-'))
    const file = join(directory, 'history')
    const command = `${process.execPath} ${builtScript('main')} shell -server ${member.connectString}`
    const input = 'create /typed x\rget /typed\rquit\r'
    try {
      const options = { timeoutMs: 60_000, input, env: { ZABSCOPE_SHELL_HISTORY: file, TERM: 'dumb' } }
      const { code, output } = await run(SCRIPT, ['-qec', command, '/dev/null'], options)
      expect(code).toBe(0)
      expect(output).toContain(`[zk: ${member.connectString}(CONNECTED) 0] `)
      expect(output).toContain('Created /typed\r\n')
      expect(await readFile(file, 'utf8')).toBe('create /typed x\nget /typed\nquit\n')
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })
})

describe('lines from a pipe', () => {
  test('run one after the other; a failure does not end them, but is told', async () => {
    const lines = ['create /pipe 1', 'nonsense', 'set /pipe 2', 'get /pipe', 'quit', 'get /never']
    const { code, output } = await shell(member.connectString, [], `${lines.join('\n')}\n`)
    expect(code).toBe(1)
    expect(output).toContain('Command not found: nonsense')
    expect(output.trimEnd().endsWith('\n2')).toBe(true)
  })

  test('watches, quotas, config, connection', async () => {
    const lines = [
      ...['create /w 1', 'get -w /w', 'set /w 2', 'addWatch /w', 'create /w/below', 'removewatches /w', 'set /w 3'],
      ...['printwatches off', 'get -w /w', 'set /w 4', 'printwatches on'],
      ...['setquota -n 5 /w', 'setquota -B 100 /w', 'listquota /w', 'delquota /w', 'listquota /w'],
      ...['whoami', 'addauth digest bob:pw', 'whoami', 'getEphemerals', 'getAllChildrenNumber /w'],
      ...['close', 'ls /', `connect ${member.connectString}`, 'ls /w'],
    ]
    const { output } = await shell(member.connectString, [], `${lines.join('\n')}\n`)
    const events = output.match(/type:\w+ path:\S+/g)
    expect(events).toEqual(['type:NodeDataChanged path:/w', 'type:NodeCreated path:/w/below'])
    expect(output).toContain(
      'Output quota for /w count=5,bytes=-1=;byteHardLimit=100;countHardLimit=-1\nOutput stat for /w count=2,bytes=1',
    )
    expect(output).toContain('quota for /w does not exist.')
    expect(output).toContain('Auth scheme: User\nip: 127.0.0.1\n')
    expect(output).toContain('digest: bob')
    expect(output).toContain('Not connected\n[below]')
  })
})

describe.skipIf(missing !== null)('beside zkCli, against Apache', () => {
  let apache: ApacheServer
  beforeAll(async () => {
    apache = await startApache({ properties: { 'zookeeper.extendedTypesEnabled': 'true' } })
  })
  afterAll(() => apache?.close())

  /** Both write results and errors apart; here each line's answer counts, in order, whichever stream it came from. */
  const LINES = [
    ...[
      'close',
      'ls /',
      'connect SERVER',
      'create /D a',
      'create /D a',
      'create -s /D/s- x',
      'create -e /D/e x',
      'create -c /D/c',
      'create -t 9999 /D/t x',
    ],
    ...[
      'create -s -e /D/se- y',
      'create /D/two "two words"',
      'create /D/none',
      'create /absent/x y',
      'create /D/e/x y',
    ],
    ...['get /D', 'get /D/two', 'get /D/none', 'get /absent', 'ls /D', 'ls -R /D', 'ls /absent', 'stat /absent'],
    ...['set /D b', 'set -v 99 /D x', 'delete /D', 'delete /absent', 'delete -v 7 /D/two', 'delete /D/two', 'ls /D'],
    ...[
      'getAcl /D',
      'setAcl /D/none world:anyone:ra',
      'getAcl /D/none',
      'set /D/none x',
      'setAcl /D world:anyone:cdrwa',
    ],
    ...['sync /', 'whoami', 'getEphemerals /D', 'getEphemerals /absent', 'getAllChildrenNumber /D'],
    ...[
      'setquota -n 5 /D',
      'listquota /D',
      'setquota -b 100 /D',
      'listquota /D',
      'setquota -n 1 /D/c',
      'delquota -b /D',
    ],
    ...['listquota /D', 'delquota /D', 'listquota /D', 'delquota /D', 'setquota -n 1 /absent', 'printwatches'],
    ...[
      'set -s /D c',
      'get -s /D',
      'ls -s /D',
      'setAcl -R /D world:anyone:cdrwa',
      'setAcl -s /D/none world:anyone:cdrwa',
    ],
    ...[
      'create /D/acl "" world:anyone:r,ip:127.0.0.1:cdrwa',
      'getAcl /D/acl',
      'set /D/acl ""',
      'get /D/acl',
      'ls -s -R /D',
    ],
    ...['setAcl /absent world:anyone:r', 'delete -v 3 /absent', 'set /absent x', 'getAcl /absent', 'sync /absent'],
    ...[
      'listquota /absent',
      'delquota -n /absent',
      'create / x',
      'ls',
      'get',
      'redo 999999',
      'config',
      'config -c',
      'ls -w /D',
    ],
    ...['addauth digest bob:pw', 'whoami', 'create /D/mine x auth::cdrwa', 'getAcl /D/mine', 'removewatches /D -d'],
    ...['create -t 5 -e /D/x', 'stat -w /D/later', 'create /D/later', 'addWatch -m PERSISTENT /D', 'create /D/again'],
    ...[
      'create -c -s /D/x',
      'removewatches /D',
      'deleteall /D',
      'deleteall /D',
      'getAcl -s /zookeeper',
      'stat /zookeeper',
    ],
  ]

  test('the same answers, line by line', async () => {
    const fill = (root: string) =>
      `${LINES.map((line) => line.replaceAll('/D', root).replace('SERVER', apache.address)).join('\n')}\nquit\n`
    // One word, so that the shell of zkCli.sh has nothing to interpret.
    const theirs = await run(ZKCLI, ['-server', apache.address], {
      timeoutMs: 60_000,
      input: fill('/D'),
      env: { TZ: 'UTC' },
    })
    const ours = await shell(apache.address, [], fill('/D'))
    expect(answers(ours.output)).toEqual(answers(theirs.output))
    expect(answers(ours.output).length).toBeGreaterThan(150)
  })

  test('help lists the same verbs with the same usages', async () => {
    const theirs = await run(ZKCLI, ['-server', apache.address], { timeoutMs: 60_000, input: 'help\nquit\n' })
    const ours = await shell(apache.address, ['help'])
    const usages = (output: string) =>
      output
        .split('\n')
        .filter((line) => line.startsWith('\t'))
        .map((line) => line.trim())
    expect(usages(ours.output).filter((line) => line !== 'help')).toEqual(usages(theirs.output))
  })
})

/** Sorted, because two streams meet in any order; without what differs by nature, and the sentence that we put before a usage. */
function answers(output: string): string[] {
  const noise = /^(SLF4J|Connecting to|Welcome|JLine|WATCHER::|WatchedEvent|[a-z]+ \[-|\[zk:|Too few arguments|$)/
  return output
    .split('\n')
    .filter((line) => !noise.test(line) && line.trim() !== '')
    .map((line) => line.replace(/^KeeperErrorCode = No such watcher.*|^no such watch .*/, 'no such watch'))
    .map((line) => line.replace(/^\[(\/.*)\]$/, (_, list: string) => `[${list.split(', ').sort().join(', ')}]`))
    .map((line) => line.replace(/^((?:[cmp]Zxid|ctime|mtime) = ).*/, '$1'))
    .sort()
}
