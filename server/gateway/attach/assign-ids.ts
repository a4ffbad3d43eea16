// Which id each asked server has: its own word first, then /zookeeper/config by address, then its place in the connect
// string. Static configurations name nobody's client port, and hosts may have other names inside; then the servers that
// are left over on both sides are taken for each other in order, and that is said.

import type { AttachedServer } from '#shared/events/attach.ts'
import type { ServerAddress } from '../../client/server-list.ts'
import { type ConfiguredServer, findConfigured } from './config-node.ts'

export interface AssignedId {
  readonly sid: number
  readonly idFrom: AttachedServer['idFrom']
  readonly role: 'participant' | 'observer'
}

export interface AssignedIds {
  /** One for each address, in its order; all different. */
  readonly asked: readonly AssignedId[]
  /** Servers of the configuration that none of the addresses is. */
  readonly notAsked: readonly ConfiguredServer[]
}

/** @param own what each server says itself, in the order of `addresses`; null when it says nothing */
export function assignIds(
  addresses: readonly ServerAddress[],
  own: readonly ({ readonly sid: number; readonly from: 'conf' | 'AdminServer' } | null)[],
  configured: readonly ConfiguredServer[],
): AssignedIds {
  const used = new Set<number>()
  const claim = (sid: number | undefined, idFrom: AttachedServer['idFrom']): AssignedId | null => {
    if (sid === undefined || used.has(sid)) return null
    used.add(sid)
    const role = configured.find((server) => server.sid === sid)?.role ?? 'participant'
    return { sid, idFrom, role }
  }
  const said = addresses.map((_, i) => claim(own[i]?.sid, own[i]?.from ?? 'order'))
  const known = addresses.map(
    (address, i) => said[i] ?? claim(findConfigured(configured, address, addresses)?.sid, '/zookeeper/config'),
  )
  const asked = known.map((one) => {
    if (one) return one
    const left = configured.find(({ sid }) => !used.has(sid))?.sid
    let sid = left ?? 1
    while (used.has(sid)) sid += 1
    return claim(sid, 'order') ?? { sid, idFrom: 'order' as const, role: 'participant' as const }
  })
  return { asked, notAsked: configured.filter(({ sid }) => !used.has(sid)) }
}
