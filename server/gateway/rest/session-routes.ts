// Logging in and out. A login answers with the anti-forgery token, which the page keeps out of web storage, and sets the
// cookie; both are needed from then on. Rules, N-5, S-3.

import { randomUUID } from 'node:crypto'
import express, { type Request, type RequestHandler, type Response, Router } from 'express'
import { z } from 'zod'
import { type Access, clientAddress, isEncrypted, mayCarryPasswords } from '../access.ts'
import { describeApi } from '../api/describe.ts'
import type { AuditSink } from '../api/perform.ts'
import type { Authenticator } from '../auth/authenticator.ts'
import { PASSWORD_LENGTH_MAX } from '../limits.ts'
import { explainError } from '../request-error.ts'
import { sendProblem } from './problem.ts'
import { authorityOf } from './rest-caller.ts'

const LOGIN_BYTES_MAX = 4096
export const LOGIN_INPUT = z.strictObject({
  user: z.string().min(1).max(64),
  password: z.string().min(1).max(PASSWORD_LENGTH_MAX),
})

export const PASSWORD_INPUT = LOGIN_INPUT.pick({ password: true })

/** Routes of the API that are no operations; the API document and a test list them. */
export const SESSION_ROUTES = [
  {
    method: 'POST',
    path: '/login',
    summary: 'Logs a user in: sets a cookie, and answers with the token to send along.',
  },
  { method: 'GET', path: '/session', summary: 'As whom this request comes.' },
  {
    method: 'POST',
    path: '/session/password',
    summary: 'The password of this login once more, for what is dangerous: it counts for five minutes.',
  },
  {
    method: 'DELETE',
    path: '/session',
    summary: 'Logs out: the login’s cookie and token are worth nothing from then on.',
  },
] as const

export interface SessionOptions {
  readonly access: () => Access
  readonly authenticator: Authenticator
  readonly audit: AuditSink
  readonly basePath: string
}

/** Before `requireCaller`. */
export function loginRoute({ access, authenticator, basePath }: SessionOptions): Router {
  const router = Router()
  const login: RequestHandler = async (request, response) => {
    if (!authenticator.hasUsers) return sendProblem(response, 'LOGIN', 'There are no users; open the printed address.')
    if (!mayCarryPasswords(access(), request))
      return sendProblem(response, 'FORBIDDEN', 'Passwords are taken over HTTPS only, or on this machine itself.')
    const input = LOGIN_INPUT.safeParse(request.body)
    if (!input.success) return sendProblem(response, 'MALFORMED', 'A login is {"user": …, "password": …}.')
    try {
      const { user, password } = input.data
      const address = clientAddress(access(), request)
      const { id, csrf, role } = await authenticator.login(user, password, address, `rest-${randomUUID()}`)
      response.set('Set-Cookie', cookie(access(), request, basePath, id))
      response.json({ user, role, token: csrf })
    } catch (error) {
      const known = explainError(error)
      if (!known) throw error
      sendProblem(response, known.code, known.message)
    }
  }
  router.post('/login', jsonOnly, express.json({ limit: LOGIN_BYTES_MAX, inflate: false }), login)
  return router
}

/** Behind `requireCaller`. */
export function sessionRoutes({ access, audit, basePath }: SessionOptions): Router {
  const router = Router()
  router.get('/session', (request, response) => {
    const authority = authorityOf(request)
    const { user, role } = describeApi({ user: authority.user, role: authority.role() ?? 'viewer' })
    response.json({ user, role })
  })
  const prove: RequestHandler = async (request, response) => {
    const { prove: enter } = authorityOf(request)
    if (!enter) return sendProblem(response, 'WRONG_STATE', 'This is a token, not a login; it has no password.')
    if (!mayCarryPasswords(access(), request))
      return sendProblem(response, 'FORBIDDEN', 'Passwords are taken over HTTPS only, or on this machine itself.')
    const input = PASSWORD_INPUT.safeParse(request.body)
    if (!input.success) return sendProblem(response, 'MALFORMED', 'Send {"password": …}.')
    try {
      await enter(input.data.password, clientAddress(access(), request), `rest-${randomUUID()}`)
      response.status(204).end()
    } catch (error) {
      const known = explainError(error)
      if (!known) throw error
      sendProblem(response, known.code, known.message)
    }
  }
  router.post('/session/password', jsonOnly, express.json({ limit: LOGIN_BYTES_MAX, inflate: false }), prove)
  router.delete('/session', async (request: Request, response: Response) => {
    const { user, logout, role } = authorityOf(request)
    if (!logout) return sendProblem(response, 'WRONG_STATE', 'This is a token, not a login; there is nothing to end.')
    const who = { user, role: role() ?? 'none', address: clientAddress(access(), request) }
    logout()
    response.set('Set-Cookie', `${cookie(access(), request, basePath, '')}; Max-Age=0`)
    await audit.record({
      action: 'logout',
      ...who,
      source: `rest-${randomUUID()}`,
      outcome: 'done',
      target: {},
      facts: {},
    })
    response.status(204).end()
  })
  return router
}

function cookie(access: Access, request: Request, basePath: string, value: string): string {
  const flags = 'HttpOnly; SameSite=Strict'
  if (isEncrypted(access, request)) return `__Host-${access.cookieName}=${value}; Path=/; Secure; ${flags}`
  return `${access.cookieName}=${value}; Path=${basePath}/; ${flags}`
}

const jsonOnly: RequestHandler = (request, response, next) => {
  if (request.is('application/json')) next()
  else sendProblem(response, 'MEDIA_TYPE', 'Send the body as `Content-Type: application/json`.')
}
