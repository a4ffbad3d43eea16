// The REST side of the catalogue (security.md §10): the matrix of roles and routes made from the table, routes without
// an entry, forged requests, and what an API's user relies on.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ROLES, type Role } from '../api/roles.ts'
import { mayAsk, operation, restOperations } from '../api/table.ts'
import { makeApiToken } from '../auth/user-file.ts'
import { BODY_BYTES_MAX, REQUESTS_BURST } from '../limits.ts'
import { RequestError } from '../request-error.ts'
import { type Rig, startRig } from '../testing/edge-rig.ts'
import { EXAMPLES } from '../testing/example-requests.ts'
import { usesBody } from './rest-input.ts'
import { SESSION_ROUTES } from './session-routes.ts'

const expires = new Date(Date.now() + 60_000).toISOString()
const tokens = Object.fromEntries(ROLES.map((role) => [role, makeApiToken()]))
const users = JSON.stringify({
  tokens: ROLES.map((role) => ({ name: `t-${role}`, role, sha256: tokens[role]?.sha256, expires })),
})

let rig: Rig
beforeEach(async () => {
  rig = await startRig({ users })
})
afterEach(() => rig.close())

const bearer = (role: Role): Record<string, string> => ({ Authorization: `Bearer ${tokens[role]?.token}` })

/** Path, query and body for an example of the operation's input. */
function exampleRequest({ name, rest }: ReturnType<typeof restOperations>[number]) {
  const fields = new Map(Object.entries(EXAMPLES[name]).filter(([field]) => !Object.hasOwn(rest.fixed ?? {}, field)))
  const path = rest.path.replaceAll(/\{(\w+)\}/g, (_all, field: string) => {
    const value = String(fields.get(field))
    fields.delete(field)
    return encodeURIComponent(value)
  })
  const query = [...fields].map(([field, value]) => `${field}=${encodeURIComponent(String(value))}`).join('&')
  const inBody = usesBody(rest) && fields.size > 0
  return {
    url: `/api/v1${path}${!usesBody(rest) && query ? `?${query}` : ''}`,
    asking: { method: rest.method, ...(inBody ? { body: Object.fromEntries(fields) } : {}) },
  }
}

/** Every path under which the app has a handler for a method. */
function routesOf(stack: readonly unknown[]): string[] {
  return stack.flatMap((layer) => {
    const { route, handle } = layer as {
      route?: { path: string; methods: Record<string, boolean> }
      handle?: { stack?: readonly unknown[] }
    }
    if (route) return Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path}`)
    return handle?.stack ? routesOf(handle.stack) : []
  })
}

describe('routes', () => {
  test('[Z-1] a route without an entry in the table, or in the short list of others, does not exist', () => {
    const stack = (rig.app as unknown as { router: { stack: readonly unknown[] } }).router.stack
    const fromTable = restOperations().map(({ rest }) => `${rest.method} ${rest.path.replaceAll(/\{(\w+)\}/g, ':$1')}`)
    const others = ['GET /healthz', 'GET /readyz', 'GET /metrics', 'GET /api/health', 'GET /api/openapi.json']
    const sessions = SESSION_ROUTES.map(({ method, path }) => `${method} ${path}`)
    expect(routesOf(stack).sort()).toEqual([...fromTable, ...others, ...sessions].sort())
  })

  test.each(ROLES)('[Z-1] every operation as %s: what the table says', async (role) => {
    for (const entry of restOperations()) {
      const { url, asking } = exampleRequest(entry)
      if (entry.name.startsWith('tree:') || entry.name.startsWith('node:')) rig.ensemble.create('/a/b')
      const before = rig.done.length + rig.audit.entries.length
      const reply = await rig.ask(url, { ...asking, headers: bearer(role) })
      expect([entry.name, url, reply.status === 403]).toEqual([entry.name, url, !mayAsk(role, entry.name)])
      if (mayAsk(role, entry.name))
        expect([entry.name, reply.body, reply.status < 300]).toEqual([entry.name, reply.body, true])
      else expect(reply.json).toMatchObject({ code: 'FORBIDDEN', status: 403 })
      const records = rig.audit.entries.filter(({ action, user }) => action === entry.name && user === `t-${role}`)
      expect([entry.name, records.length]).toEqual([entry.name, operation(entry.name).audited ? 1 : 0])
      expect(before).toBeGreaterThanOrEqual(0)
    }
  })

  test('[S-3] without a token, with a wrong or an expired one: 401 everywhere but at health', async () => {
    for (const headers of [{}, { Authorization: 'Bearer zabscope_wrong' }, { Authorization: 'Basic YTpi' }]) {
      for (const entry of restOperations()) {
        const { url, asking } = exampleRequest(entry)
        expect([url, (await rig.ask(url, { ...asking, headers })).status]).toEqual([url, 401])
      }
      for (const url of ['/metrics', '/api/health', '/api/openapi.json', '/api/v1/session'])
        expect([url, (await rig.ask(url, { headers })).status]).toEqual([url, 401])
    }
    expect(rig.done).toEqual([])
    expect((await rig.ask('/healthz')).body).toBe('ok\n')
  })

  test('[N-2] a foreign Host reaches none of them, not even health', async () => {
    for (const url of ['/healthz', '/readyz', '/metrics', '/api/v1/login', '/api/v1/locks', '/api/openapi.json'])
      expect([url, (await rig.ask(url, { headers: { Host: 'evil.example' } })).status]).toEqual([url, 421])
  })

  test('[B-5] answers of the API are not stored, and say nothing of what answers', async () => {
    for (const url of ['/api/v1/locks', '/api/v1/nothing', '/metrics', '/api/openapi.json']) {
      const { headers } = await rig.ask(url, { headers: bearer('viewer') })
      expect(headers['cache-control']).toBe('no-store')
      expect(headers['x-powered-by']).toBeUndefined()
      expect(headers['access-control-allow-origin']).toBeUndefined()
      expect(headers['x-content-type-options']).toBe('nosniff')
    }
  })
})

describe('forged requests', () => {
  const kill = '/api/v1/members/1/kill'
  const post = (headers: Record<string, string>, body?: unknown) =>
    rig.ask(kill, {
      method: 'POST',
      headers: { ...bearer('admin'), ...headers },
      ...(body === undefined ? {} : { body }),
    })

  test('[S-1] from other sites, by whatever header a browser tells it', async () => {
    expect((await post({ 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403)
    expect((await post({ 'Sec-Fetch-Site': 'same-site' })).status).toBe(403)
    expect((await post({ 'Sec-Fetch-Site': 'none' })).status).toBe(403)
    expect((await post({ Origin: 'http://evil.example' })).status).toBe(403)
    expect((await post({ Origin: 'null' })).status).toBe(403)
    expect((await post({ Origin: `http://127.0.0.1:${rig.port + 1}` })).status).toBe(403)
    expect((await post({ Cookie: 'a=b' })).status).toBe(403)
    expect(rig.done).toEqual([])
    expect((await post({ Origin: `http://127.0.0.1:${rig.port}`, 'Sec-Fetch-Site': 'same-origin' })).status).toBe(204)
    expect((await post({})).status).toBe(204)
    expect(rig.done).toHaveLength(2)
  })

  test('[S-1] bodies that a form could send are refused', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])
      expect((await post({ 'Content-Type': type }, '{"sid":1}')).status).toBe(415)
    expect(rig.done).toEqual([])
  })

  test('[N-3, S-6] bodies too large, broken, compressed, or of another kind', async () => {
    expect((await post({}, 'x'.repeat(BODY_BYTES_MAX + 1))).status).toBe(413)
    expect((await post({}, '{"sid":')).status).toBe(400)
    expect((await post({}, '[1]')).status).toBe(400)
    expect((await post({ 'Content-Encoding': 'gzip' }, '{}')).status).toBe(400)
    expect(rig.done).toEqual([])
  })

  test('[I-1, Z-6] unknown fields, __proto__ and doubled fields are refused', async () => {
    expect((await post({}, '{"__proto__":{"role":"admin"}}')).status).toBe(400)
    expect((await post({}, '{"more":1}')).status).toBe(400)
    const get = (url: string) => rig.ask(url, { headers: bearer('viewer') })
    expect((await get('/api/v1/tree/children?path=/&path=/a')).status).toBe(400)
    expect((await get('/api/v1/tree/children?path=/&__proto__=1')).status).toBe(400)
    expect((await get('/api/v1/tree/children?path=/../etc')).json).toMatchObject({ code: 'MALFORMED', status: 400 })
    expect(({} as { role?: string }).role).toBeUndefined()
    expect(rig.done).toEqual([])
  })

  test('[S-6] floods are answered 429, and others are still served', async () => {
    await rig.close()
    let now = 0
    rig = await startRig({ users, now: () => now })
    const flood = Array.from({ length: REQUESTS_BURST + 20 }, () =>
      rig.ask('/api/v1/locks', { headers: bearer('viewer') }),
    )
    const statuses = (await Promise.all(flood)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 204)).toHaveLength(REQUESTS_BURST)
    expect(statuses.filter((status) => status === 429)).toHaveLength(20)
    expect((await rig.ask('/api/v1/locks', { headers: bearer('operator') })).status).toBe(204)
    now += 1000
    expect((await rig.ask('/api/v1/locks', { headers: bearer('viewer') })).status).toBe(204)
  })

  test('[N-4] a forwarded address of a stranger changes nothing', async () => {
    await post({ 'X-Forwarded-For': '8.8.8.8', 'X-Forwarded-Host': 'evil.example', 'X-Real-IP': '8.8.8.8' })
    expect(rig.audit.entries.map(({ address }) => address)).toEqual(['127.0.0.1'])
  })
})

describe('what users of the API rely on', () => {
  test('numbers and truth values come out of the query; hostile names survive the way', async () => {
    for (const name of ['__proto__', 'constructor', '<img src=x onerror=alert(1)>', '‮txt', "'; drop"])
      rig.ensemble.create(`/${name}`, '<script>alert(1)</script>')
    const headers = bearer('viewer')
    const { json } = await rig.ask('/api/v1/tree/children?path=/&offset=1', { headers })
    expect(json).toMatchObject({ total: 5, offset: 1 })
    const one = await rig.ask(`/api/v1/tree/node?path=${encodeURIComponent('/__proto__')}`, { headers })
    expect(one.json).toMatchObject({ path: '/__proto__', stat: { version: 0 } })
    expect(one.headers['content-type']).toBe('application/json; charset=utf-8')
    expect((await rig.ask('/api/v1/tree/children?path=/&offset=x', { headers })).status).toBe(400)
  })

  test('errors are problem+json with a sentence; bugs show an id only', async () => {
    await rig.close()
    rig = await startRig({
      users,
      handlers: {
        'locks:list': async () => Promise.reject(new Error('secret /etc/detail')),
        'member:kill': async () => Promise.reject(new RequestError('WRONG_STATE', 'Member 1 has no process.')),
      },
    })
    const missing = await rig.ask('/api/v1/tree/node?path=/none', { headers: bearer('viewer') })
    expect(missing.headers['content-type']).toContain('application/problem+json')
    expect(missing.json).toMatchObject({ status: 404, code: 'NONODE', detail: 'No such node: /none.' })
    const bug = await rig.ask('/api/v1/locks', { headers: bearer('viewer') })
    expect([bug.status, bug.body.includes('secret')]).toEqual([500, false])
    expect(rig.logLines.join()).toContain('secret')
    const state = await rig.ask('/api/v1/members/1/kill', { method: 'POST', headers: bearer('operator') })
    expect(state.json).toMatchObject({ status: 409, detail: 'Member 1 has no process.' })
  })

  test('a REST request leaves no watch behind', async () => {
    await rig.ask('/api/v1/tree/children?path=/', { headers: bearer('viewer') })
    expect(rig.ensemble.watched).toEqual([])
  })

  test('the API document has every route of the table with its shape, and nothing else', async () => {
    const { json } = await rig.ask('/api/openapi.json', { headers: bearer('viewer') })
    expect(json.openapi).toBe('3.1.0')
    for (const { name, rest } of restOperations()) {
      const entry = json.paths[rest.path]?.[rest.method.toLowerCase()]
      expect([name, entry?.operationId]).toEqual([name, name])
      for (const parameter of entry.parameters) expect(parameter.schema).toBeTypeOf('object')
    }
    const count = Object.values<object>(json.paths).flatMap((path) => Object.keys(path)).length
    expect(count).toBe(restOperations().length + SESSION_ROUTES.length)
    expect(json.paths['/members/{sid}/kill'].post.parameters).toMatchObject([
      { name: 'sid', in: 'path', required: true, schema: { type: 'integer', minimum: 1 } },
      { name: 'cluster', in: 'query', required: false },
    ])
  })

  test('metrics are text, escaped; readiness says why not', async () => {
    expect((await rig.ask('/metrics', { headers: bearer('viewer') })).body).toContain('zabscope_x{a="\\""} 1\n')
    expect((await rig.ask('/readyz')).status).toBe(200)
    rig.notReady = ['The ensemble does not answer.']
    expect(await rig.ask('/readyz')).toMatchObject({ status: 503, body: 'The ensemble does not answer.\n' })
  })
})
