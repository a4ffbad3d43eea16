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
  ['zabscope.secretFile=/s\nzabscope.eventPort=4888\nzabscope.faults=true', { faults: { enabled: true } }],
  ['extendedTypesEnabled=true', { tree: { extendedTypesEnabled: true } }],
  ['peerType=participant', { sid: 2 }],
  ['4lw.commands.whitelist=hash,gtmk', { fourLetterWords: new Set(['srvr', 'hash', 'gtmk']) }],
  ['admin.enableServer=false', { operations: { admin: null, metrics: null, audit: null } }],
  ['admin.serverPort=0\nadmin.commandURL=/zk/', { operations: { admin: { port: 0, commandUrl: '/zk' } } }],
  ['audit.enable=true', { operations: { audit: { file: '/data/zookeeper_audit.log' } } }],
  [
    'metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider',
    { operations: { metrics: { host: '0.0.0.0', port: 7000, exportProcessInfo: true } } },
  ],
  ['snapshot.compression.method=snappy', { storage: { compression: 'snappy' } }],
  [
    'autopurge.snapRetainCount=1\nautopurge.purgeInterval=24',
    { storage: { snapRetainCount: 3, purgeIntervalHours: 24 } },
  ],
  ['txnLogSizeLimitInKb=-1\nsnapSizeLimitInKb=0', { storage: { txnLogSizeLimitInKb: 0, snapSizeLimitInKb: 0 } }],
  ['db.autocreate=false\ndatadir.autocreate=false', { storage: { dbAutocreate: false, datadirAutocreate: false } }],
  ['snapshot.trust.empty=true\nsnapshotSizeFactor=-1', { storage: { trustEmpty: true } }],
])('%s', (line, expected) => {
  expect(parse(`${ENSEMBLE}${line}\n`)).toMatchObject(expected)
})

test.each([
  ['tickTime=fast', 'write a whole number'],
  ['snapshot.compression.method=zip', 'write gz, snappy, or nothing'],
  ['snapshotSizeFactor=0.33', 'raise commitLogCount'],
  ['forceSync=maybe', 'write yes or no'],
  ['quorumListenOnAllIPs=1', 'write true or false'],
  ['minSessionTimeout=50000', 'minSessionTimeout is larger than maxSessionTimeout'],
  ['admin.forceHttps=true', 'admin.forceHttps=true: HTTP is served without TLS'],
  ['admin.commandURL=commands', 'write a path'],
  ['admin.ssl.keyStore.password=x', 'admin.ssl.keyStore.password: HTTP is served without TLS'],
  ['admin.snapshot.enabled=true', 'only the superuser may'],
  ['admin.restore.enabled=true', 'takes no tree from HTTP'],
  ['metricsProvider.className=Other', 'metrics providers are'],
  ['metricsProvider.httpPort=7000', 'metricsProvider.httpPort needs metricsProvider.className'],
  ['metricsProvider.numWorkerThreads=2', 'no worker threads'],
  ['audit.impl.class=x.Y', 'audit.impl.class'],
  ['zabscope.auditFile=/a', 'needs audit.enable=true'],
  ['oraclePath=/o', 'decided by an oracle'],
  ['commitProcessor.numWorkerThreads=4', 'no worker threads'],
  ['flushDelay=5', 'flushDelay=5: the disk is flushed at once'],
  ['dynamicConfigFile=/d/zoo.cfg.dynamic', 'belongs into the file that dynamicConfigFile names'],
  ['fastleader.minNotificationInterval=9000\nfastleader.maxNotificationInterval=10', 'is smaller than'],
  ['weight.1=2', 'weight.1: groups and weights'],
  ['snapcount=5', 'snapcount: no such setting'],
  ['4lw.commands.whitelist=lsnp', 'lsnp is not a word'],
  ['zabscope.eventPort=4888', 'needs zabscope.secretFile'],
  ['zabscope.faults=true', 'zabscope.faults needs zabscope.eventPort'],
  ['server.4=nonsense', 'write it as host:quorumPort'],
  ['peerType=watcher', 'only participant or observer'],
  ['DigestAuthenticationProvider.superDigest=super:secret', 'superDigest'],
])('%s is refused by name', (line, sentence) => {
  expect(problems(`${ENSEMBLE}${line}\n`).join('\n')).toContain(sentence)
})

test('the AdminServer is on, on the loopback, and shows the configuration without its secrets', () => {
  const secret = `DigestAuthenticationProvider.superDigest=super:${'A'.repeat(27)}=`
  const { operations } = parse(`${ENSEMBLE}${secret}\nsnapCount=7\n`)
  expect(operations.admin).toEqual({
    address: '127.0.0.1',
    port: 8080,
    commandUrl: '/commands',
    idleTimeoutMs: 30_000,
    snapshotIntervalMs: null,
  })
  expect(operations.text).toBe(`${ENSEMBLE}DigestAuthenticationProvider.superDigest=***\nsnapCount=7\n`)
})

test('all problems are told at once', () => {
  expect(problems('colour=blue\n')).toHaveLength(3)
})

test('a setting that asks for what we do anyway is accepted', () => {
  expect(keyProblem('electionAlg', '3')).toBeNull()
  expect(keyProblem('serverCnxnFactory', 'org.apache.zookeeper.server.NettyServerCnxnFactory')).toBeNull()
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
