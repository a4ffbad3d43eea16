// The digest scheme: `user:password` becomes the identity `user:base64(SHA1("user:password"))`, and the
// superuser's digest becomes `super`. Source: DigestAuthenticationProvider, client-protocol.md §10.

import { createHash, timingSafeEqual } from 'node:crypto'
import type { AuthId } from '#shared/zk/acl.ts'

export interface DigestRule {
  readonly enabled: boolean
  /** `super:<digest>`, or null: there is no superuser. */
  readonly superDigest: string | null
}

/** `bob:fyVmFCwVbTJYrznoSu1koqYEYF0=` for `bob:secret`. */
export function digestOf(credential: Uint8Array): string {
  const end = credential.indexOf(0x3a)
  const user = Buffer.from(end === -1 ? credential : credential.subarray(0, end)).toString('utf8')
  return `${user}:${createHash('sha1').update(credential).digest('base64')}`
}

/** The identities that an auth packet adds to its connection; null when the scheme is unknown or off. */
export function authenticate(
  rule: DigestRule,
  scheme: string,
  credential: Uint8Array | null,
): readonly AuthId[] | null {
  // `ip` is implicit; asking for it again is allowed and adds nothing, as in ZooKeeper.
  if (scheme === 'ip') return []
  if (scheme !== 'digest' || !rule.enabled) return null
  const id = digestOf(credential ?? new Uint8Array(0))
  const ids: AuthId[] = [{ scheme: 'digest', id }]
  if (rule.superDigest !== null && sameText(id, rule.superDigest)) ids.push({ scheme: 'super', id: '' })
  return ids
}

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
