// The 16-byte password of a session. Deterministic, so every member can check it without shared state.
// With an ensemble secret it is an HMAC; without one it is what Apache's servers compute (and anybody can),
// which only an ensemble that contains Apache servers needs. Source: client-protocol.md §3.2, security.md ZK-4.

import { createHmac, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { err, ok, type Result } from '#shared/base/result.ts'
import type { SessionId } from '#shared/zk/ids.ts'

export const PASSWORD_BYTES = 16
/** A shorter secret can be guessed. */
export const SECRET_BYTES_MIN = 16

export type PasswordRule =
  /** `withApaches`: sessions from before there was a secret, which keep the passwords that their clients have. */
  | { readonly type: 'hmac'; readonly secret: Uint8Array; readonly withApaches?: ReadonlySet<SessionId> }
  /** ZooKeeper's own algorithm: no protection, for mixed ensembles. */
  | { readonly type: 'compatible' }

/** Reads an ensemble's secret: a file of hexadecimal digits, or of raw bytes. */
export function readSecret(path: string): Result<Uint8Array, string> {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    return err(`zabscope.secretFile: ${error instanceof Error ? error.message : String(error)}`)
  }
  const text = bytes.toString('latin1').trim()
  const secret = /^([0-9a-f]{2})+$/i.test(text) ? Buffer.from(text, 'hex') : bytes
  if (secret.length < SECRET_BYTES_MIN)
    return err(`zabscope.secretFile: ${path} holds fewer than ${SECRET_BYTES_MIN} bytes; write 32 random ones`)
  return ok(secret)
}

export function sessionPassword(rule: PasswordRule, sessionId: SessionId): Uint8Array {
  if (rule.type === 'compatible' || rule.withApaches?.has(sessionId)) return compatiblePassword(sessionId)
  return hmacPassword(rule.secret, sessionId)
}

/** In constant time; a missing password or one of another length is wrong. */
export function passwordIsRight(rule: PasswordRule, sessionId: SessionId, passwd: Uint8Array | null): boolean {
  if (passwd === null || passwd.length !== PASSWORD_BYTES) return false
  return timingSafeEqual(sessionPassword(rule, sessionId), passwd)
}

function hmacPassword(secret: Uint8Array, sessionId: SessionId): Uint8Array {
  const id = Buffer.alloc(8)
  id.writeBigUInt64BE(sessionId)
  return createHmac('sha256', secret).update(id).digest().subarray(0, PASSWORD_BYTES)
}

const MASK_48 = (1n << 48n) - 1n
const MULTIPLIER = 0x5deece66dn

/** java.util.Random(sessionId ^ 0xB3415C00).nextBytes(16). */
function compatiblePassword(sessionId: SessionId): Uint8Array {
  const bytes = Buffer.alloc(PASSWORD_BYTES)
  let state = (sessionId ^ 0xb3415c00n ^ MULTIPLIER) & MASK_48
  for (let offset = 0; offset < PASSWORD_BYTES; offset += 4) {
    state = (state * MULTIPLIER + 0xbn) & MASK_48
    bytes.writeUInt32LE(Number(state >> 16n), offset)
  }
  return bytes
}
