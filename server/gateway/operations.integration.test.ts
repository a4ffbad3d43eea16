// The operations of the table against a real member, asked over REST as a script would.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { pino } from 'pino'
import { io } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { JobProgress } from '#shared/events/tree-requests.ts'
import { formatSessionId } from '#shared/zk/ids.ts'
import { ZooKeeper } from '../client/zookeeper.ts'
import { Ensemble } from '../ensemble/ensemble.ts'
import { type Gateway, startGateway } from './gateway.ts'

const memberEntry = fileURLToPath(new URL('../../dist/server/member.js', import.meta.url))
const WAIT = { timeout: 20_000, interval: 20 }
const logLines: string[] = []
let dataDir = ''
let ensemble: Ensemble
let gateway: Gateway
let zk: ZooKeeper

beforeAll(async () => {
  if (!existsSync(memberEntry)) throw new Error('Build the members first: npm run build:server')
  dataDir = mkdtempSync(join(tmpdir(), 'zabscope-operations-'))
  ensemble = await Ensemble.open({ dataDir, members: 1, clientPort: null, memberEntry })
  const log = pino({ level: 'debug' }, { write: (line: string) => void logLines.push(line) })
  gateway = await startGateway({ ensemble, port: 0, webDir: dataDir, version: 'test', log })
  ensemble.startAll()
  await ensemble.whenRunning()
  await vi.waitFor(async () => expect((await ask('GET', '/readyz', undefined, '')).status).toBe(200), WAIT)
  zk = await ZooKeeper.connect({ servers: ensemble.connectString })
})

afterAll(async () => {
  await zk?.close()
  await gateway?.close()
  await ensemble?.close()
  rmSync(dataDir, { recursive: true, force: true })
})

interface Reply {
  readonly status: number
  readonly etag: string | null
  readonly disposition: string | null
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of it, it says itself.
  readonly json: any
  readonly text: string
}

async function ask(
  method: string,
  path: string,
  body?: unknown,
  base = '/api/v1',
  headers: Record<string, string> = {},
): Promise<Reply> {
  const response = await fetch(`http://127.0.0.1:${gateway.port}${base}${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${gateway.token}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = /\/(problem\+)?json/.test(response.headers.get('content-type') ?? '')
  return {
    status: response.status,
    etag: response.headers.get('etag'),
    disposition: response.headers.get('content-disposition'),
    json: isJson && text !== '' ? JSON.parse(text) : null,
    text,
  }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const audit = (): { action: string; outcome: string; facts: Record<string, unknown> }[] =>
  readFileSync(join(dataDir, 'audit.log'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('single znodes', () => {
  test('are created in every mode', async () => {
    await ask('POST', '/node', { path: '/modes', dataBase64: null })
    const modes = [
      ['persistent', '/modes/p'],
      ['persistentSequential', '/modes/p-0000000001'],
      ['ephemeral', '/modes/e'],
      ['ephemeralSequential', '/modes/e-0000000003'],
      ['container', '/modes/c'],
    ] as const
    for (const [mode, path] of modes) {
      const asked = mode.endsWith('Sequential') ? path.replace(/\d+$/, '') : path
      const made = await ask('POST', '/node', { path: asked, dataBase64: base64('x'), mode })
      expect(made.json).toMatchObject({ path, stat: { version: 0, dataLength: 1 } })
      const owned = (await zk.exists(path))?.ephemeralOwner !== 0n
      expect([mode, owned]).toEqual([mode, mode.startsWith('ephemeral')])
    }
    const again = await ask('POST', '/node', { path: '/modes/p', dataBase64: null })
    expect(again.json).toMatchObject({ status: 409, code: 'NODEEXISTS' })
  })

  test('are written with a version, by If-Match or by name, and a stale one is refused', async () => {
    await zk.create('/versions', 'one')
    const read = await ask('GET', '/node?path=/versions')
    expect([read.etag, read.json.dataBase64]).toEqual(['"0"', base64('one')])
    const put = (headers: Record<string, string>, version?: number) =>
      ask(
        'PUT',
        '/node',
        { path: '/versions', dataBase64: base64('two'), ...(version === undefined ? {} : { version }) },
        undefined,
        headers,
      )
    expect((await put({})).status).toBe(400)
    expect(await put({ 'If-Match': '"0"' })).toMatchObject({ status: 200, etag: '"1"' })
    expect((await put({ 'If-Match': '"0"' })).json).toMatchObject({ status: 412, code: 'BADVERSION' })
    expect((await put({}, 0)).status).toBe(409)
    expect((await put({ 'If-Match': 'W/"x"' })).status).toBe(400)
    expect((await put({ 'If-Match': '*' })).etag).toBe('"2"')
    expect((await ask('DELETE', '/node?path=/versions&version=0')).status).toBe(409)
    expect((await ask('DELETE', '/node?path=/versions&version=2')).status).toBe(204)
    expect((await ask('GET', '/node/stat?path=/versions')).status).toBe(404)
  })

  test('[G-1] leave versions, sizes and digests before and after in the audit log, and no data anywhere', async () => {
    await zk.create('/audited', 'canary-before')
    await ask('PUT', '/node', { path: '/audited', dataBase64: base64('canary-after!'), version: 0 })
    expect(audit().at(-1)).toMatchObject({
      action: 'node:set',
      outcome: 'done',
      user: 'access token',
      address: '127.0.0.1',
      target: { path: '/audited', version: 0 },
      facts: {
        before: { version: 0, bytes: 13, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
        after: { version: 1, bytes: 13 },
      },
    })
    const everything = readFileSync(join(dataDir, 'audit.log'), 'utf8') + logLines.join()
    expect(everything).not.toMatch(new RegExp(`canary|${base64('canary').slice(0, 8)}|${gateway.token}`))
    const { json } = await ask('GET', '/audit?limit=1')
    expect(JSON.parse(json.records[0]).action).toBe('node:set')
    expect(json.problem).toBeNull()
  })

  test('have ACLs, whose digests stay hidden and cannot be written back hidden', async () => {
    await zk.create('/acl')
    const acl = [
      { perms: 'cdrwa', scheme: 'world', id: 'anyone' },
      { perms: 'r', scheme: 'digest', id: 'bob:Zm9vYmFyYmF6cXV4Zm9vYmFyYmE=' },
    ]
    expect((await ask('PUT', '/node/acl', { path: '/acl', acl, aversion: 0 })).json).toMatchObject({
      stat: { aversion: 1 },
    })
    const read = await ask('GET', '/node/acl?path=/acl')
    expect(read.json.acl).toEqual([acl[0], { perms: 'r', scheme: 'digest', id: 'bob:…' }])
    expect((await ask('PUT', '/node/acl', { path: '/acl', acl: read.json.acl, aversion: 1 })).status).toBe(400)
    expect((await ask('PUT', '/node/acl', { path: '/acl', acl, aversion: 0 })).status).toBe(409)
    expect(JSON.stringify(audit())).not.toContain('Zm9vYmFy')
  })

  test('of ZooKeeper itself are not touched', async () => {
    for (const path of ['/', '/zookeeper', '/zookeeper/quota']) {
      const put = await ask('PUT', '/node', { path, dataBase64: null, version: -1 })
      expect([path, put.status]).toEqual([path, 403])
      const gone = await ask('DELETE', `/tree?path=${path}&dryRun=false`)
      expect([path, gone.status]).toEqual([path, 403])
    }
  })
})

describe('subtrees', () => {
  beforeAll(async () => {
    await zk.create('/big')
    for (let i = 0; i < 20; i += 1) {
      await zk.create(`/big/part-${i}`, i === 7 ? 'Needle in data' : 'hay')
      await Promise.all(Array.from({ length: 20 }, (_, j) => zk.create(`/big/part-${i}/leaf-${j}`, 'x')))
    }
    await zk.create('/big/__proto__', 'polluted?')
  })

  test('are measured and searched, by name and by data, with a limit that is told', async () => {
    const size = await ask('GET', '/tree/size?path=/big')
    expect(size.json).toMatchObject({ nodes: 422, ephemerals: 0, denied: 0, complete: true })
    const search = (query: string) => ask('GET', `/tree/search?path=/big&${query}`)
    expect((await search('text=LEAF-13')).json).toMatchObject({ visited: 422, complete: true, matches: { length: 20 } })
    expect((await search('text=needle&in=data')).json.matches).toEqual([{ path: '/big/part-7', where: 'data' }])
    expect((await search('text=__proto__')).json.matches).toEqual([{ path: '/big/__proto__', where: 'name' }])
    const some = await search('text=leaf&limit=5')
    expect(some.json).toMatchObject({
      complete: false,
      matches: { length: 5 },
      reason: expect.stringContaining('more'),
    })
    expect((await search('text=')).status).toBe(400)
    expect((await ask('GET', '/tree/search?path=/none&text=a')).status).toBe(404)
  })

  test('are exported and imported: first dry, then skipping, then overwriting', async () => {
    const file = await ask('GET', '/tree/export?path=/big')
    expect(file.disposition).toBe('attachment; filename="big.tree.json"')
    const tree = JSON.parse(file.text)
    expect(tree).toMatchObject({ format: 'zabscope-tree', root: '/big', nodes: { length: 422 } })
    await zk.create('/copy', 'mine')
    const load = (existing: string, dryRun: boolean) =>
      ask('POST', '/tree/import', { path: '/copy', tree, existing, acl: 'keep', dryRun })
    expect((await load('skip', true)).json).toMatchObject({ dryRun: true, created: 421, skipped: 1, updated: 0 })
    expect(await zk.exists('/copy/part-0')).toBeNull()
    expect((await load('skip', false)).json).toMatchObject({ created: 421, skipped: 1, unchanged: 0 })
    expect((await zk.getData('/copy')).data?.toString()).toBe('mine')
    expect((await zk.getData('/copy/part-7')).data?.toString()).toBe('Needle in data')
    expect((await load('overwrite', false)).json).toMatchObject({ created: 0, updated: 1, unchanged: 421 })
    expect(audit().at(-1)?.facts).toMatchObject({ updated: 1, unchanged: 421 })
  })

  test('[I-3, I-4] an import that would leave its root, or has hidden digests, changes nothing', async () => {
    const acl = [{ perms: 'r', scheme: 'world', id: 'anyone' }]
    const load = (nodes: object[]) =>
      ask('POST', '/tree/import', {
        path: '/big',
        tree: {
          format: 'zabscope-tree',
          version: 1,
          root: '/',
          nodes: [{ path: 'fine', dataBase64: null, acl }, ...nodes],
        },
        acl: 'keep',
        dryRun: false,
      })
    for (const path of ['../etc', '/abs', 'a//b', 'a/./b', 'a/', '\u0000'])
      expect([path, (await load([{ path, dataBase64: null, acl }])).status]).toEqual([path, 400])
    const masked = [{ perms: 'r', scheme: 'digest', id: 'bob:…' }]
    expect((await load([{ path: 'm', dataBase64: null, acl: masked }])).json.detail).toContain('digest')
    expect((await load([{ path: 'b', dataBase64: 'not base64!', acl }])).status).toBe(400)
    expect((await load([{ path: 'fine', dataBase64: null, acl }])).json.detail).toContain('twice')
    expect(await zk.exists('/big/fine')).toBeNull()
  })

  test('are deleted, with a count first, and with progress and cancel on a socket', async () => {
    const dry = await ask('DELETE', '/tree?path=/copy&dryRun=true')
    expect(dry.json).toMatchObject({ nodes: 422, deleted: 0 })
    const origin = `http://127.0.0.1:${gateway.port}`
    const page = io(origin, {
      transports: ['websocket'],
      auth: { token: gateway.token },
      extraHeaders: { Origin: origin },
    })
    const progress: JobProgress[] = []
    page.on('job:progress', (told: JobProgress) => progress.push(told))
    await new Promise<void>((resolve) => page.on('connect', resolve))
    const searching = page.emitWithAck('tree:search', { path: '/', text: 'zzz', in: 'both', limit: 5, job: 7 })
    const cancel = await page.emitWithAck('job:cancel', { job: 7 })
    expect([cancel.ok, (await searching).code]).toEqual([true, 'CANCELLED'])
    expect(await page.emitWithAck('job:cancel', { job: 7 })).toMatchObject({ ok: false, code: 'NO_LONGER' })
    const deleted = await page.emitWithAck('tree:delete', { path: '/copy', dryRun: false, job: 8 })
    expect(deleted).toMatchObject({ ok: true, value: { deleted: 422 } })
    expect(progress.filter(({ job }) => job === 8).length).toBeGreaterThan(0)
    page.disconnect()
    expect(await zk.exists('/copy')).toBeNull()
    expect(audit().at(-1)).toMatchObject({ action: 'tree:delete', facts: { deleted: 422 } })
  })
})

describe('the ensemble', () => {
  test('members, sessions and watches are listed, 64-bit ids exact', async () => {
    expect((await ask('GET', '/members')).json).toMatchObject([{ sid: 1, process: 'running', serving: true }])
    const own = formatSessionId(zk.sessionId)
    await vi.waitFor(async () => {
      const { json } = await ask('GET', '/sessions')
      expect(json).toContainEqual(expect.objectContaining({ session: own, own: false, sid: 1 }))
    }, WAIT)
    await zk.exists('/big', { watch: () => undefined })
    const { json } = await ask('GET', '/watches')
    expect(json.watches).toContainEqual({ path: '/big', sid: 1, sessions: [own] })
    expect(json).toMatchObject({ complete: true, silent: [] })
  })

  test('a session is closed: its ephemerals go, its client hears of it; the gateway’s own is not', async () => {
    const other = await ZooKeeper.connect({ servers: ensemble.connectString, sessionTimeoutMs: 30_000 })
    await other.create('/held', 'x', { mode: 'ephemeral' })
    const lost = new Promise<string>((resolve) => other.onState(({ state }) => state === 'lost' && resolve(state)))
    const session = formatSessionId(other.sessionId)
    expect((await ask('DELETE', `/sessions/${session}`)).status).toBe(204)
    expect(await lost).toBe('lost')
    expect(await zk.exists('/held')).toBeNull()
    expect((await ask('DELETE', `/sessions/${session}`)).json).toMatchObject({ status: 404, code: 'NO_SUCH_SESSION' })
    const { json } = await ask('GET', '/sessions')
    const gateways = json.find((row: { own: boolean }) => row.own)
    expect((await ask('DELETE', `/sessions/${gateways.session}`)).status).toBe(409)
  })

  test('its past is a file in three formats, for operators', async () => {
    const get = (format: string) => ask('GET', `/history/export?format=${format}`)
    const lines = (await get('jsonl')).text.trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(100)
    expect(JSON.parse(lines[0] ?? '')).toHaveProperty('type')
    expect((await get('perfetto')).text).toMatch(/^[[{]/)
    const response = await fetch(`http://127.0.0.1:${gateway.port}/api/v1/history/export?format=window`, {
      headers: { Authorization: `Bearer ${gateway.token}` },
    })
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="zabscope-.*\.window\.jsonl\.gz"$/,
    )
    const text = gunzipSync(Buffer.from(await response.arrayBuffer())).toString()
    expect(JSON.parse(text.slice(0, text.indexOf('\n')))).toMatchObject({ type: 'zabscope-window', version: 'test' })
    expect((await get('xml')).status).toBe(400)
  })

  test('what the gateway costs it is counted', async () => {
    const { text } = await ask('GET', '/metrics', undefined, '')
    const figure = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
    expect(figure('zabscope_ensemble_requests_total')).toBeGreaterThan(500)
    expect(figure('zabscope_ensemble_bytes_total{direction="received"}')).toBeGreaterThan(10_000)
    expect(figure('zabscope_ensemble_bytes_total{direction="sent"}')).toBeGreaterThan(10_000)
    expect(figure('zabscope_member_serving{sid="1"}')).toBe(1)
    expect(figure('zabscope_audit_writable')).toBe(1)
  })
})
