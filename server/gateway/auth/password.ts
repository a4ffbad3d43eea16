// Passwords: what may be one, how it is kept, and how many are worked on at once. Each hash takes 128 MiB and most of a
// second of a core, on purpose, so logins wait in a short queue. Rules.

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { err, ok, type Result } from '#shared/base/result.ts'
import { HASHES_AT_ONCE_MAX, HASHES_WAITING_MAX, PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from '../limits.ts'
import { RequestError } from '../request-error.ts'

export interface Cost {
  readonly N: number
  readonly r: number
  readonly p: number
}

/** Source: OWASP, for scrypt. */
export const COST: Cost = { N: 2 ** 17, r: 8, p: 1 }
/** A user file must not make us work for minutes. */
const N_MAX = 2 ** 20
const SALT_BYTES = 16
const KEY_BYTES = 32
/** The words that guessers try first, and ours. */
const COMMON =
  /^(.)\1*$|^(0?1234567890?)+|password|passw0rd|qwerty|letmein|iloveyou|welcome|admin(istrator)?\d*$|zabscope|zookeeper/i

/** A sentence that says why a password is not taken; null for a good one. */
export function passwordProblem(password: string): string | null {
  if (password.length < PASSWORD_LENGTH_MIN) return `A password has at least ${PASSWORD_LENGTH_MIN} characters.`
  if (password.length > PASSWORD_LENGTH_MAX) return `A password has at most ${PASSWORD_LENGTH_MAX} characters.`
  if (COMMON.test(password)) return 'This password is among the first that anybody would guess. Take another.'
  return null
}

/** `scrypt$N$r$p$salt$key`, with salt and key in base64url. Rejects with RequestError BUSY. */
export async function hashPassword(password: string, cost: Cost = COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const key = await derive(password, salt, cost)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/** It was made when less work was thought enough. */
export function isWeaker(stored: string, cost: Cost): boolean {
  const parsed = parseHash(stored)
  if (!parsed.ok) return false
  const { N, r, p } = parsed.value.cost
  return N * r * p < cost.N * cost.r * cost.p
}

interface StoredHash {
  readonly cost: Cost
  readonly salt: Buffer
  readonly key: Buffer
}

/** The error is a sentence. */
export function parseHash(text: string): Result<StoredHash, string> {
  const found = /^scrypt\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([\w-]{22,86})\$([\w-]{43})$/.exec(text)
  const [N, r, p] = [Number(found?.[1]), Number(found?.[2]), Number(found?.[3])]
  const fits = N >= 2 ** 14 && N <= N_MAX && Number.isInteger(Math.log2(N)) && r >= 1 && r <= 16 && p >= 1 && p <= 8
  if (!found?.[4] || !found[5] || !fits) return err('a password hash that `zabscope user` has not written')
  return ok({ cost: { N, r, p }, salt: Buffer.from(found[4], 'base64url'), key: Buffer.from(found[5], 'base64url') })
}

/** A user whom nobody knows costs as much work as one who exists. */
const NOBODY: StoredHash = { cost: COST, salt: Buffer.alloc(SALT_BYTES), key: Buffer.alloc(KEY_BYTES) }

/** @param stored null: there is no such user. Rejects with RequestError BUSY. */
export async function passwordIsRight(stored: string | null, password: string): Promise<boolean> {
  const parsed = stored === null ? null : parseHash(stored)
  const known = parsed?.ok ? parsed.value : NOBODY
  const key = await derive(password.slice(0, PASSWORD_LENGTH_MAX), known.salt, known.cost)
  return timingSafeEqual(key, known.key) && known !== NOBODY
}

let running = 0
const waiting: (() => void)[] = []

async function derive(password: string, salt: Buffer, { N, r, p }: Cost): Promise<Buffer> {
  if (running >= HASHES_AT_ONCE_MAX) {
    if (waiting.length >= HASHES_WAITING_MAX)
      throw new RequestError('RATE', 'Too many people log in at this moment. Try again in a few seconds.')
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else running += 1
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      scrypt(password, salt, KEY_BYTES, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
        error ? reject(error) : resolve(key),
      )
    })
  } finally {
    // A waiter takes over the place; the count stays.
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }
}
