// Errors over HTTP: problem+json (RFC 9457) with our code, and a sentence that says what to do next.

import type { Response } from 'express'

/** By the code of a refusal; what is not here was understood and cannot be done: 422. */
const STATUS = new Map<string, number>([
  ['BAD_REQUEST', 400],
  ['MALFORMED', 400],
  ['TOKEN', 401],
  ['LOGIN', 401],
  ['ORIGIN', 403],
  ['REAUTH', 403],
  ['FORBIDDEN', 403],
  ['NOAUTH', 403],
  ['TARGET', 403],
  ['NOT_FOUND', 404],
  ['NONODE', 404],
  ['NO_SUCH_CLUSTER', 404],
  ['NO_SUCH_MEMBER', 404],
  ['NO_SUCH_SESSION', 404],
  ['METHOD', 405],
  ['NODEEXISTS', 409],
  ['NOTEMPTY', 409],
  ['BADVERSION', 409],
  ['WRONG_STATE', 409],
  ['CANCELLED', 409],
  ['NO_LONGER', 410],
  ['TOO_LARGE', 413],
  ['MEDIA_TYPE', 415],
  ['RATE', 429],
  ['INTERNAL', 500],
  ['UNIMPLEMENTED', 501],
  ['AUDIT', 503],
  ['BUSY', 503],
  ['NOT_BUILT', 503],
  ['NO_SESSION', 503],
  ['CLOSED', 503],
  ['NO_ANSWER', 504],
])

export function statusOf(code: string): number {
  return STATUS.get(code) ?? 422
}

/** @param status only where it depends on more than the code */
export function sendProblem(response: Response, code: string, detail: string, status = statusOf(code)): void {
  response.status(status).set('Cache-Control', 'no-store')
  if (status === 429 || status === 503) response.set('Retry-After', '1')
  if (code === 'TOKEN') response.set('WWW-Authenticate', 'Bearer')
  const problem = { type: 'about:blank', title: code, status, detail, code }
  response.type('application/problem+json').send(JSON.stringify(problem))
}
