import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { asSessionId } from '#shared/zk/ids.ts'
import { type PasswordRule, passwordIsRight, readSecret, sessionPassword } from './session-password.ts'

// Observed at Apache ZooKeeper 3.8.0.
test.each([
  [0x0100001d35220000n, '2c393ad649114d2feabda4463a611fac'],
  [0x0100001d35220001n, '3f5a34d6e95c2c74df000c720eea3379'],
  [0x0100000d24b00000n, 'a2396b4887475c95508a022ba80cbb0f'],
  [0x0100000f8aa30014n, '5a72e13be1ed822436965b3dbe8ef997'],
  [0x0100001303210000n, 'e5e366c80ef83f3ecbfd017307baa358'],
])('without a secret, passwords are those of Apache’s servers: %s', (id, password) => {
  expect(Buffer.from(sessionPassword({ type: 'compatible' }, asSessionId(id))).toString('hex')).toBe(password)
})

test('with a secret, an id does not tell its password', () => {
  const rule: PasswordRule = { type: 'hmac', secret: Buffer.alloc(32, 1) }
  const other: PasswordRule = { type: 'hmac', secret: Buffer.alloc(32, 2) }
  const id = asSessionId(0x100001d35220000n)
  const password = sessionPassword(rule, id)
  expect(password).toHaveLength(16)
  expect(passwordIsRight(rule, id, password)).toBe(true)
  expect(passwordIsRight(rule, asSessionId(id + 1n), password)).toBe(false)
  expect(passwordIsRight(other, id, password)).toBe(false)
  expect(passwordIsRight(rule, id, sessionPassword({ type: 'compatible' }, id))).toBe(false)
  expect(passwordIsRight(rule, id, null)).toBe(false)
  expect(passwordIsRight(rule, id, password.subarray(0, 15))).toBe(false)
})

test('a secret file holds hexadecimal digits or raw bytes, and enough of them', () => {
  const dir = mkdtempSync(join(tmpdir(), 'secret-'))
  const write = (content: string | Uint8Array) => {
    const path = join(dir, 'secret')
    writeFileSync(path, content)
    return readSecret(path)
  }
  expect(write(`${'ab'.repeat(32)}\n`)).toEqual({ ok: true, value: Buffer.alloc(32, 0xab) })
  expect(write(Buffer.alloc(20, 0xff))).toEqual({ ok: true, value: Buffer.alloc(20, 0xff) })
  expect(write('abcd')).toMatchObject({ ok: false, error: expect.stringContaining('fewer than 16 bytes') })
  expect(readSecret(join(dir, 'none'))).toMatchObject({ ok: false })
})
