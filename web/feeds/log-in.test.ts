import { expect, test, vi } from 'vitest'
import { logIn } from './log-in.ts'

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
