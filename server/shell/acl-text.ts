// ACLs as they are typed: `world:anyone:r,digest:bob:HASH=:cdrwa`. An id may hold colons. Source: AclParser, 3.8.0.

import { type Acl, PERMS } from '#shared/zk/acl.ts'
import { UsageError } from './options.ts'

const LETTERS: Readonly<Record<string, number>> = {
  r: PERMS.READ,
  w: PERMS.WRITE,
  c: PERMS.CREATE,
  d: PERMS.DELETE,
  a: PERMS.ADMIN,
}

/** Throws UsageError. */
export function parseAcl(text: string): Acl[] {
  return text.split(',').map((part) => {
    const first = part.indexOf(':')
    const last = part.lastIndexOf(':')
    if (first < 1 || last === first) throw new UsageError(`${part} does not have the form scheme:id:perm`)
    return { scheme: part.slice(0, first), id: part.slice(first + 1, last), perms: parsePerms(part.slice(last + 1)) }
  })
}

function parsePerms(text: string): number {
  let perms = 0
  for (const letter of text) {
    const bit = LETTERS[letter]
    if (bit === undefined) throw new UsageError(`Unknown perm type: ${letter}; there are c, d, r, w and a.`)
    perms |= bit
  }
  return perms
}
