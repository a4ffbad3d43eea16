import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { asSessionId } from '#shared/zk/ids.ts'
import { OWN_SECRET_FILE, ownSecret } from './own-secret.ts'
import { passwordIsRight, sessionPassword } from './session-password.ts'

const dir = mkdtempSync(join(tmpdir(), 'own-secret-'))
const file = join(dir, OWN_SECRET_FILE)
const OLD = asSessionId(0x0100001d35220000n)
const NEW = asSessionId(0x0100001d35220001n)

afterAll(() => rmSync(dir, { recursive: true }))

test('the secret stays, only its owner can read it, and sessions from before keep their passwords', () => {
  const rule = ownSecret(dir, [OLD])
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(ownSecret(dir, [NEW])).toEqual(rule)
  // Observed at Apache ZooKeeper 3.8.0.
  expect(passwordIsRight(rule, OLD, Buffer.from('2c393ad649114d2feabda4463a611fac', 'hex'))).toBe(true)
  expect(passwordIsRight(rule, NEW, Buffer.from('3f5a34d6e95c2c74df000c720eea3379', 'hex'))).toBe(false)
  expect(passwordIsRight(ownSecret(dir, []), NEW, sessionPassword(rule, NEW))).toBe(true)
})

test('a file that holds something else ends the start in words', () => {
  const whole = readFileSync(file, 'latin1')
  for (const text of ['', whole.slice(0, 20), `${whole}nonsense\n`]) {
    writeFileSync(file, text)
    expect(() => ownSecret(dir, [])).toThrow('does not hold a secret: restore it, or remove it')
  }
})
