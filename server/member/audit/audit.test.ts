import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { silentLogger } from '../logging.ts'
import { createTurn } from '../turn.ts'
import { AUDIT_OLD_FILES_MAX, openAuditFile } from './audit-file.ts'
import { aclText, auditedChanges, formatAuditEvent, userNames } from './audit-line.ts'

const dirs: string[] = []
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true })
})

function newDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'audit-'))
  dirs.push(dir)
  return dir
}

test('a line has its fields in one order, and only those that are known', () => {
  expect(formatAuditEvent({ result: 'success', operation: 'create', session: '0x1', znode: '/a', user: 'bob' })).toBe(
    'session=0x1\tuser=bob\toperation=create\tznode=/a\tresult=success',
  )
})

test('a path cannot make a line of its own', () => {
  const text = formatAuditEvent({ operation: 'create', znode: '/a\tresult=success\n2026 INFO' })
  expect(text).toBe('operation=create\tznode=/a\\u0009result=success\\u000a2026 INFO')
})

test('names of users, addresses last; never a digest', () => {
  expect(
    userNames([
      { scheme: 'ip', id: '10.0.0.1' },
      { scheme: 'digest', id: 'bob:aGFzaA==' },
      { scheme: 'super', id: '' },
    ]),
  ).toBe('bob,10.0.0.1')
})

test('access control lists follow each other without a separator, as Apache’s', () => {
  const acl = [
    { perms: 31, scheme: 'digest', id: 'bob:x=' },
    { perms: 1, scheme: 'world', id: 'anyone' },
  ]
  expect(aclText(acl)).toBe('digest:bob:x=:cdrwaworld:anyone:r')
})

test('a multi is a change for each op when it succeeds, and one failure when not', () => {
  const data = new Uint8Array(0)
  const request = {
    type: 'multi',
    ops: [
      { type: 'create', path: '/s-', data, acl: null, flags: 3 },
      { type: 'check', path: '/c', version: 1 },
      { type: 'delete', path: '/d', version: -1 },
    ],
  } as const
  expect(auditedChanges(request, ['/s-0000000007', null, null])).toEqual([
    { operation: 'create', znode: '/s-0000000007', znode_type: 'ephemeral_sequential' },
    { operation: 'delete', znode: '/d' },
  ])
  expect(auditedChanges(request, null)).toEqual([{ operation: 'multiOperation' }])
})

test('lines go into the file at the end of the turn; a full file makes room, and old ones go', () => {
  const path = join(newDir(), 'audit.log')
  const ends: (() => void)[] = []
  const wallMs = () => new Date(2026, 10, 23, 9, 41, 17, 5).getTime()
  const file = openAuditFile({
    path,
    turn: createTurn((run) => ends.push(run)),
    log: silentLogger(),
    wallMs,
    fileBytesMax: 100,
  })
  for (let i = 0; i < AUDIT_OLD_FILES_MAX + 3; i += 1) {
    file.line(i % 2 === 0 ? 'INFO' : 'ERROR', `line ${i} ${'x'.repeat(60)}`)
    for (const end of ends.splice(0)) end()
  }
  file.line('INFO', 'last')
  file.close()
  expect(readdirSync(join(path, '..'))).toHaveLength(AUDIT_OLD_FILES_MAX + 1)
  expect(readFileSync(path, 'utf8')).toBe('2026-11-23 09:41:17,005 INFO audit.Slf4jAuditLogger: last\n')
  expect(readFileSync(`${path}.1`, 'utf8')).toContain('INFO audit.Slf4jAuditLogger: line 12 x')
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a file that cannot be opened stops the start, by name', () => {
  const path = join(newDir(), 'missing', 'audit.log')
  const options = { path, turn: createTurn(), log: silentLogger(), wallMs: () => 0 }
  expect(() => openAuditFile(options)).toThrow('correct zabscope.auditFile')
})
