// Who may do how much: three roles, each may all that the one before it may. Source: security.md §3.

export const ROLES = ['viewer', 'operator', 'admin'] as const
export type Role = (typeof ROLES)[number]

/** Whether `role` may what `least` may. */
export function isAtLeast(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(least)
}

/** The lesser of two: nobody hands on more than they have. */
export function lesserRole(a: Role, b: Role): Role {
  return isAtLeast(a, b) ? b : a
}
