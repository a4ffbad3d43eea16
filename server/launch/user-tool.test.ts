import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AuditLog } from '../gateway/audit/audit-log.ts'
import { tokenHash } from '../gateway/auth/user-file.ts'
import { runUserTool } from './user-tool.ts'

let dir = ''
let file = ''
let printed: string[] = []
const print = (line: string): void => void printed.push(line)
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'zabscope-user-'))
  file = join(dir, 'users.json')
  printed = []
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

test('[A-5] a token is printed once and kept as its hash, in a file for its owner alone; it can be removed', async () => {
  const wanted = { type: 'user', verb: 'token', file, name: 'ci', role: 'viewer', days: 7 } as const
  expect(await runUserTool(wanted, print)).toBe(0)
  const [token = ''] = printed
  expect(token).toMatch(/^zabscope_[\w-]{43}$/)
  const text = readFileSync(file, 'utf8')
  expect(text).not.toContain(token)
  expect(text).toContain(tokenHash(token))
  expect(statSync(file).mode & 0o777).toBe(0o600)
  await expect(runUserTool(wanted, print)).rejects.toThrow('There is a ci in')
  await runUserTool({ type: 'user', verb: 'list', file }, print)
  expect(printed[1]).toMatch(/^token {2}ci {2}viewer {2}until 20/)
  await runUserTool({ type: 'user', verb: 'remove', file, name: 'ci' }, print)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ users: [], tokens: [] })
  await expect(runUserTool({ type: 'user', verb: 'remove', file, name: 'ci' }, print)).rejects.toThrow('no ci')
})

test('[G-2] audit checks a whole directory, rotated files first, and finds the line that was changed', async () => {
  const log = new AuditLog({ dir, fileBytesMax: 600 })
  const who = { action: 'node:set', user: 'ada', role: 'operator', address: '127.0.0.1', source: 'x', outcome: 'done' }
  for (let i = 0; i < 5; i += 1) await log.record({ ...who, target: { path: `/${i}` }, facts: {} })
  log.close()
  expect(await runUserTool({ type: 'audit', path: dir }, print)).toBe(0)
  expect(printed[0]).toMatch(/^5 records in [2-5] files/)
  const newest = join(dir, 'audit.log')
  writeFileSync(newest, readFileSync(newest, 'utf8').replace('ada', 'eve'))
  expect(await runUserTool({ type: 'audit', path: dir }, print)).toBe(1)
  expect(printed[1]).toContain('was changed after it was written')
})
