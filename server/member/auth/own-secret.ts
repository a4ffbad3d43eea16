// The secret of a server that is alone: made at its first start and kept in its data directory, so that session passwords
// cannot be guessed without anybody having to configure it. An ensemble's secret is session-password.ts's business.

import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { asSessionId, formatSessionId, type SessionId } from '#shared/zk/ids.ts'
import { StorageError } from '../../storage/storage-error.ts'
import type { PasswordRule } from './session-password.ts'

export const OWN_SECRET_FILE = 'zabscope.secret'
const SECRET_BYTES = 32
const SECRET_LINE = /^[0-9a-f]{64}$/
const SESSION_LINE = /^0x[0-9a-f]{1,16}$/

/**
 * Reads the secret, or makes one. `existing`: the sessions that the data directory holds; those that were there when the
 * secret was made, under Apache's server, keep the passwords that their clients have.
 * Throws a StorageError when the file cannot be read or written.
 */
export function ownSecret(dataDir: string, existing: Iterable<SessionId>): PasswordRule {
  const path = join(dataDir, OWN_SECRET_FILE)
  try {
    if (!existsSync(path)) write(path, existing)
    return parse(path, readFileSync(path, 'latin1'))
  } catch (error) {
    if (error instanceof StorageError) throw error
    throw new StorageError(`cannot keep the secret of session passwords: ${String(error)}`, { cause: error })
  }
}

function write(path: string, existing: Iterable<SessionId>): void {
  const lines = [randomBytes(SECRET_BYTES).toString('hex'), ...[...existing].map(formatSessionId)]
  const part = `${path}.part`
  const file = openSync(part, 'w', 0o600)
  try {
    writeSync(file, `${lines.join('\n')}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(part, path)
}

function parse(path: string, text: string): PasswordRule {
  const [secret = '', ...sessions] = text.trimEnd().split('\n')
  if (!SECRET_LINE.test(secret) || !sessions.every((line) => SESSION_LINE.test(line)))
    throw new StorageError(`${path} does not hold a secret: restore it, or remove it, and clients open new sessions`)
  return {
    type: 'hmac',
    secret: Buffer.from(secret, 'hex'),
    withApaches: new Set(sessions.map((line) => asSessionId(BigInt(line)))),
  }
}
