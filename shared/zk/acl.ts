// Access control lists. Source: ZooDefs.Perms and ZooDefs.Ids.

export const PERMS = { READ: 1, WRITE: 2, CREATE: 4, DELETE: 8, ADMIN: 16, ALL: 31 } as const

/** Somebody, as `scheme` sees them: ('digest', 'bob:…'), ('ip', '127.0.0.1'), ('world', 'anyone'). */
export interface AuthId {
  readonly scheme: string
  readonly id: string
}

export interface Acl extends AuthId {
  /** Bits of PERMS. */
  readonly perms: number
}

export const OPEN_ACL: readonly Acl[] = [{ perms: PERMS.ALL, scheme: 'world', id: 'anyone' }]
export const READ_ACL: readonly Acl[] = [{ perms: PERMS.READ, scheme: 'world', id: 'anyone' }]

/** `cdrwa`-style text as zkCli prints it, for example `crwda` for ALL. */
export function formatPerms(perms: number): string {
  const letters: [number, string][] = [
    [PERMS.CREATE, 'c'],
    [PERMS.DELETE, 'd'],
    [PERMS.READ, 'r'],
    [PERMS.WRITE, 'w'],
    [PERMS.ADMIN, 'a'],
  ]
  return letters.map(([bit, letter]) => (perms & bit ? letter : '')).join('')
}
