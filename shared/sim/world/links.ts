// Who hears whom. Faults are kept per direction; a link without an entry is sound. What passes over the links
// is the business of quorum-wires.ts, notifications.ts and client-wires.ts.

import { nextInt, type Prng } from '../../base/prng.ts'
import type { Sid } from '../../zk/ids.ts'
import { type Endpoint, FIRST_CLIENT, type WorldOptions } from './contract.ts'

export interface Links {
  readonly cuts: Set<number>
  readonly extraUs: Map<number, number>
}

export function createLinks(): Links {
  return { cuts: new Set(), extraUs: new Map() }
}

export function serverEnd(sid: Sid): Endpoint {
  return sid as number as Endpoint
}

export function clientEnd(client: number): Endpoint {
  return (FIRST_CLIENT + client) as Endpoint
}

function key(from: Endpoint, to: Endpoint): number {
  return from * 65536 + to
}

export function isCut(links: Links, from: Endpoint, to: Endpoint): boolean {
  return links.cuts.size > 0 && links.cuts.has(key(from, to))
}

export function cut(links: Links, from: Endpoint, to: Endpoint): void {
  links.cuts.add(key(from, to))
}

/** Whether there was anything to heal. */
export function heal(links: Links, from: Endpoint, to: Endpoint): boolean {
  links.extraUs.delete(key(from, to))
  return links.cuts.delete(key(from, to))
}

export function slow(links: Links, from: Endpoint, to: Endpoint, extraUs: number): void {
  links.extraUs.set(key(from, to), extraUs)
}

/** How long a message takes now, microseconds. */
export function delayUs(links: Links, options: WorldOptions, prng: Prng, from: Endpoint, to: Endpoint): number {
  const extra = links.extraUs.size === 0 ? 0 : (links.extraUs.get(key(from, to)) ?? 0)
  return options.delayMinUs + nextInt(prng, options.delayMaxUs - options.delayMinUs + 1) + extra
}
