// Server ids and session ids. A session id is a full 64-bit value, so a bigint in memory and `0x…` in JSON.

import type { Brand } from '../base/brand.ts'

/** A server's id, `myid` and the N of `server.N`. Negative ones are given to anonymous learners. */
export type Sid = Brand<number, 'Sid'>
/** Unsigned: session ids of servers from 128 on have the top bit set. */
export type SessionId = Brand<bigint, 'SessionId'>

export const NO_SESSION = 0n as SessionId

export function asSid(value: number): Sid {
  return value as Sid
}

export function asSessionId(value: bigint): SessionId {
  return BigInt.asUintN(64, value) as SessionId
}

/** `0x100000f8aa3001a`, as ZooKeeper's tools print it. */
export function formatSessionId(id: SessionId): string {
  return `0x${id.toString(16)}`
}
