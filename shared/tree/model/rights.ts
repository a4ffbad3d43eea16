// Who may do what, and which lists a client may set. Rules: client-protocol.md §10.

import type { Acl, AuthId } from '../../zk/acl.ts'

/** Somebody with these identities has at least one of the bits. */
export function may(acl: readonly Acl[], bits: number, auth: readonly AuthId[]): boolean {
  if (auth.some(({ scheme }) => scheme === 'super')) return true
  return acl.some(
    (entry) =>
      (entry.perms & bits) !== 0 &&
      ((entry.scheme === 'world' && entry.id === 'anyone') ||
        auth.some(({ scheme, id }) => scheme === entry.scheme && isWho(scheme, id, entry.id))),
  )
}

function isWho(scheme: string, id: string, listed: string): boolean {
  if (scheme === 'digest') return id === listed
  if (scheme !== 'ip') return false
  const [network = '', bits = '32'] = listed.split('/')
  return binary(id).startsWith(binary(network).slice(0, Number(bits)))
}

/** `10.0.0.1` as 32 digits. */
function binary(address: string): string {
  return address
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('')
}

/** The list as it is kept, or null for one that is refused. */
export function keptAcl(acl: readonly Acl[] | null, auth: readonly AuthId[]): readonly Acl[] | null {
  if (acl === null || acl.length === 0) return null
  const kept: Acl[] = []
  const seen: string[] = []
  for (const entry of acl) {
    const text = `${entry.perms} ${entry.scheme} ${entry.id}`
    if (seen.includes(text)) continue
    seen.push(text)
    const own = auth.filter(({ scheme }) => scheme === 'digest')
    const stands = entry.scheme === 'auth' ? own.map((id) => ({ perms: entry.perms, ...id })) : [entry]
    if (stands.length === 0 || !stands.every(isLegal)) return null
    kept.push(...stands)
  }
  return kept
}

function isLegal({ scheme, id }: Acl): boolean {
  switch (scheme) {
    case 'world':
      return id === 'anyone'
    case 'digest':
      return id.split(':').length === 2 && !id.endsWith(':')
    case 'ip':
      return /^\d+\.\d+\.\d+\.\d+(\/\d+)?$/.test(id)
    default:
      return false
  }
}
