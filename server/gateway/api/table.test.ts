// The catalogue's matrix tests (security.md §10.1, §10.10), generated from the table: every request × role, and exactly
// one audit record for whatever changes something.

import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import type { PageClient } from '../page-client.ts'
import { EXAMPLES } from '../testing/example-requests.ts'
import { FakeAudit } from '../testing/fake-audit.ts'
import { describeApi } from './describe.ts'
import type { Handlers } from './handlers.ts'
import type { ActionName } from './operation.ts'
import { Performer } from './perform.ts'
import { ROLES, type Role } from './roles.ts'
import { ACTION_NAMES, mayAsk, OPERATIONS, operation, REQUEST_NAMES, restOperations } from './table.ts'

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

function performer(audit = new FakeAudit()): { audit: FakeAudit; performer: Performer; carriedOut: ActionName[] } {
  const carriedOut: ActionName[] = []
  const handlers = Object.fromEntries(
    ACTION_NAMES.map((name) => [name, async () => void carriedOut.push(name)]),
  ) as unknown as Handlers
  const scopeOf = () => ({ cluster: 'one', handlers })
  return { audit, carriedOut, performer: new Performer({ scopeOf, audit, log: pino({ level: 'silent' }) }) }
}

describe('the table', () => {
  test('says of every operation who may use it, in words, and examples fit its shape', () => {
    expect(Object.keys(EXAMPLES).sort()).toEqual([...REQUEST_NAMES].sort())
    for (const name of REQUEST_NAMES) {
      const { input, summary, role } = operation(name)
      expect(ROLES).toContain(role)
      expect(summary).toMatch(/^[A-Z].{15,}[.]$/)
      expect([name, input.safeParse(EXAMPLES[name]).error]).toEqual([name, undefined])
      expect([name, input.safeParse({ ...EXAMPLES[name], more: 1 }).success]).toEqual([name, false])
    }
  })

  test('no two REST routes are the same, GET changes nothing, and path fields exist', () => {
    const routes = restOperations().map(({ rest }) => `${rest.method} ${rest.path.replaceAll(/\{\w+\}/g, '{}')}`)
    expect(new Set(routes).size).toBe(routes.length)
    for (const { name, rest } of restOperations()) {
      expect(rest.path).toMatch(/^(\/[a-z-]+|\/\{[a-z]+\})+$/i)
      if (rest.method === 'GET') expect([name, operation(name).audited]).toEqual([name, false])
      else expect([name, operation(name).audited]).toEqual([name, true])
      for (const [, field] of rest.path.matchAll(/\{(\w+)\}/g)) expect(EXAMPLES[name]).toHaveProperty(field ?? '')
    }
  })

  test('whatever an operator changes has a REST route', () => {
    const without = ACTION_NAMES.filter((name) => OPERATIONS[name].audited && OPERATIONS[name].rest === null)
    expect(without).toEqual([])
  })
})

describe('every request and role', () => {
  test.each(ROLES)('[Z-1] %s gets what the table says, and nothing else', async (role) => {
    for (const name of ACTION_NAMES) {
      const { performer: asked, carriedOut } = performer()
      const answer = await asked.answer(client(role), name, EXAMPLES[name])
      expect([name, answer.ok]).toEqual([name, mayAsk(role, name)])
      expect(carriedOut).toEqual(mayAsk(role, name) ? [name] : [])
    }
  })

  test('a viewer changes nothing', () => {
    expect(ACTION_NAMES.filter((name) => mayAsk('viewer', name) && operation(name).audited)).toEqual([])
  })

  test.each(ROLES)('[G-1] of %s leaves one record when it changes something, also when refused', async (role) => {
    for (const name of ACTION_NAMES) {
      for (const payload of [EXAMPLES[name], { nonsense: true }]) {
        const { performer: asked, audit } = performer()
        const answer = await asked.answer(client(role), name, payload)
        const outcome = answer.ok ? 'done' : answer.code
        const expected = operation(name).audited ? [{ action: name, user: 'somebody', role, outcome }] : []
        expect(audit.entries).toMatchObject(expected)
      }
    }
  })

  test('[G-2] nothing is changed while the audit log cannot be written', async () => {
    for (const name of ACTION_NAMES) {
      const { performer: asked, audit, carriedOut } = performer()
      audit.problem = 'The disk is full.'
      const answer = await asked.answer(client('admin'), name, EXAMPLES[name])
      expect([name, answer.ok]).toEqual([name, !operation(name).audited])
      expect(carriedOut).toEqual(operation(name).audited ? [] : [name])
    }
  })

  test('[K-2, G-3] data, secrets and claims about the actor stay out of the record', async () => {
    const { performer: asked, audit } = performer()
    const payload = { sid: 1, dataBase64: 'Y2FuYXJ5', password: 'canary', user: 'root' }
    await asked.answer(client('admin'), 'member:kill', payload)
    expect(JSON.stringify(audit.entries)).not.toMatch(/canary|Y2FuYXJ5/)
    expect(audit.entries).toMatchObject([{ user: 'somebody', target: { sid: 1, user: 'root' } }])
  })
})

test('[A-9] what destroys much or opens a door asks for the password again, and only that', async () => {
  const asks = new Map<ActionName, object>([
    ['cluster:allow-writes', { on: true }],
    ['cluster:attach', { connectString: '127.0.0.1:2181', allowWrites: true }],
    ['ensemble:reset', {}],
    ['member:reset', { sid: 1 }],
    ['tree:delete', { ...EXAMPLES['tree:delete'], dryRun: false }],
    ['tree:import', { ...EXAMPLES['tree:import'], dryRun: false, existing: 'overwrite' }],
  ])
  expect(ACTION_NAMES.filter((name) => operation(name).asksPassword).sort()).toEqual([...asks.keys()].sort())
  for (const [name, request] of asks) {
    const { performer: asked, carriedOut, audit } = performer()
    const refused = await asked.answer({ ...client('admin'), mustProve: true }, name, request)
    expect([name, refused]).toMatchObject([name, { ok: false, code: 'REAUTH' }])
    expect(audit.entries).toMatchObject([{ action: name, outcome: 'REAUTH' }])
    expect(carriedOut).toEqual([])
    expect([name, (await asked.answer(client('admin'), name, request)).ok]).toEqual([name, true])
  }
  const { performer: asked } = performer()
  const harmless = { ...client('admin'), mustProve: true }
  for (const [name, request] of [
    ['cluster:allow-writes', { on: false }],
    ['tree:delete', { ...EXAMPLES['tree:delete'], dryRun: true }],
    ['tree:import', { ...EXAMPLES['tree:import'], dryRun: false, existing: 'skip' }],
    ['member:kill', { sid: 1 }],
  ] as const)
    expect([name, (await asked.answer(harmless, name, request)).ok]).toEqual([name, true])
})

test('api:describe tells a role what it may do', () => {
  const { role, operations } = describeApi({ user: 'ada', role: 'viewer' })
  expect(role).toBe('viewer')
  for (const { name, allowed } of operations)
    expect([name, allowed]).toEqual([name, mayAsk('viewer', name as ActionName)])
  expect(operations.find(({ name }) => name === 'member:kill')).toMatchObject({
    role: 'operator',
    allowed: false,
    changes: true,
    route: 'POST /api/v1/members/{sid}/kill',
  })
})
