// ACLs between ZooKeeper and JSON: letters for permissions, and the hash of a digest never leaves the gateway.

import type { AclJson } from '#shared/events/tree-requests.ts'
import { type Acl, formatPerms, PERMS } from '#shared/zk/acl.ts'

/** Instead of a digest's hash. */
export const MASKED = '…'

export function aclToJson({ perms, scheme, id }: Acl): AclJson {
  const shown = scheme === 'digest' ? `${id.slice(0, Math.max(0, id.indexOf(':')))}:${MASKED}` : id
  return { perms: formatPerms(perms), scheme, id: shown }
}

const BITS: Readonly<Record<string, number>> = {
  c: PERMS.CREATE,
  d: PERMS.DELETE,
  r: PERMS.READ,
  w: PERMS.WRITE,
  a: PERMS.ADMIN,
}

/** The letters are checked by the request's shape. */
export function aclFromJson({ perms, scheme, id }: AclJson): Acl {
  return { perms: [...perms].reduce((bits, letter) => bits | (BITS[letter] ?? 0), 0), scheme, id }
}

/** Whether it lacks what a server would need. */
export function isMasked({ scheme, id }: AclJson): boolean {
  return scheme === 'digest' && id.endsWith(`:${MASKED}`)
}
