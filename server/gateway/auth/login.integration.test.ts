// Logging in over HTTP and what a login may then do, on HTTP and on sockets, at the root and behind a proxy.

import { writeFileSync } from 'node:fs'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { PASSWORD_FRESH_MS_MAX } from '../limits.ts'
import { connected, type Reply, type Rig, startRig, TEST_COST } from '../testing/edge-rig.ts'
import { hashPassword } from './password.ts'

const PASSWORD = 'correct horse battery'
let users = ''
let rig: Rig
beforeAll(async () => {
  users = JSON.stringify({
    users: [{ name: 'ada', role: 'operator', password: await hashPassword(PASSWORD, TEST_COST) }],
  })
})
afterEach(() => rig.close())

const login = (headers: Record<string, string> = {}, body: unknown = { user: 'ada', password: PASSWORD }, base = '') =>
  rig.ask(`${base}/api/v1/login`, { method: 'POST', headers, body })
const cookieOf = (reply: Reply): string => reply.headers['set-cookie']?.[0]?.split(';')[0] ?? ''

test('[S-3, A-8] a login’s cookie is worth nothing without its token, on any route and on the socket', async () => {
  rig = await startRig({ users })
  const reply = await login()
  expect(reply.status).toBe(200)
  expect(reply.json).toMatchObject({ user: 'ada', role: 'operator', token: expect.stringMatching(/^csrf_/) })
  const [setCookie = ''] = reply.headers['set-cookie'] ?? []
  expect(setCookie).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/)
  const Cookie = cookieOf(reply)
  const token: string = reply.json.token

  for (const url of ['/api/v1/session', '/api/v1/locks', '/api/v1/describe', '/metrics', '/api/openapi.json'])
    expect([url, (await rig.ask(url, { headers: { Cookie } })).status]).toEqual([url, 401])
  expect((await rig.ask('/api/v1/session', { headers: { 'X-Zabscope-Csrf': token } })).status).toBe(401)
  const both = { Cookie, 'X-Zabscope-Csrf': token }
  expect((await rig.ask('/api/v1/session', { headers: both })).json).toEqual({ user: 'ada', role: 'operator' })
  const kill = { method: 'POST', headers: { ...both, Origin: `http://127.0.0.1:${rig.port}` } }
  expect((await rig.ask('/api/v1/members/1/kill', kill)).status).toBe(204)
  // A page that cannot tell its origin is no browser that we would give a cookie.
  expect((await rig.ask('/api/v1/members/1/kill', { method: 'POST', headers: both })).status).toBe(403)

  await expect(connected(rig.page({}, { Cookie }))).rejects.toThrow('access token')
  await expect(connected(rig.page({ token }))).rejects.toThrow('access token')
  const page = rig.page({ token }, { Cookie })
  await connected(page)
  expect(await page.emitWithAck('api:describe', {})).toMatchObject({ value: { user: 'ada', role: 'operator' } })
  expect(JSON.stringify(rig.audit.entries) + rig.logLines.join()).not.toMatch(new RegExp(`${PASSWORD}|${token}`))
})

test('[A-7, S-4] logout ends the login’s open sockets, and cookie and token with it', async () => {
  rig = await startRig({ users })
  const reply = await login()
  const headers = {
    Cookie: cookieOf(reply),
    'X-Zabscope-Csrf': reply.json.token,
    Origin: `http://127.0.0.1:${rig.port}`,
  }
  const page = rig.page({ token: reply.json.token }, { Cookie: cookieOf(reply) })
  await connected(page)
  const gone = new Promise((resolve) => page.on('disconnect', resolve))
  expect((await rig.ask('/api/v1/session', { method: 'DELETE', headers })).status).toBe(204)
  expect(await gone).toBe('io server disconnect')
  expect((await rig.ask('/api/v1/session', { headers })).status).toBe(401)
  expect(rig.audit.entries.map(({ action, outcome }) => [action, outcome])).toEqual([
    ['login', 'done'],
    ['logout', 'done'],
  ])
})

test('[S-4] somebody who becomes a viewer is one at the next request; somebody removed is put out', async () => {
  rig = await startRig({ users })
  const reply = await login()
  const page = rig.page({ token: reply.json.token }, { Cookie: cookieOf(reply) })
  await connected(page)
  expect(await page.emitWithAck('member:kill', { sid: 1 })).toMatchObject({ ok: true })
  writeFileSync(rig.userFile, users.replace('operator', 'viewer'))
  await expect
    .poll(() => page.emitWithAck('member:kill', { sid: 1 }), { timeout: 10_000 })
    .toMatchObject({ ok: false, code: 'FORBIDDEN' })
  const gone = new Promise((resolve) => page.on('disconnect', resolve))
  writeFileSync(rig.userFile, '{"users":[]}')
  expect(await gone).toBe('io server disconnect')
})

test('[A-9] what is dangerous asks a login for its password again, on HTTP and on sockets, and a token never', async () => {
  let now = Date.now()
  rig = await startRig({ users, loginNow: () => now })
  const reply = await login()
  const Cookie = cookieOf(reply)
  const Origin = `http://127.0.0.1:${rig.port}`
  const headers = { Cookie, Origin, 'X-Zabscope-Csrf': reply.json.token }
  const page = rig.page({ token: reply.json.token }, { Cookie })
  await connected(page)
  const deletes = () => page.emitWithAck('tree:delete', { path: '/a', dryRun: false, job: 1 })
  expect(await deletes()).toMatchObject({ ok: true })
  now += PASSWORD_FRESH_MS_MAX + 1
  expect(await deletes()).toMatchObject({ ok: false, code: 'REAUTH' })
  const overHttp = () => rig.ask('/api/v1/tree?path=/a&dryRun=false', { method: 'DELETE', headers })
  expect((await overHttp()).json).toMatchObject({ status: 403, code: 'REAUTH' })
  // What only looks, and what is not dangerous, does not ask.
  expect(await page.emitWithAck('tree:delete', { path: '/a', dryRun: true, job: 2 })).toMatchObject({ ok: true })
  expect(await page.emitWithAck('member:kill', { sid: 1 })).toMatchObject({ ok: true })

  const prove = (body: unknown, more: Record<string, string> = {}) =>
    rig.ask('/api/v1/session/password', { method: 'POST', headers: { ...headers, ...more }, body })
  expect((await prove({ password: 'not the password' })).status).toBe(401)
  expect((await prove({ password: PASSWORD, user: 'eve' })).status).toBe(400)
  expect((await prove({ password: PASSWORD }, { 'Content-Type': 'text/plain' })).status).toBe(415)
  expect((await prove({ password: PASSWORD }, { Origin: 'http://evil.example' })).status).toBe(403)
  expect(await deletes()).toMatchObject({ code: 'REAUTH' })
  expect((await prove({ password: PASSWORD })).status).toBe(204)
  expect(await deletes()).toMatchObject({ ok: true })
  expect((await overHttp()).status).toBeLessThan(300)

  const bearer = { Authorization: `Bearer ${rig.access.token}` }
  const asToken = { method: 'POST', headers: bearer, body: { password: PASSWORD } }
  expect((await rig.ask('/api/v1/session/password', asToken)).json).toMatchObject({ code: 'WRONG_STATE' })
  now += PASSWORD_FRESH_MS_MAX + 1
  const byToken = await rig.ask('/api/v1/tree?path=/a&dryRun=false', { method: 'DELETE', headers: bearer })
  expect(byToken.status).toBeLessThan(300)
})

test('[S-1, S-6] logins of other shapes, types and sites are refused', async () => {
  rig = await startRig({ users })
  expect((await login({ 'Content-Type': 'text/plain' })).status).toBe(415)
  expect((await login({}, { user: 'ada', password: PASSWORD, role: 'admin' })).status).toBe(400)
  expect((await login({}, { user: { $ne: null }, password: PASSWORD })).status).toBe(400)
  expect((await login({}, { user: 'ada', password: 'x'.repeat(5000) })).status).toBe(413)
  expect((await login({ 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403)
  expect((await login({ Origin: 'http://evil.example' })).status).toBe(403)
  expect((await login({}, { user: 'ada', password: 'not the password' })).json).toMatchObject({
    code: 'LOGIN',
    status: 401,
  })
})

test('without users nobody logs in', async () => {
  rig = await startRig()
  expect((await login()).json).toMatchObject({ code: 'LOGIN', detail: expect.stringContaining('no users') })
})

test('[N-4, N-5] behind a proxy: base path, its host and origin, Secure cookie, the person’s address', async () => {
  const publicOrigins = ['https://zk.example.org']
  rig = await startRig({ users, basePath: '/zk', publicOrigins, proxies: ['127.0.0.1'] })
  const through = {
    Host: 'zk.example.org',
    Origin: 'https://zk.example.org',
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-For': '6.6.6.6, 203.0.113.7',
  }
  const reply = await login(through, undefined, '/zk')
  expect(reply.status).toBe(200)
  expect(reply.headers['set-cookie']?.[0]).toMatch(/^__Host-zabscope-.*; Path=\/; Secure; HttpOnly; SameSite=Strict$/)
  expect(reply.headers['strict-transport-security']).toBe('max-age=31536000')
  // The proxy's own word for the address counts, not what came before it.
  expect(rig.audit.entries.map(({ address }) => address)).toEqual(['203.0.113.7'])
  const page = rig.page({ token: reply.json.token }, { ...through, Cookie: cookieOf(reply) })
  await connected(page)
  expect(await page.emitWithAck('api:describe', {})).toMatchObject({ value: { user: 'ada' } })

  // In clear text to a name that is not this machine's own.
  const { 'X-Forwarded-Proto': _, ...clear } = through
  expect((await login(clear, undefined, '/zk')).json).toMatchObject({ code: 'FORBIDDEN' })
  expect((await rig.ask('/zk', { headers: through })).headers.location).toBe('/zk/')
  for (const url of ['/zk/', '/zk/tree/a/b'])
    expect((await rig.ask(url, { headers: through })).body).toContain('src="/zk/assets/x.js"')
  expect((await rig.ask('/', { headers: through })).status).toBe(404)
  expect((await rig.ask('/zkx/', { headers: through })).status).toBe(404)
  expect((await rig.ask('/zk/', { headers: { ...through, 'X-Forwarded-Host': 'evil.example' } })).status).toBe(421)
  await expect(connected(rig.page({ token: rig.access.token }, {}, '/socket.io/'))).rejects.toThrow()
})

test('[N-4] who is no configured proxy is believed nothing', async () => {
  rig = await startRig({ users, publicOrigins: ['https://zk.example.org'] })
  const reply = await login({ 'X-Forwarded-Proto': 'https', 'X-Forwarded-For': '6.6.6.6' })
  expect(reply.headers['set-cookie']?.[0]).not.toContain('Secure')
  expect(reply.headers['strict-transport-security']).toBeUndefined()
  expect(rig.audit.entries.map(({ address }) => address)).toEqual(['127.0.0.1'])
  const clear = await login({ Host: 'zk.example.org', 'X-Forwarded-Proto': 'https' })
  expect(clear.status).toBe(403)
})
