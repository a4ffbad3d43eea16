import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { Dispatcher } from './dispatcher.ts'
import { REQUESTS_BURST } from './limits.ts'
import type { PageClient } from './page-client.ts'
import { AUDITED, mayAsk, PERMISSIONS, type RequestName, ROLES, type Role } from './permissions.ts'
import { RequestError } from './request-error.ts'
import type { Handlers } from './request-handlers.ts'
import { REQUEST_SCHEMAS } from './request-schemas.ts'

const REQUESTS: Record<RequestName, object> = {
  hello: { version: 1, lastSeq: null },
  'tree:list': { path: '/', offset: 0, watch: true },
  'tree:forget': { path: '/' },
  'node:get': { path: '/a/b' },
  'locks:list': {},
  'locks:open': { path: '/locks' },
  'locks:close': { path: '/locks' },
  'member:kill': { sid: 1 },
  'member:start': { sid: 1 },
  'member:stop': { sid: 1 },
  'member:pause': { sid: 1 },
  'member:resume': { sid: 1 },
}
const NAMES = Object.keys(REQUESTS).filter((name): name is RequestName => Object.hasOwn(PERMISSIONS, name))
const ACTIONS = NAMES.filter((name) => name !== 'hello')

function client(role: Role): PageClient {
  return { id: 'x', role, address: '127.0.0.1', emit: () => undefined }
}

/** Every handler answers `done`, or throws what is given. */
function handlers(thrown?: Error): Handlers {
  const handler = async (): Promise<unknown> => {
    if (thrown) throw thrown
    return 'done'
  }
  return Object.fromEntries(ACTIONS.map((name) => [name, handler])) as unknown as Handlers
}

function dispatcher(role: Role = 'admin', thrown?: Error, lines: string[] = []): Dispatcher {
  return new Dispatcher(handlers(thrown), client(role), pino({}, { write: (line) => lines.push(line) }), 0)
}

describe('permissions', () => {
  test('table and schemas know the same requests', () => {
    expect(Object.keys(PERMISSIONS).sort()).toEqual(Object.keys(REQUEST_SCHEMAS).sort())
    expect(Object.keys(PERMISSIONS).sort()).toEqual([...NAMES].sort())
  })

  test('[Z-1] every request and role gets what the table says', async () => {
    for (const role of ROLES) {
      for (const name of ACTIONS) {
        const answer = await dispatcher(role).answer(name, REQUESTS[name])
        expect([role, name, answer.ok]).toEqual([role, name, mayAsk(role, name)])
      }
    }
  })

  test('a viewer changes nothing', () => {
    expect(ACTIONS.filter((name) => mayAsk('viewer', name) && AUDITED.has(name))).toEqual([])
  })
})

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

  test('a fault leaves one line in the audit log, a read none', async () => {
    const lines: string[] = []
    const page = dispatcher('admin', undefined, lines)
    await page.answer('node:get', { path: '/' })
    await page.answer('member:kill', { sid: 2 })
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { audit: true, action: 'member:kill', sid: 2, outcome: 'done', address: '127.0.0.1' },
    ])
  })

  test('a burst is allowed, then only so many a second', () => {
    const page = dispatcher()
    const taken = Array.from({ length: REQUESTS_BURST + 5 }, () => page.takeTurn(0)).filter(Boolean)
    expect(taken).toHaveLength(REQUESTS_BURST)
    expect(page.takeTurn(20)).toBe(true)
    expect(page.takeTurn(20)).toBe(false)
  })
})
