import { expect, test } from 'vitest'
import { err, ok, type Result } from '#shared/base/result.ts'
import { makeZxid } from '#shared/zk/zxid.ts'
import { type MemberConfig, parseConfig } from './config.ts'
import { editStaticText } from './dynamic-text.ts'

const BASICS = 'tickTime=2000\ninitLimit=10\nsyncLimit=5\ndataDir=/data\n'
const LINES = [1, 2, 3].map((n) => `server.${n}=zk-${n}:2888:3888:participant;2181`).join('\n')

function parse(text: string, files: Record<string, string> = {}, myid = '2'): Result<MemberConfig, readonly string[]> {
  return parseConfig(text, (dir) => (dir === '/data' ? ok(myid) : err('no such file')), {
    path: '/conf/zoo.cfg',
    read: (path) => ok(files[path] ?? null),
  })
}

function parsed(text: string, files: Record<string, string> = {}): MemberConfig {
  const config = parse(text, files)
  if (!config.ok) throw new Error(config.error.join('\n'))
  return config.value
}

function problems(text: string, files: Record<string, string> = {}, myid = '2'): string {
  const config = parse(text, files, myid)
  return config.ok ? '' : config.error.join('\n')
}

test('the client port may be in the server line, where containers have it', () => {
  expect(parsed(`${BASICS}${LINES}\n`)).toMatchObject({ clientPort: 2181, clientPortAddress: null })
  expect(parsed(`${BASICS}${LINES}\nclientPort=2181\n`)).toMatchObject({ clientPort: 2181 })
  expect(problems(`${BASICS}${LINES}\nclientPort=2182\n`)).toContain('remove clientPort')
  expect(problems(`${BASICS}server.2=a:1:2\nserver.3=b:1:2\n`)).toContain('clientPort is missing')
})

test('one server line, as a container alone has it, is a server alone, and needs no myid', () => {
  const text = 'dataDir=/fresh\nserver.7=localhost:2888:3888;2181\nstandaloneEnabled=true\n'
  expect(parsed(text)).toMatchObject({ sid: 7, standalone: true, clientPort: 2181 })
})

test('members in a file of their own: the version is in its name', () => {
  const files = { '/conf/zoo.cfg.dynamic.200000005': `${LINES}\n` }
  const config = parsed(`${BASICS}reconfigEnabled=true\ndynamicConfigFile=/conf/zoo.cfg.dynamic.200000005\n`, files)
  expect(config.quorum).toMatchObject({ version: makeZxid(2, 5) })
  expect([...config.quorum.servers.keys()]).toEqual([1, 2, 3])
  expect(config.membership).toMatchObject({ reconfigEnabled: true, inStaticFile: false, next: null })
})

test('a configuration that was being agreed on is read again, unless it is in force by now', () => {
  const next = { '/conf/zoo.cfg.dynamic.next': `${LINES}\nserver.4=zk-4:1:2;3\nversion=100000009\n` }
  const dynamic = (version: string) => `/conf/zoo.cfg.dynamic.${version}`
  const text = (version: string) => `${BASICS}reconfigEnabled=true\ndynamicConfigFile=${dynamic(version)}\n`
  const read = (version: string) => parsed(text(version), { ...next, [dynamic(version)]: LINES }).membership.next
  expect(read('100000000')?.servers.size).toBe(4)
  expect(read('100000009')).toBeNull()
  expect(parsed(`${BASICS}${LINES}\n`, next).membership.next).toBeNull()
})

test.each([
  ['a file that is not there', {}, 'cannot read /d.1'],
  ['a version inside', { '/d.1': `${LINES}\nversion=1\n` }, 'remove its version line'],
  ['something else inside', { '/d.1': `${LINES}\ntickTime=1\n` }, 'server.N=… lines only'],
  ['groups', { '/d.1': `${LINES}\ngroup.1=1:2\n` }, 'groups and weights are not supported'],
  ['a torn next', { '/d.1': LINES, '/conf/zoo.cfg.dynamic.next': 'server.1=' }, 'being agreed on'],
])('a dynamic file with %s is refused', (_, files, sentence) => {
  expect(problems(`${BASICS}reconfigEnabled=true\ndynamicConfigFile=/d.1\n`, files)).toContain(sentence)
})

test('a server that is not in its own configuration, and an ensemble of nobody, are refused', () => {
  expect(problems(`${BASICS}${LINES}\n`, {}, '9')).toContain('must be the N')
  expect(problems(`${BASICS}clientPort=1\nstandaloneEnabled=false\n`)).toContain('needs server.N lines')
})

test('peerType is overruled by the server line, and that is said', () => {
  expect(parsed(`${BASICS}${LINES}\npeerType=observer\n`).warnings.join()).toContain('contradicts the line server.2')
  expect(parsed(`${BASICS}${LINES}\npeerType=participant\n`).warnings).toEqual([])
})

test('the static file loses what the dynamic one says, and nothing else', () => {
  const before =
    '# ours\ntickTime=2000\nserver.1=a:\\\n  1:2\nserver.2=b:1:2\nclientPort=2181\ngroup.1=1\nclientPortListenBacklog=5\n' +
    'peerType=observer\n  weight.1 = 2\ndataDir=/d'
  const kept = '# ours\ntickTime=2000\nclientPortListenBacklog=5\ndataDir=/d\ndynamicConfigFile=/c/zoo.cfg.dynamic.1\n'
  expect(editStaticText(before, '/c/zoo.cfg.dynamic.1', true)).toBe(kept)
  expect(editStaticText(before, '/x', false)).toContain('clientPort=2181\n')
  expect(editStaticText(kept, '/c/zoo.cfg.dynamic.2', true)).toBe(kept.replace('dynamic.1', 'dynamic.2'))
})

test.each([
  ['Debian', 'tickTime=2000\ninitLimit=10\nsyncLimit=5\ndataDir=/data\nclientPort=2181\n'],
  [
    'a pod of three',
    `${BASICS}${LINES}\nclientPort=2181\nmaxClientCnxns=60\nautopurge.snapRetainCount=3\nautopurge.purgeInterval=0\n` +
      'preAllocSize=65536\nsnapCount=100000\nmaxCnxns=0\nreconfigEnabled=false\nquorumListenOnAllIPs=true\n' +
      '4lw.commands.whitelist=srvr, mntr, ruok\nmaxSessionTimeout=40000\ncommitLogCount=500\nglobalOutstandingLimit=1000\n',
  ],
  [
    'every default written out',
    `${BASICS}${LINES}\nlocalSessionsEnabled=false\nlocalSessionsUpgradingEnabled=false\nsyncEnabled=true\nleaderServes=yes\n` +
      'observerMasterPort=0\nconnectToLearnerMasterLimit=0\nfastleader.minNotificationInterval=200\n' +
      'fastleader.maxNotificationInterval=60000\nquorumCnxnTimeoutMs=-1\nelectionPortBindRetry=3\n' +
      'leaderConnectDelayDuringRetryMs=100\nobserver.reconnectDelayMs=0\nobserver.election.DelayMs=200\n' +
      'leader.maxConcurrentSnapSyncs=10\nleader.maxConcurrentDiffSyncs=100\nleader.maxTimeToWaitForEpoch=-1\n' +
      'multiAddress.enabled=false\nmultiAddress.reachabilityCheckEnabled=true\nmultiAddress.reachabilityCheckTimeoutMs=1000\n' +
      'znode.container.checkIntervalMs=60000\nznode.container.maxPerMinute=10000\nmaxResponseCacheSize=400\n' +
      'watchManagerName=org.apache.zookeeper.server.watch.WatchManagerOptimized\nflushDelay=0\nmaxBatchSize=1000\n' +
      'serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory\njvm.pause.monitor=false\n' +
      'enableEagerACLCheck=false\ncloseSessionTxn.enabled=true\nemulate353TTLNodes=false\nstandaloneEnabled=true\n',
  ],
])('the zoo.cfg of %s starts unchanged', (_, text) => {
  expect(problems(text)).toBe('')
})
