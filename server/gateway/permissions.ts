// Which role may do what, in one table. A request without an entry does not compile, and is refused.

import type { ClientToServer } from '#shared/events/socket-protocol.ts'

export const ROLES = ['viewer', 'operator', 'admin'] as const
export type Role = (typeof ROLES)[number]
export type RequestName = keyof ClientToServer

/** The least role that may ask. Source: security.md §3. */
export const PERMISSIONS: Readonly<Record<RequestName, Role>> = {
  hello: 'viewer',
  'tree:list': 'viewer',
  'tree:forget': 'viewer',
  'node:get': 'viewer',
  'locks:list': 'viewer',
  'locks:open': 'viewer',
  'locks:close': 'viewer',
  'member:kill': 'operator',
  'member:start': 'operator',
  'member:stop': 'operator',
  'member:pause': 'operator',
  'member:resume': 'operator',
}

/** Requests that change something, and so leave a line in the audit log. */
export const AUDITED: ReadonlySet<RequestName> = new Set<RequestName>([
  'member:kill',
  'member:start',
  'member:stop',
  'member:pause',
  'member:resume',
])

export function isRequestName(name: string): name is RequestName {
  return Object.hasOwn(PERMISSIONS, name)
}

export function mayAsk(role: Role, request: RequestName): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(PERMISSIONS[request])
}
