import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import type { Handlers } from './api/handlers.ts'
import { Performer } from './api/perform.ts'
import type { Role } from './api/roles.ts'
import { ACTION_NAMES } from './api/table.ts'
import { Dispatcher } from './dispatcher.ts'
import { REQUESTS_BURST } from './limits.ts'
import type { PageClient } from './page-client.ts'
import { RequestError } from './request-error.ts'
import { FakeAudit } from './testing/fake-audit.ts'

function client(role: Role): PageClient {
  return {
    id: 'x',
    user: 'somebody',
    role,
    mustProve: false,
    address: '127.0.0.1',
    gone: new AbortController().signal,
    emit: () => undefined,
  }
}

/** Every handler answers `done`, or throws what is given. */
function handlers(thrown?: Error): Handlers {
  const handler = async (): Promise<unknown> => {
    if (thrown) throw thrown
    return 'done'
  }
  return Object.fromEntries(ACTION_NAMES.map((name) => [name, handler])) as unknown as Handlers
}

function dispatcher(role: Role = 'admin', thrown?: Error, lines: string[] = [], overloaded = false): Dispatcher {
  const log = pino({}, { write: (line) => lines.push(line) })
  const scopeOf = () => ({ cluster: 'one', handlers: handlers(thrown) })
  return new Dispatcher(
    new Performer({ scopeOf, audit: new FakeAudit(), log }),
    () => client(role),
    { turnAway: () => overloaded },
    0,
  )
}

describe('requests', () => {
  test.each(['member:explode', '__proto__', 'constructor', 'hello'])('%s is unknown', async (name) => {
    expect(await dispatcher().answer(name, {})).toMatchObject({ ok: false, code: 'UNKNOWN' })
  })

  test.each([
    ['tree:list', { path: 'relative', offset: 0, watch: true }, 'a path starts with "/"'],
    ['tree:list', { path: '/a/../b', offset: 0, watch: true }, 'no relative part'],
    ['tree:list', { path: '/', offset: -1, watch: true }, '(offset)'],
    ['node:get', { path: '/', extra: 1 }, 'extra'],
    ['node:get', null, 'expected object'],
    ['member:kill', { sid: 10 }, '(sid)'],
    ['member:kill', { sid: '1; rm -rf /' }, '(sid)'],
  ])('[S-6] %s %j is malformed', async (name, payload, reason) => {
    const answer = await dispatcher().answer(name, payload)
    expect(answer).toMatchObject({ ok: false, code: 'MALFORMED' })
    expect(answer.ok ? '' : answer.message).toContain(reason)
  })

  test('what a service refuses comes through in its words; a bug only as an id', async () => {
    const refused = await dispatcher('admin', new RequestError('NONODE', 'No such node.')).answer('node:get', {
      path: '/',
    })
    expect(refused).toEqual({ ok: false, code: 'NONODE', message: 'No such node.' })
    const lines: string[] = []
    const failed = await dispatcher('admin', new Error('secret detail'), lines).answer('node:get', { path: '/' })
    expect(failed).toMatchObject({ ok: false, code: 'INTERNAL' })
    expect(JSON.stringify(failed)).not.toContain('secret detail')
    expect(lines.join()).toContain('secret detail')
  })

  test('[D-1] an overloaded gateway turns reads away, and lets changes through', async () => {
    const page = dispatcher('admin', undefined, [], true)
    expect(await page.answer('tree:list', { path: '/', offset: 0, watch: false })).toMatchObject({ code: 'BUSY' })
    expect(await page.answer('fault:heal-all', {})).toEqual({ ok: true, value: 'done' })
  })

  test('a burst is allowed, then only so many a second', () => {
    const page = dispatcher()
    const taken = Array.from({ length: REQUESTS_BURST + 5 }, () => page.takeTurn(0)).filter(Boolean)
    expect(taken).toHaveLength(REQUESTS_BURST)
    expect(page.takeTurn(20)).toBe(true)
    expect(page.takeTurn(20)).toBe(false)
  })
})
