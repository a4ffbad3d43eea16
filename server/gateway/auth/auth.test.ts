import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { makeAccess } from '../access.ts'
import {
  LOGIN_FAILURES_FREE,
  LOGIN_IDLE_MS_MAX,
  LOGIN_MS_MAX,
  LOGIN_WAIT_LAST_MS,
  LOGINS_MAX,
  PASSWORD_FRESH_MS_MAX,
} from '../limits.ts'
import { TEST_COST } from '../testing/edge-rig.ts'
import { FakeAudit } from '../testing/fake-audit.ts'
import { Authenticator } from './authenticator.ts'
import { LoginLimits } from './login-limits.ts'
import { LoginSessions } from './login-sessions.ts'
import { hashPassword, parseHash, passwordIsRight, passwordProblem } from './password.ts'
import { makeApiToken, parseUsers } from './user-file.ts'

const PASSWORD = 'correct horse battery'
const SOON = { timeout: 20_000, interval: 20 }
/** scrypt of nothing at a cost that tests can pay; the format is that of `hashPassword`. */
const CHEAP = 'scrypt$16384$8$1$AAAAAAAAAAAAAAAAAAAAAA$'

describe('passwords', () => {
  test('[A-1] short, long and common ones are not taken', () => {
    expect(passwordProblem('elevenchars')).toContain('at least 12')
    expect(passwordProblem('x'.repeat(129))).toContain('at most 128')
    for (const common of ['password12345', 'aaaaaaaaaaaa', 'Zookeeper2026!', '123456789012'])
      expect([common, passwordProblem(common)]).toEqual([common, expect.stringContaining('guess')])
    expect(passwordProblem(PASSWORD)).toBeNull()
  })

  test('[A-2] are kept as scrypt with its cost, and are right or wrong', async () => {
    expect(await hashPassword(PASSWORD)).toMatch(/^scrypt\$131072\$8\$1\$[\w-]{22}\$[\w-]{43}$/)
    const hash = await hashPassword(PASSWORD, TEST_COST)
    expect(await passwordIsRight(hash, PASSWORD)).toBe(true)
    expect(await passwordIsRight(hash, `${PASSWORD} `)).toBe(false)
    expect(await passwordIsRight(null, PASSWORD)).toBe(false)
  })

  test('[A-4] at most two are worked on, eight wait, the others are told to come back', async () => {
    const tries = await Promise.allSettled(
      Array.from({ length: 40 }, () => passwordIsRight(`${CHEAP}${'A'.repeat(43)}`, PASSWORD)),
    )
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
    const refused = tries.find(({ status }) => status === 'rejected')
    expect(refused).toMatchObject({ reason: { code: 'RATE' } })
  })

  test.each(['', 'secret', 'scrypt$2$8$1$AAAA$AAAA', `scrypt$1048577$8$1$${'A'.repeat(22)}$${'A'.repeat(43)}`])(
    'a stored %j is not ours',
    (text) => expect(parseHash(text).ok).toBe(false),
  )
})

describe('[A-3] login limits', () => {
  test('after a few failures each further one doubles the wait, up to a most', () => {
    const limits = new LoginLimits()
    for (let i = 1; i < LOGIN_FAILURES_FREE; i += 1) limits.failed('ada', '1.1.1.1', 0)
    expect(limits.waitMs('ada', '1.1.1.1', 0)).toBe(0)
    limits.failed('ada', '1.1.1.1', 0)
    expect(limits.waitMs('ada', '1.1.1.1', 0)).toBe(1000)
    limits.failed('ada', '1.1.1.1', 1000)
    expect(limits.waitMs('ada', '2.2.2.2', 1000)).toBe(2000)
    expect(limits.waitMs('bob', '1.1.1.1', 1000)).toBe(2000)
    expect(limits.waitMs('bob', '2.2.2.2', 1000)).toBe(0)
    for (let i = 0; i < 30; i += 1) limits.failed('ada', '1.1.1.1', 1000)
    expect(limits.waitMs('ada', '2.2.2.2', 1000)).toBe(LOGIN_WAIT_LAST_MS)
  })

  test('a good login forgets the account’s failures, and only its own try of the address', () => {
    const limits = new LoginLimits()
    for (let i = 0; i < 7; i += 1) limits.failed('ada', '1.1.1.1', 0)
    limits.failed('bob', '1.1.1.1', 0)
    limits.succeeded('bob', '1.1.1.1')
    expect(limits.waitMs('bob', '2.2.2.2', 0)).toBe(0)
    limits.failed('carol', '1.1.1.1', 0)
    expect(limits.waitMs('dan', '1.1.1.1', 0)).toBeGreaterThan(0)
  })
})

describe('[A-7] login sessions', () => {
  test('need cookie and token of one login, end by idleness and by age', () => {
    const sessions = new LoginSessions()
    const ada = sessions.start('ada', 'h', 0)
    const bob = sessions.start('bob', 'h', 0)
    expect(sessions.find(ada.id, ada.csrf, 1)?.user).toBe('ada')
    expect(sessions.find(ada.id, bob.csrf, 1)).toBeNull()
    expect(sessions.find(bob.id, '', 1)).toBeNull()
    expect(sessions.find('constructor', ada.csrf, 1)).toBeNull()
    expect(sessions.find(bob.id, bob.csrf, LOGIN_IDLE_MS_MAX)).toBeNull()
    for (let now = 0; now < LOGIN_MS_MAX; now += LOGIN_IDLE_MS_MAX / 2)
      expect(sessions.find(ada.id, ada.csrf, now)).not.toBeNull()
    expect(sessions.find(ada.id, ada.csrf, LOGIN_MS_MAX)).toBeNull()
  })

  test('are bounded: the oldest goes', () => {
    const sessions = new LoginSessions()
    const first = sessions.start('ada', 'h', 0)
    for (let i = 0; i < LOGINS_MAX; i += 1) sessions.start('bob', 'h', 0)
    expect(sessions.find(first.id, first.csrf, 0)).toBeNull()
  })
})

describe('the user file', () => {
  const user = { name: 'ada', role: 'viewer', password: `${CHEAP}${'A'.repeat(43)}` }
  test.each([
    ['{', 'is not JSON'],
    ['{"users":[{"name":"ada","role":"root","password":"x"}]}', 'users.0.role'],
    [JSON.stringify({ users: [{ ...user, password: 'plain text' }] }), 'users.0.password'],
    [JSON.stringify({ users: [{ ...user, more: 1 }] }), 'more'],
    [JSON.stringify({ users: [user, user] }), 'ada twice'],
    [JSON.stringify({ users: [{ ...user, name: 'a b' }] }), 'users.0.name'],
  ])('%s is refused by name', (text, reason) => {
    const read = parseUsers(text, '/etc/users.json')
    expect(read.ok ? '' : read.error).toContain(reason)
    expect(read.ok ? '' : read.error).toContain('/etc/users.json')
    expect(read.ok ? '' : read.error).not.toContain('plain text')
  })
})

describe('authorities', () => {
  let dir = ''
  let file = ''
  let now = 1000
  let hash = ''
  const api = makeApiToken()
  const audit = new FakeAudit()
  const access = makeAccess(8080)
  let authenticator: Authenticator
  let cost = TEST_COST
  const problems: string[] = []

  const write = (role: string, password = hash, tokens: object[] = []): void =>
    writeFileSync(file, JSON.stringify({ users: [{ name: 'ada', role, password }], tokens }))
  const start = (): Authenticator =>
    new Authenticator({
      access: () => access,
      audit,
      userFile: file,
      onProblem: (sentence) => void problems.push(sentence),
      now: () => now,
      cost,
    })

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'zabscope-users-'))
    file = join(dir, 'users.json')
    if (hash === '') hash = await hashPassword(PASSWORD, TEST_COST)
    now = 1000
    cost = TEST_COST
    problems.length = 0
    write('viewer')
    authenticator = start()
  })
  afterEach(() => {
    authenticator.close()
    rmSync(dir, { recursive: true, force: true })
  })

  test('[S-4] a login has its user’s role of now, and ends with user, password or logout', async () => {
    const login = async () => {
      const { id, csrf } = await authenticator.login('ada', PASSWORD, '127.0.0.1', 'x')
      return authenticator.identify({ cookie: id, token: csrf })
    }
    const first = await login()
    expect(first?.role()).toBe('viewer')
    write('operator')
    await authenticator.refresh()
    expect(first?.role()).toBe('operator')
    write('operator', `${CHEAP}${'A'.repeat(43)}`)
    await authenticator.refresh()
    expect(first?.role()).toBeNull()
    write('operator')
    await authenticator.refresh()
    expect(first?.role()).toBeNull()
    const second = await login()
    second?.logout?.()
    expect(second?.role()).toBeNull()
    const third = await login()
    writeFileSync(file, 'broken')
    await authenticator.refresh()
    expect(third?.role()).toBeNull()
  })

  test('[S-3, A-8] the cookie alone, and the token alone, are worth nothing', async () => {
    const { id, csrf } = await authenticator.login('ada', PASSWORD, '127.0.0.1', 'x')
    expect(authenticator.identify({ cookie: id, token: null })).toBeNull()
    expect(authenticator.identify({ cookie: null, token: csrf })).toBeNull()
    expect(authenticator.identify({ cookie: id, token: id })).toBeNull()
    expect(authenticator.identify({ cookie: id, token: csrf })?.user).toBe('ada')
  })

  test('[A-3] wrong name and wrong password sound the same; both are in the audit log, without the password', async () => {
    audit.entries.length = 0
    const wrong = await authenticator.login('ada', 'wrong password 1', '127.0.0.1', 'x').catch((e: Error) => e)
    const nobody = await authenticator.login('eve', 'wrong password 1', '127.0.0.1', 'x').catch((e: Error) => e)
    expect(wrong).toMatchObject({ code: 'LOGIN' })
    expect(nobody).toMatchObject({ code: 'LOGIN', message: wrong instanceof Error ? wrong.message : '' })
    expect(audit.entries.map(({ user, outcome }) => [user, outcome])).toEqual([
      ['ada', 'LOGIN'],
      ['eve', 'LOGIN'],
    ])
    expect(JSON.stringify(audit.entries)).not.toContain('wrong password')
  })

  test('[A-3] guesses have to wait, and the right password waits with them', async () => {
    const guess = () => authenticator.login('ada', 'wrong password 1', '9.9.9.9', 'x').catch((e: Error) => e)
    for (let i = 0; i < LOGIN_FAILURES_FREE; i += 1) await guess()
    await expect(authenticator.login('ada', PASSWORD, '127.0.0.1', 'x')).rejects.toMatchObject({ code: 'RATE' })
    now += 1001
    expect(await authenticator.login('ada', PASSWORD, '127.0.0.1', 'x')).toMatchObject({ role: 'viewer' })
  })

  test('[A-5] an API token is kept as its hash, ends when it expires and when it is removed', async () => {
    const expires = new Date(now + 1000).toISOString()
    write('viewer', hash, [{ name: 'ci', role: 'operator', sha256: api.sha256, expires }])
    await authenticator.refresh()
    expect(readFileSync(file, 'utf8')).not.toContain(api.token)
    const authority = authenticator.identify({ token: api.token, cookie: null })
    expect(authority?.role()).toBe('operator')
    now += 1001
    expect(authority?.role()).toBeNull()
    expect(authenticator.identify({ token: api.token, cookie: null })).toBeNull()
    now -= 1001
    expect(authority?.role()).toBe('operator')
    write('viewer', hash, [])
    await authenticator.refresh()
    expect(authority?.role()).toBeNull()
  })

  test('[A-2] a hash that was cheaper is made anew at the next login, and that login goes on', async () => {
    cost = { ...TEST_COST, N: 2 * TEST_COST.N }
    authenticator.close()
    authenticator = start()
    const early = await authenticator.login('ada', PASSWORD, '127.0.0.1', 'x')
    await vi.waitFor(() => expect(readFileSync(file, 'utf8')).toContain(`scrypt$${2 * TEST_COST.N}$8$1$`), SOON)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await authenticator.refresh()
    expect(authenticator.identify({ cookie: early.id, token: early.csrf })?.role()).toBe('viewer')
    const now = readFileSync(file, 'utf8')
    expect(await authenticator.login('ada', PASSWORD, '127.0.0.1', 'x')).toMatchObject({ role: 'viewer' })
    expect(readFileSync(file, 'utf8')).toBe(now)
    expect(problems).toEqual([])
  })

  test('[A-2] a user file that cannot be written keeps its hash, and lets in all the same', async () => {
    cost = { ...TEST_COST, N: 2 * TEST_COST.N }
    authenticator.close()
    authenticator = start()
    mkdirSync(`${file}.new`)
    await authenticator.login('ada', PASSWORD, '127.0.0.1', 'x')
    await vi.waitFor(
      () => expect(problems).toEqual([expect.stringContaining('The password of ada keeps its weaker hash')]),
      SOON,
    )
    expect(problems.join()).not.toContain(PASSWORD)
  })

  test('[A-9] a password counts for five minutes, then it must be entered again; tokens have none', async () => {
    const { id, csrf } = await authenticator.login('ada', PASSWORD, '127.0.0.1', 'x')
    const authority = authenticator.identify({ cookie: id, token: csrf })
    expect(authority?.mustProve()).toBe(false)
    now += PASSWORD_FRESH_MS_MAX + 1
    expect(authority?.mustProve()).toBe(true)
    await expect(authority?.prove?.('wrong password 1', '127.0.0.1', 'x')).rejects.toMatchObject({ code: 'LOGIN' })
    expect(authority?.mustProve()).toBe(true)
    audit.entries.length = 0
    await authority?.prove?.(PASSWORD, '127.0.0.1', 'x')
    expect(authority?.mustProve()).toBe(false)
    expect(audit.entries).toMatchObject([{ action: 'prove-password', user: 'ada', outcome: 'done' }])
    expect(JSON.stringify(audit.entries)).not.toContain(PASSWORD)
    const token = authenticator.identify({ token: access.token, cookie: null })
    expect([token?.mustProve(), token?.prove]).toEqual([false, null])
  })

  test('the access token of this start is an admin’s', () => {
    expect(authenticator.identify({ token: access.token, cookie: null })?.role()).toBe('admin')
    expect(authenticator.identify({ token: `${access.token}x`, cookie: null })).toBeNull()
  })
})
