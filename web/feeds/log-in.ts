// Asks the gateway to log somebody in. What it answers is used like an access token; it is worth something only
// together with the cookie that came along.

import { failed } from './feed.ts'
import { gatewayPath } from './gateway-path.ts'

type LoggedIn = { readonly ok: true; readonly value: string } | ReturnType<typeof failed>

/** Always answers; `value` is the token, `message` a sentence. */
export async function logIn(user: string, password: string, ask: typeof fetch = fetch): Promise<LoggedIn> {
  try {
    const response = await ask(gatewayPath('api/v1/login'), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      credentials: 'same-origin',
      body: JSON.stringify({ user, password }),
    })
    const answer: unknown = await response.json()
    if (typeof answer !== 'object' || answer === null) return failed('UNREADABLE', `HTTP ${response.status}`)
    if (response.ok && 'token' in answer && typeof answer.token === 'string') return { ok: true, value: answer.token }
    return failed('LOGIN', 'detail' in answer ? String(answer.detail) : `HTTP ${response.status}`)
  } catch {
    return failed('OFFLINE', 'The gateway cannot be reached now.')
  }
}
