import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { err, ok } from '#shared/base/result.ts'
import { type MemberConfig, parseConfig } from './config.ts'
import { keyProblem } from './config-keys.ts'
import { parseProperties } from './properties.ts'

const SERVERS = [1, 2, 3].map((n) => `server.${n}=10.0.0.${n}:2888:3888`).join('\n')
const ENSEMBLE = `tickTime=2000\ninitLimit=10\nsyncLimit=5\ndataDir=/data\nclientPort=2181\n${SERVERS}\n`

function parse(text: string, myid = '2'): MemberConfig {
  const parsed = parseConfig(text, () => ok(myid))
  if (!parsed.ok) throw new Error(parsed.error.join('\n'))
  return parsed.value
}

function problems(text: string, myid = '2'): readonly string[] {
  const parsed = parseConfig(text, () => ok(myid))
  return parsed.ok ? [] : parsed.error
}

describe('a member of an ensemble', () => {
  test('takes ZooKeeper’s defaults from its tickTime', () => {
    const config = parse(ENSEMBLE)
    expect(config).toMatchObject({
      sid: 2,
      standalone: false,
      dataDir: '/data',
      dataLogDir: '/data',
      clientPort: 2181,
      minSessionTimeoutMs: 4000,
      maxSessionTimeoutMs: 40_000,
      maxClientCnxns: 60,
      frameBytesMax: 1_048_575,
      snapCount: 100_000,
      preAllocBytes: 64 * 1024 * 1024,
      forceSync: true,
      eventPort: null,
      secretFile: null,
    })
    expect(config.quorum.servers.size).toBe(3)
    expect(config.fourLetterWords).toEqual(new Set(['srvr', 'ruok', 'mntr']))
  })

  test('gets its share of the outstanding requests', () => {
    expect(parse(`${ENSEMBLE}globalOutstandingLimit=900\n`).outstandingMax).toBe(450)
    expect(parse('dataDir=/d\nclientPort=1\n').outstandingMax).toBe(1000)
  })

  test('needs a myid among the server lines', () => {
    expect(problems(ENSEMBLE, '7')).toEqual([expect.stringContaining('one of the server.N lines')])
    const missing = parseConfig(ENSEMBLE, () => err('no such file'))
    expect(missing).toMatchObject({ ok: false, error: [expect.stringContaining('myid is missing')] })
  })
})

test('without server lines, or with one, it is a quorum of one', () => {
  expect(parse('dataDir=/d\nclientPort=0\n')).toMatchObject({ standalone: true, sid: 1, clientPort: 0 })
  const one = 'dataDir=/d\nclientPort=0\nserver.5=localhost:1:2\n'
  expect(parse(one)).toMatchObject({ standalone: true, sid: 5 })
  expect(parse(`${one}standaloneEnabled=false\ninitLimit=1\nsyncLimit=1\n`, '5')).toMatchObject({ standalone: false })
})

test.each([
  ['4lw.commands.whitelist=stat, ruok', { fourLetterWords: new Set(['srvr', 'stat', 'ruok']) }],
  ['4lw.commands.whitelist=*', { fourLetterWords: 'all' }],
  ['forceSync=no', { forceSync: false }],
  ['dataLogDir=logs', { dataLogDir: resolve('logs') }],
  ['clientPortAddress=127.0.0.1', { clientPortAddress: '127.0.0.1' }],
  ['maxSessionTimeout=90000', { maxSessionTimeoutMs: 90_000 }],
  ['zabscope.secretFile=/s\nzabscope.eventPort=4888', { secretFile: '/s', eventPort: 4888 }],
  ['extendedTypesEnabled=true', { tree: { extendedTypesEnabled: true } }],
  ['peerType=participant', { sid: 2 }],
])('%s', (line, expected) => {
  expect(parse(`${ENSEMBLE}${line}\n`)).toMatchObject(expected)
})

test.each([
  ['tickTime=fast', 'write a whole number'],
  ['forceSync=maybe', 'write yes or no'],
  ['quorumListenOnAllIPs=1', 'write true or false'],
  ['minSessionTimeout=50000', 'minSessionTimeout is larger than maxSessionTimeout'],
  ['sslQuorum=true', 'sslQuorum=true: TLS is not supported'],
  ['secureClientPort=2182', 'secureClientPort: TLS is not supported'],
  ['admin.enableServer=true', 'admin.enableServer'],
  ['oraclePath=/o', 'decided by an oracle'],
  ['commitProcessor.numWorkerThreads=4', 'no worker threads'],
  ['flushDelay=5', 'flushDelay=5: the disk is flushed at once'],
  ['dynamicConfigFile=/d/zoo.cfg.dynamic', 'belongs into the file that dynamicConfigFile names'],
  ['fastleader.minNotificationInterval=9000\nfastleader.maxNotificationInterval=10', 'is smaller than'],
  ['weight.1=2', 'weight.1: groups and weights'],
  ['snapcount=5', 'snapcount: no such setting'],
  ['4lw.commands.whitelist=hash', 'hash is not a word'],
  ['zabscope.eventPort=4888', 'needs zabscope.secretFile'],
  ['server.4=nonsense', 'write it as host:quorumPort'],
  ['peerType=watcher', 'only participant or observer'],
  ['DigestAuthenticationProvider.superDigest=super:secret', 'superDigest'],
])('%s is refused by name', (line, sentence) => {
  expect(problems(`${ENSEMBLE}${line}\n`).join('\n')).toContain(sentence)
})

test('all problems are told at once', () => {
  expect(problems('colour=blue\n')).toHaveLength(3)
})

test('a setting that asks for what we do anyway is accepted', () => {
  expect(keyProblem('electionAlg', '3')).toBeNull()
  expect(keyProblem('sslQuorum', 'False')).toBeNull()
  expect(keyProblem('toString', 'x')).toContain('no such setting')
})

test('properties: comments, separators, continuations, escapes', () => {
  const text = '# no\n! no\n a = 1\nb:2\nc 3\nd=\\\n   long\\\n  er\ne\\ f=\\u0041\\tB\\\\\r\ng=x=y\nb=4'
  expect([...parseProperties(text)]).toEqual([
    ['a', '1'],
    ['b', '4'],
    ['c', '3'],
    ['d', 'longer'],
    ['e f', 'A\tB\\'],
    ['g', 'x=y'],
  ])
})
