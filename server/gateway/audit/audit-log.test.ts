import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AuditEntry } from '../api/perform.ts'
import { AUDIT_FILES_MAX } from '../limits.ts'
import { AuditLog } from './audit-log.ts'
import { chainProblem } from './record.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'zabscope-audit-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function entry(path = '/a'): AuditEntry {
  const who = { user: 'ada', role: 'operator', address: '127.0.0.1', source: 'x' }
  return { action: 'node:set', ...who, outcome: 'done', target: { path }, facts: {} }
}

const lines = (name = 'audit.log'): string[] => readFileSync(join(dir, name), 'utf8').trimEnd().split('\n')

test('[G-2] records are chained, also over restarts, and a changed or missing one shows', async () => {
  const first = new AuditLog({ dir, now: () => 0 })
  await first.record(entry('/a'))
  await first.record(entry('/b'))
  first.close()
  const second = new AuditLog({ dir, now: () => 1 })
  await second.record(entry('/c'))
  second.close()
  expect(lines().map((line) => JSON.parse(line).target.path)).toEqual(['/a', '/b', '/c'])
  expect(JSON.parse(lines()[0] ?? '').time).toBe('1970-01-01T00:00:00.000Z')
  expect(chainProblem(lines())).toBeNull()
  const [a = '', b = '', c = ''] = lines()
  expect(chainProblem([a, b.replace('/b', '/x'), c])).toContain('Line 2 was changed')
  expect(chainProblem([a, c])).toContain('Line 2 does not follow')
  expect(chainProblem([a, 'x'])).toContain('Line 2 is not a record')
  expect(statSync(join(dir, 'audit.log')).mode & 0o777).toBe(0o600)
})

test('[I-9] line breaks and colours in a path stay within their line', async () => {
  const log = new AuditLog({ dir })
  await log.record(entry('/a\n{"action":"forged"}\u001b[31m'))
  log.close()
  expect(lines()).toHaveLength(1)
  expect(lines()[0]).not.toContain('\u001b')
  expect(chainProblem(lines())).toBeNull()
})

test('[G-2] files are rotated, few are kept, and the chain goes on', async () => {
  const log = new AuditLog({ dir, fileBytesMax: 1000 })
  for (let i = 0; i < 60; i += 1) await log.record(entry(`/${i}`))
  log.close()
  expect(readdirSync(dir)).toHaveLength(AUDIT_FILES_MAX)
  const newestLast = Array.from({ length: AUDIT_FILES_MAX }, (_, i) => AUDIT_FILES_MAX - 1 - i)
  const all = newestLast.flatMap((number) => lines(number === 0 ? 'audit.log' : `audit.log.${number}`))
  expect(all.length).toBeGreaterThan(10)
  expect(JSON.parse(all.at(-1) ?? '').target.path).toBe('/59')
  expect(chainProblem(all)).toBeNull()
})

test('[G-2] a log that cannot be written says so, and when it can again', async () => {
  rmSync(dir, { recursive: true })
  writeFileSync(dir, '')
  const log = new AuditLog({ dir })
  expect(log.problem).toContain('Nothing can be changed')
  rmSync(dir)
  expect(log.problem).not.toBeNull()
  dir = mkdtempSync(join(tmpdir(), 'zabscope-audit-'))
  const other = new AuditLog({ dir: join(dir, 'later') })
  expect(other.problem).toContain('later')
  expect(existsSync(join(dir, 'later'))).toBe(false)
})

test('a torn last line stands alone, and what follows is whole', async () => {
  writeFileSync(join(dir, 'audit.log'), '{"time":"19')
  const log = new AuditLog({ dir })
  await log.record(entry('/after'))
  log.close()
  expect(lines()[0]).toBe('{"time":"19')
  expect(JSON.parse(lines()[1] ?? '').target.path).toBe('/after')
})
