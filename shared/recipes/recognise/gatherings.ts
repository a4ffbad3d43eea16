// Recipes in which nobody waits in a line: groups and discovery, double barriers, claimed queues, and what one
// znode's data says (a lease, a counter). Each reader answers null when the znodes are something else.
// Source: locks-and-recipes.md §2.1–2.3, §2.7.

import { tryUtf8Decode } from '../../base/text.ts'
import { NO_SESSION } from '../../zk/ids.ts'
import { joinPath } from '../../zk/path.ts'
import type { Family, Kind, LockChild, Recipe } from '../contract.ts'
import { splitSequence } from '../sequence.ts'
import type { Fact, SiteNode, Standing, StandingState, WakeExpectation } from './picture.ts'

export interface Gathering {
  readonly recipe: Recipe
  readonly family: Family
  readonly standings: readonly Standing[]
  readonly facts: readonly Fact[]
  readonly record?: Readonly<Record<string, string>>
}

const UUID36 = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const HEX32 = /^[0-9a-f]{32}$/

/** Names of group members: [library, pattern]. */
const MEMBERS: readonly (readonly [Family, RegExp])[] = [
  ['kazoo', /^[0-9a-f]{32}__party__$/],
  ['kazoo', /^[0-9a-f]{32}-(?!.*\d{10}$).+$/],
  ['aiozk', /^(?:worker|sentinel|party)-[0-9a-f]{32}-(?:\d{10}|-\d{9,10})$/],
  ['hive', /^serverUri=.*;sequence=\d{10}$/],
  ['unknown', /^member_\d{10}$/], // Twitter's server sets
]

export function memberOf(
  dir: string,
  child: LockChild,
  kind: Kind,
  family: Family,
  more: Partial<Standing> = {},
): Standing {
  const { name, czxid, ctimeMs, ephemeralOwner } = child
  const state: StandingState = 'member'
  const wake: WakeExpectation = { via: 'nothing' }
  return {
    ...{ path: joinPath(dir, name), name, family, kind, owner: ephemeralOwner, token: czxid, sinceMs: ctimeMs },
    ...{ sequence: splitSequence(name)?.sequence ?? 0, state, position: 0 },
    ...{ hard: [], hardCount: 0, soft: [], softCount: 0, wake },
    ...more,
  }
}

/** Members beside `ready`; before it exists only a person can say (`isSaid`). Entering they watch it, leaving the lowest and the highest watch each other. */
export function readDoubleBarrier(node: SiteNode, isSaid = false): Gathering | null {
  const ready = node.children.some((child) => child.name === 'ready')
  const members = node.children.filter((child) => child.ephemeralOwner !== NO_SESSION && child.name !== 'ready')
  const hex = members.every((child) => HEX32.test(child.name))
  if ((!ready && !isSaid) || !members.every((child) => HEX32.test(child.name) || UUID36.test(child.name))) return null
  const family: Family = members.length === 0 ? 'unknown' : hex ? 'kazoo' : 'curator'
  return {
    recipe: 'double barrier',
    family,
    standings: members.map((child) => memberOf(node.path, child, 'member', family)),
    facts: [
      ...(ready ? [{ type: 'siblings', detail: 'ready' } as const] : []),
      { type: 'names', detail: (hex ? HEX32 : UUID36).source },
    ],
  }
}

/** Ephemerals by one of the conventions of groups. */
export function readGroup(node: SiteNode): Gathering | null {
  const mine = node.children.filter((child) => child.ephemeralOwner !== NO_SESSION)
  for (const [family, pattern] of MEMBERS) {
    const members = mine.filter((child) => pattern.test(child.name))
    if (members.length === 0 || members.length < mine.length) continue
    const standings = members.map((child) => memberOf(node.path, child, 'member', family))
    return { recipe: 'group', family, standings, facts: [{ type: 'names', detail: pattern.source }] }
  }
  return null
}

/** Curator's service discovery: each instance says what it is in JSON. */
export function readDiscovery(node: SiteNode): Gathering | null {
  const instances = node.children.filter((child) => textOf(child.data).includes('"serviceType"'))
  if (instances.length === 0) return null
  const standings = instances.map((child) => memberOf(node.path, child, 'member', 'curator'))
  return { recipe: 'discovery', family: 'curator', standings, facts: [{ type: 'data', detail: '"serviceType"' }] }
}

/** All ephemeral children of a directory that a path or a person calls a group. */
export function readMembers(node: SiteNode, family: Family): Standing[] {
  const members = node.children.filter((child) => child.ephemeralOwner !== NO_SESSION)
  return members.map((child) => memberOf(node.path, child, 'member', family))
}

/** kazoo's LockingQueue: an item is claimed while an ephemeral of its name stands in `taken`. */
export function readClaimedQueue(entries: SiteNode, taken: SiteNode | null): Gathering {
  const claims = new Map(taken?.children.map((child) => [child.name, child]))
  const items = [...entries.children].sort((a, b) => (a.name < b.name ? -1 : 1))
  const claimed = items.flatMap((item) => {
    const claim = claims.get(item.name)
    return claim && taken ? [memberOf(taken.path, claim, 'claim', 'kazoo', { state: 'granted' })] : []
  })
  const free = items.filter((item) => !claims.has(item.name))
  const waiting = free.map((item) => memberOf(entries.path, item, 'item', 'kazoo', { state: 'item' }))
  return {
    recipe: 'queue',
    family: 'kazoo',
    standings: [...claimed, ...waiting],
    facts: [{ type: 'siblings', detail: 'entries, taken' }],
  }
}

/** kazoo's NonBlockingLease: a persistent record whose end is by the clocks of clients, and outlives their sessions. */
export function readLease(node: SiteNode): Gathering | null {
  const child = node.children.find(({ name }) => name === 'lease_holder')
  if (!child) return null
  const text = textOf(child.data)
  const holder = /"holder":\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1]
  const end = /"end":\s*"([^"]*)"/.exec(text)?.[1]
  const standings = [memberOf(node.path, child, 'lease', 'kazoo', { state: 'granted' })]
  const record = { holder: holder ?? '', end: end ?? '' }
  return {
    recipe: 'lease',
    family: 'kazoo',
    standings,
    record,
    facts: [
      { type: 'siblings', detail: 'lease_holder' },
      { type: 'data', detail: 'holder, end' },
    ],
  }
}

/**
 * Four or eight bytes, big-endian, on a node without children: Curator's SharedCount or DistributedAtomicLong. A
 * kazoo Counter is text. Only asked where a path or a person says counter: any node may hold four bytes.
 */
export function readCounter(node: SiteNode): Gathering {
  const bytes = node.data ?? new Uint8Array()
  const binary = bytes.length === 4 || bytes.length === 8
  const isText = /^-?\d+(?:\.\d+)?$/.test(textOf(bytes))
  const value = isText ? textOf(bytes) : binary ? String(bigEndian(bytes)) : ''
  const detail = isText ? 'a number as text' : `${bytes.length} bytes, big-endian`
  return {
    recipe: 'counter',
    family: isText ? 'kazoo' : 'curator',
    standings: [],
    record: { value },
    facts: [{ type: 'data', detail }],
  }
}

function bigEndian(bytes: Uint8Array): bigint {
  const unsigned = bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
  return BigInt.asIntN(bytes.length * 8, unsigned)
}

function textOf(data: Uint8Array | null): string {
  return tryUtf8Decode(data ?? new Uint8Array()) ?? ''
}
