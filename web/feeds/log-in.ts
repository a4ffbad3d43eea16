// Asks the gateway to log somebody in, and to take the password of somebody who is. What it answers is used like an access token; it is worth something only
// together with the cookie that came along.

import { failed } from './feed.ts'
import { gatewayPath } from './gateway-path.ts'

type Answered<Value> = { readonly ok: true; readonly value: Value } | ReturnType<typeof failed>

/** Always answers; `value` is the token, `message` a sentence. */
export async function logIn(user: string, password: string, ask: typeof fetch = fetch): Promise<Answered<string>> {
  const answer = await post('api/v1/login', { user, password }, {}, ask)
  if (!answer.ok) return answer
  const { value } = answer
  const token = typeof value === 'object' && value !== null && 'token' in value ? value.token : null
  return typeof token === 'string' ? { ok: true, value: token } : failed('UNREADABLE', 'HTTP 200')
}

/** For what is dangerous. Always answers; `token` is the login's. */
export function enterPasswordAgain(
  password: string,
  token: string,
  ask: typeof fetch = fetch,
): Promise<Answered<unknown>> {
  return post('api/v1/session/password', { password }, { 'X-Zabscope-Csrf': token }, ask)
}

/** Ends the login, and with it every page of it. Always answers. */
export async function logOut(token: string, ask: typeof fetch = fetch): Promise<Answered<null>> {
  try {
    const headers = { 'X-Zabscope-Csrf': token }
    const response = await ask(gatewayPath('api/v1/session'), { method: 'DELETE', credentials: 'same-origin', headers })
    // Whatever it says otherwise, this login is worth nothing any more.
    return response.ok || response.status === 401
      ? { ok: true, value: null }
      : failed('LOGIN', `HTTP ${response.status}`)
  } catch {
    return failed('OFFLINE', 'The gateway cannot be reached now.')
  }
}

/** What a login gives the page to send along; access tokens and API tokens have other forms. */
export function isLogin(token: string | null): token is string {
  return token?.startsWith('csrf_') ?? false
}

async function post(
  path: string,
  body: object,
  headers: Readonly<Record<string, string>>,
  ask: typeof fetch,
): Promise<Answered<unknown>> {
  try {
    const response = await ask(gatewayPath(path), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      credentials: 'same-origin',
      body: JSON.stringify(body),
    })
    const answer: unknown = response.status === 204 ? null : await response.json()
    if (response.ok) return { ok: true, value: answer }
    const told = typeof answer === 'object' && answer !== null && 'detail' in answer
    return failed('LOGIN', told ? String(answer.detail) : `HTTP ${response.status}`)
  } catch {
    return failed('OFFLINE', 'The gateway cannot be reached now.')
  }
}
