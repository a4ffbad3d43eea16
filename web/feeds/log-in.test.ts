import { expect, test, vi } from 'vitest'
import { enterPasswordAgain, isLogin, logIn, logOut } from './log-in.ts'

const answering = (status: number, body: unknown) =>
  vi.fn<typeof fetch>(async () => new Response(JSON.stringify(body), { status }))

test('name and password go in the body, never in the address, and the token comes back', async () => {
  const ask = answering(200, { user: 'ada', role: 'viewer', token: 'csrf_x' })
  expect(await logIn('ada', 'correct horse', ask)).toEqual({ ok: true, value: 'csrf_x' })
  const [url, request] = ask.mock.calls[0] ?? []
  expect(String(url)).not.toMatch(/ada|horse/)
  expect(request).toMatchObject({ method: 'POST', body: '{"user":"ada","password":"correct horse"}' })
})

test('a refusal comes through in the gateway’s words, nonsense and silence in ours', async () => {
  expect(await logIn('a', 'b', answering(401, { detail: 'They do not fit.' }))).toMatchObject({
    message: 'They do not fit.',
  })
  expect(await logIn('a', 'b', answering(500, 'x'))).toMatchObject({ ok: false, message: 'HTTP 500' })
  const silent = vi.fn<typeof fetch>(() => Promise.reject(new TypeError('failed to fetch')))
  expect(await logIn('a', 'b', silent)).toMatchObject({ ok: false, code: 'OFFLINE' })
})

test('[A-9] the password again goes with the login’s token, which alone is worth nothing', async () => {
  const ask = vi.fn<typeof fetch>(async () => new Response(null, { status: 204 }))
  expect(await enterPasswordAgain('correct horse', 'csrf_x', ask)).toEqual({ ok: true, value: null })
  const [url, request] = ask.mock.calls[0] ?? []
  expect(String(url)).toContain('session/password')
  expect(request).toMatchObject({
    method: 'POST',
    body: '{"password":"correct horse"}',
    headers: { 'X-Zabscope-Csrf': 'csrf_x' },
  })
  expect(await enterPasswordAgain('x', 'csrf_x', answering(401, { detail: 'No.' }))).toMatchObject({ message: 'No.' })
})

test('[A-7] logging out names the login in a header, and one that has ended is out', async () => {
  const ask = vi.fn<typeof fetch>(async () => new Response(null, { status: 401 }))
  expect(await logOut('csrf_x', ask)).toEqual({ ok: true, value: null })
  expect(ask.mock.calls[0]?.[1]).toMatchObject({ method: 'DELETE', headers: { 'X-Zabscope-Csrf': 'csrf_x' } })
  expect(await logOut('csrf_x', answering(503, {}))).toMatchObject({ ok: false })
  expect([isLogin('csrf_x'), isLogin('zabscope_x'), isLogin(null)]).toEqual([true, false, false])
})
