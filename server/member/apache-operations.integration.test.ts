// Operators cannot tell us from Apache's: both servers get the same requests from the same client, then every text
// command, every command of the AdminServer and every line of the audit log is compared, letter by letter, behind a mask
// of what must differ: addresses, ports, times, ids, sizes of files, versions.

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Acl, OPEN_ACL } from '#shared/zk/acl.ts'
import type { ClientRequest, CreateRequest } from '#shared/zk/request.ts'
import { freePort } from '../testing/free-port.ts'
import { silentLogger } from './logging.ts'
import { type RunningServer, startServer } from './server.ts'
import { apacheOperationsMissing, askText, startOperatedApache } from './testing/apache-operations.ts'
import { type RawClient, rawClient } from './testing/raw-client.ts'
import { testConfig } from './testing/test-config.ts'

const LINES = [
  'tickTime=2000',
  'clientPortAddress=127.0.0.1',
  '4lw.commands.whitelist=*',
  'admin.enableServer=true',
  'admin.serverAddress=127.0.0.1',
  'audit.enable=true',
  'preAllocSize=64',
]
const WORDS = 'ruok isro srvr stat mntr conf cons dump dirs wchs wchc wchp hash gtmk crst srst'.split(' ')
const COMMANDS = [
  ...'configuration connections dirs dump get_trace_mask hash initial_configuration is_read_only last_snapshot'.split(
    ' ',
  ),
  ...'leader monitor observer_connection_stat_reset observers ruok server_stats stats voting_view watch_summary'.split(
    ' ',
  ),
  ...'watches watches_by_path zabstate set_trace_mask set_trace_mask?traceMask=8 gtmk nosuch Ruok'.split(' '),
  ...'connection_stat_reset connections stat_reset server_stats'.split(' '),
]

interface Side {
  readonly clientPort: number
  readonly adminPort: number
  readonly client: RawClient
  auditLog(): string
  stop(): Promise<void>
}

const missing = apacheOperationsMissing()
if (missing) console.log(`skipped: ${missing}`)

const dir = mkdtempSync(join(tmpdir(), 'operations-'))
const running: { stop(): Promise<void> }[] = []
const clients: RawClient[] = []
afterAll(async () => {
  for (const client of clients) client.socket.destroy()
  for (const server of running) await server.stop()
  rmSync(dir, { recursive: true, force: true })
})

const bytes = (length: number) => Buffer.alloc(length, 'x')
const create = (path: string, flags = 0, length = 0): CreateRequest => {
  return { type: 'create', path, data: bytes(length), acl: OPEN_ACL, flags }
}
const MINE: readonly Acl[] = [
  { perms: 31, scheme: 'digest', id: 'bob:fyVmFCwVbTJYrznoSu1koqYEYF0=' },
  { perms: 1, scheme: 'world', id: 'anyone' },
]
const set = (path: string, length: number): ClientRequest => ({
  type: 'setData',
  path,
  data: bytes(length),
  version: -1,
})
const remove = (path: string): ClientRequest => ({ type: 'delete', path, version: -1 })

/** Everything that is audited, succeeding and failing, and watches of each kind. */
const REQUESTS: readonly ClientRequest[] = [
  create('/a', 0, 100),
  create('/a/e', 1),
  create('/a/s-', 2),
  create('/a/es-', 3),
  { ...create('/c'), type: 'createContainer', flags: 4 },
  set('/a', 2),
  { type: 'setACL', path: '/a', acl: MINE, version: -1 },
  create('/t'),
  create('/t'),
  set('/nope', 1),
  remove('/nope'),
  remove('/a'),
  { type: 'setACL', path: '/nope', acl: OPEN_ACL, version: -1 },
  {
    type: 'multi',
    ops: [asOp(create('/m')), asOp(set('/t', 1)), { type: 'check', path: '/t', version: 1 }, asOp(remove('/m'))],
  },
  { type: 'multi', ops: [asOp(create('/m')), asOp(set('/t9', 1))] },
  remove('/t'),
  { type: 'getData', path: '/a', watch: true },
  { type: 'getChildren2', path: '/a', watch: true },
  { type: 'exists', path: '/zz', watch: true },
]

function asOp(request: ClientRequest) {
  if (request.type !== 'create' && request.type !== 'setData' && request.type !== 'delete') throw new Error('no op')
  return request
}

async function visit(clientPort: number): Promise<RawClient> {
  const client = rawClient(clientPort)
  clients.push(client)
  client.connect()
  await vi.waitFor(() => expect(client.frames().length).toBe(1), { timeout: 20_000 })
  for (const [i, request] of REQUESTS.entries()) {
    client.request(i + 1, request)
    await vi.waitFor(() => expect(client.replies()).toHaveLength(i + 1), { timeout: 20_000, interval: 5 })
  }
  return client
}

let ours: Side
let apache: Side

describe.skipIf(missing !== null)('with Apache ZooKeeper', () => {
  beforeAll(async () => {
    const apacheDir = join(dir, 'apache')
    const ourDir = join(dir, 'ours')
    for (const each of [apacheDir, ourDir]) mkdirSync(each)
    const reference = await startOperatedApache(apacheDir, LINES)
    running.push(reference)
    const [clientPort, adminPort] = [await freePort(), await freePort()]
    const config = testConfig([
      ...LINES,
      `dataDir=${ourDir}`,
      `clientPort=${clientPort}`,
      `admin.serverPort=${adminPort}`,
    ])
    const server: RunningServer = await startServer({
      config,
      secret: null,
      log: silentLogger(),
      onFatal: (what, error) => {
        throw new Error(`${what}: ${error}`)
      },
    })
    running.push(server)
    apache = { ...reference, client: await visit(reference.clientPort) }
    ours = {
      clientPort,
      adminPort,
      client: await visit(clientPort),
      auditLog: () => readFileSync(join(ourDir, 'zookeeper_audit.log'), 'utf8'),
      stop: () => server.stop(),
    }
  })

  test('the client was answered the same', () => {
    expect(ours.client.replies()).toEqual(apache.client.replies())
  })

  test.each(WORDS)('%s', async (word) => {
    const [mine, theirs] = [await askText(ours.clientPort, word), await askText(apache.clientPort, word)]
    if (word === 'mntr') return compareFigures(namesAndKinds(mine), namesAndKinds(theirs))
    expect(masked(mine)).toEqual(masked(theirs))
  })

  test('stmk sets what gtmk shows', async () => {
    const word = Uint8Array.of(...Buffer.from('stmk'), 0, 0, 0, 0, 0, 0, 3, 255)
    expect(await askText(ours.clientPort, word)).toBe(await askText(apache.clientPort, word))
    expect(await askText(ours.clientPort, 'gtmk')).toBe(await askText(apache.clientPort, 'gtmk'))
  })

  test.each(COMMANDS)('GET /commands/%s', async (command) => {
    const [mine, theirs] = [await get(ours, command), await get(apache, command)]
    expect([mine.status, mine.type]).toEqual([theirs.status, theirs.type])
    if (command === 'monitor') return compareFigures(jsonKinds(mine.body), jsonKinds(theirs.body))
    expect(masked(mine.body)).toEqual(masked(theirs.body))
  })

  test('the list of commands', async () => {
    expect((await get(ours, '')).body).toBe((await get(apache, '')).body)
  })

  test.each(['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])('%s does nothing', async (method) => {
    const ask = async ({ adminPort }: Side) =>
      (await fetch(`http://127.0.0.1:${adminPort}/commands/stat_reset`, { method })).status
    expect(await ask(ours)).toBe(await ask(apache))
  })

  test('what the tree is said to hold is the same', async () => {
    for (const key of ['znode_count', 'watch_count', 'ephemerals_count', 'global_sessions', 'num_alive_connections'])
      expect(await figure(ours, key), key).toBe(await figure(apache, key))
  })

  test('the audit log, from start to stop', async () => {
    for (const { client } of [ours, apache]) {
      client.request(REQUESTS.length + 1, { type: 'closeSession' })
      await vi.waitFor(() => expect(client.closed()).toBe(true), { timeout: 20_000 })
    }
    await vi.waitFor(() => expect(apache.auditLog()).toContain('znode=/a/es-'), { timeout: 20_000 })
    await Promise.all([ours.stop(), apache.stop()])
    const lines = (log: string) => {
      const all = log
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}/, 'TIME').replace(/0x[0-9a-f]+/, 'SESSION'))
      const gone = (line: string) => line.includes('ephemeralZNodeDeletion')
      return { asked: all.filter((line) => !gone(line)), gone: all.filter(gone).sort() } // a set, in any order
    }
    expect(lines(ours.auditLog())).toEqual(lines(apache.auditLog()))
    expect(lines(ours.auditLog()).asked).toHaveLength(20)
  })
})

async function get({ adminPort }: Side, command: string) {
  const answer = await fetch(`http://127.0.0.1:${adminPort}/commands/${command}`)
  // Apache's gives its list no type at all.
  const type = command === '' ? '' : answer.headers.get('content-type')
  return { status: answer.status, type, body: await answer.text() }
}

async function figure(side: Side, key: string): Promise<unknown> {
  return (await askText(side.clientPort, 'mntr')).match(new RegExp(`^zk_${key}\t(.*)$`, 'm'))?.[1]
}

/**
 * Lines with what must differ masked, those of a set sorted. Kept as they are: counts of packets, znodes, watches and
 * connections, names, punctuation, order.
 */
function masked(text: string): string[] {
  const lines = text
    .replace(/^(Zookeeper version: ).*/m, '$1VERSION')
    .replace(/("version" : )".*"/, '$1VERSION')
    .replace(/^(Latency min\/avg\/max: )\d+\/\d+\.\d+\/\d+$/m, '$1N/D/N')
    .replace(/(127\.0\.0\.1:|Port=|"client_port" : )\d+/g, '$1PORT')
    .replace(/("initial_configuration" : ").*"/, '$1TEXT"')
    .replace(/\/tmp\/[^/]+\/(ours|apache)/g, 'DIR')
    .replace(
      /((dataDirSize|dataLogSize)=|(datadir|logdir)_size: |"(datadir|logdir|data_dir|log_dir)_size" : )\d+/g,
      '$1SIZE',
    )
    .replace(/(est|lzxid|lresp|llat|minlat|avglat|maxlat)=[0-9a-fx]+/g, '$1=N')
    .replace(/0x[1-9a-f][0-9a-f]{12,}/g, 'SESSION')
    .replace(/"(session_id)" : \d+|"\d{15,}"|\b\d{15,}\b/g, '$1 SESSION')
    .replace(/\n {4}"\d{4,12}" : \[ \],?/g, '')
    .replace(/"\d{4,12}" :/g, 'EXPIRY :')
    .replace(/(Zxid: 0x)[0-9a-f]+/, '$1N')
    // Who was heard of a tick later is in another set, and Apache keeps a set when all have left it.
    .replace(/^0 expire at .*:\n/gm, '')
    .replace(/^\d+ expire at .*:\n/gm, 'N expire at TIME:\n')
    .replace(/Sets \(\d+\)/g, 'Sets (N)')
    .replace(/(N expire at TIME:\n(?:\tip: .*\n)+)N expire at TIME:\n/, '$1')
    .replace(/("(established|last_zxid|last_processed_zxid|last_response_time|uptime|timestamp)" : )\d+/g, '$1N')
    .replace(/("(last|min|max)_latency" : )\d+/g, '$1N')
    .replace(/("avg_latency" : )\d+(\.\d+)?/g, (_, name: string, double?: string) => `${name}${double ? 'D' : 'N'}`)
    .replace(/\[ ("\/a\/e[^\]]*") \]/g, (_, list: string) => `[ ${list.split(', ').sort().join(', ')} ]`)
    .split('\n')
  // Sets, and the fields of an object that Java asks for its getters: in another order at each start.
  const anyOrder = text.includes('127.0.0.1:') || text.includes('\t/a/e') || text.includes('"server_stats" : {')
  return anyOrder ? lines.map((line) => line.replace(/,$/, '')).sort() : lines
}

type Kinds = ReadonlyMap<string, string>

/** Of figures only the kind is compared: whole, double, text. */
function namesAndKinds(text: string): Kinds {
  const lines = text.trimEnd().split('\n')
  return new Map(lines.map((line) => [line.split('\t')[0] ?? '', kindOf(line.split('\t')[1] ?? '')]))
}

function jsonKinds(text: string): Kinds {
  return new Map(
    [...text.matchAll(/^ {2}"(\w+)" : (.*?),?$/gm)].map(([, name = '', value = '']) => [name, kindOf(value)]),
  )
}

function kindOf(value: string): string {
  return /^-?\d+$/.test(value) ? 'whole' : /^-?\d+\.\d+(E-?\d+)?$/.test(value) ? 'double' : 'text'
}

/** We leave out what has no meaning here, and have nothing that Apache has not, nor anything of another kind. */
function compareFigures(mine: Kinds, theirs: Kinds): void {
  for (const [name, kind] of mine) expect([name, theirs.get(name)]).toEqual([name, kind])
  expect(mine.size).toBeGreaterThan(150)
}
