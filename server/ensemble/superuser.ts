// Who may change the members: the superuser, whose password follows from the ensemble's secret. Members know its digest
// from their zoo.cfg; nobody who cannot read the secret can compute it.

import { createHash, createHmac } from 'node:crypto'

/** `secret`: lower-case hex. For `addAuth` with the scheme digest. */
export function superuserAuth(secret: string): string {
  const password = createHmac('sha256', Buffer.from(secret, 'hex'))
    .update('zabscope: who changes the members')
    .digest('hex')
  return `super:${password}`
}

/** The value of DigestAuthenticationProvider.superDigest. */
export function superDigest(secret: string): string {
  return `super:${createHash('sha1').update(superuserAuth(secret)).digest('base64')}`
}
