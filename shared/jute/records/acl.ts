// Identities and access control lists. Source: Id and ACL of zookeeper.jute.

import { type Acl, type AuthId, OPEN_ACL } from '../../zk/acl.ts'
import type { JuteReader } from '../reader.ts'
import type { JuteWriter } from '../writer.ts'

/** The fewest bytes that an Id and an ACL take. */
export const AUTH_ID_BYTES_MIN = 8
export const ACL_BYTES_MIN = 12

/** A null scheme or id reads as empty: no rule tells them apart, and neither grants anything. */
export function readAuthId(reader: JuteReader): AuthId {
  const scheme = reader.ustring() ?? ''
  return { scheme, id: reader.ustring() ?? '' }
}

export function writeAuthId(writer: JuteWriter, id: AuthId): void {
  writer.ustring(id.scheme)
  writer.ustring(id.id)
}

export function readAcl(reader: JuteReader): Acl {
  const perms = reader.int()
  const { scheme, id } = readAuthId(reader)
  return { perms, scheme, id }
}

export function writeAcl(writer: JuteWriter, acl: Acl): void {
  writer.int(acl.perms)
  writeAuthId(writer, acl)
}

/** One ACL of perms 31, "world" and "anyone": what nearly every create carries. */
const OPEN_BYTES = Uint8Array.of(
  ...[0, 0, 0, 1, 0, 0, 0, 31],
  ...[0, 0, 0, 5, 0x77, 0x6f, 0x72, 0x6c, 0x64],
  ...[0, 0, 0, 6, 0x61, 0x6e, 0x79, 0x6f, 0x6e, 0x65],
)

/** A list of ACLs; null and empty are told apart. The list that lets anyone do everything is one object, OPEN_ACL. */
export function readAclList(reader: JuteReader): readonly Acl[] | null {
  if (reader.takeIf(OPEN_BYTES)) return OPEN_ACL
  return reader.vector(ACL_BYTES_MIN, readAcl)
}

export function writeAclList(writer: JuteWriter, list: readonly Acl[] | null): void {
  writer.vector(list, writeAcl)
}
