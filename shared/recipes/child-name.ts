// Recognises one child's name: whose convention it follows, what it asks for, and its sequence. The rules
// are tried in order and the first match wins. Source: locks-and-recipes.md §2.1–2.5.

import { tryUtf8Decode } from '../base/text.ts'
import { asSessionId } from '../zk/ids.ts'
import type { Family, Kind, LockChild, Recipe } from './contract.ts'
import { SEQUENCE, splitSequence } from './sequence.ts'

/** A child that contends, as its name tells. */
export interface Sighting {
  readonly child: LockChild
  /** The regular expression that its name matched. */
  readonly pattern: string
  readonly family: Family
  readonly recipe: Recipe
  readonly kind: Kind
  /** The suffix as text; libraries differ in how they compare it. */
  readonly suffix: string
  readonly sequence: number
  /** The process or object that made it, where the name holds one. */
  readonly maker: string | null
}

type Groups = Readonly<Record<string, string | undefined>>

interface NameRule {
  readonly pattern: RegExp
  readonly family: Family | ((groups: Groups, child: LockChild) => Family)
  readonly recipe: Recipe
  readonly kind: Kind | ((groups: Groups, child: LockChild) => Kind)
  /** Persistent nodes follow it as well; for the others being ephemeral is part of the convention. */
  readonly persistentToo?: true
}

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const HEX32 = '[0-9a-f]{32}'
const SEQ = `(?<seq>${SEQUENCE})`

const AIOZK_KINDS: Readonly<Record<string, Kind>> = { lock: 'lock', read: 'read', write: 'write' }
const HIVE_KINDS: Readonly<Record<string, Kind>> = { SHARED: 'read', SEMI_SHARED: 'update', EXCLUSIVE: 'write' }

const RULES: readonly NameRule[] = [
  // Curator's protected mode puts `_c_<guid>-` before the name.
  rule(`_c_(?<maker>${UUID})-lock-${SEQ}`, 'curator', 'lock', 'lock', true),
  rule(`_c_(?<maker>${UUID})-latch-${SEQ}`, 'curator', 'election', 'candidate', true),
  rule(`_c_(?<maker>${UUID})-lease-${SEQ}`, 'curator', 'semaphore', 'lease', true),
  rule(`_c_(?<maker>${UUID})-__READ__${SEQ}`, 'curator', 'read-write lock', 'read', true),
  rule(`_c_(?<maker>${UUID})-__WRIT__${SEQ}`, 'curator', 'read-write lock', 'write', true),
  rule(`_c_(?<maker>${HEX32})-lock-${SEQ}`, 'go-zookeeper', 'lock', 'lock', true),
  rule(`(?<maker>${HEX32})__lock__${SEQ}`, 'kazoo', 'lock', 'lock', true),
  rule(`(?<maker>${HEX32})__rlock__${SEQ}`, 'kazoo', 'read-write lock', 'read', true),
  // kazoo takes whatever ends so for a contender, also what was made without its prefix.
  rule(`.*__lock__${SEQ}`, 'kazoo', 'lock', 'lock', true),
  rule(`.*__rlock__${SEQ}`, 'kazoo', 'read-write lock', 'read', true),
  rule(`(?<maker>${HEX32})`, 'kazoo', 'semaphore', 'lease'),
  rule(`(?<label>lock)-(?<maker>${HEX32})-${SEQ}`, 'aiozk', 'lock', 'lock'),
  rule(`(?<label>read|write)-(?<maker>${HEX32})-${SEQ}`, 'aiozk', 'read-write lock', (g) =>
    kindOf(AIOZK_KINDS, g.label),
  ),
  rule(`candidate-(?<maker>${HEX32})-${SEQ}`, 'aiozk', 'election', 'candidate'),
  rule(`lease-(?<maker>${HEX32})-${SEQ}`, 'aiozk', 'semaphore', 'lease'),
  rule(`x-(?<session>-?\\d{1,19}|[0-9a-f]{16})-${SEQ}`, writeLockFamily, 'lock', 'lock'),
  rule(`n_${SEQ}`, 'zookeeper-java', 'election', 'candidate'),
  rule(`${UUID}-n_${SEQ}`, 'documented', 'election', 'candidate'), // its first group may be all digits, as Solr's session
  rule(`(?<session>-?\\d{1,19})-.+-n_(?<seq>\\d{10})`, 'solr', 'election', 'candidate'),
  rule(`.+-n_${SEQ}`, 'documented', 'election', 'candidate'),
  rule(`ex(?<seq>\\d{10})`, 'ruby-zk', 'lock', 'write'),
  rule(`sh(?<seq>\\d{10})`, 'ruby-zk', 'read-write lock', 'read'),
  rule(`sem(?<seq>\\d{10})`, 'ruby-zk', 'semaphore', 'permit'),
  rule(`ballot(?<seq>\\d{10})`, 'ruby-zk', 'election', 'candidate'),
  rule(`zlock#(?<maker>[0-9a-f-]{36})#(?<seq>\\d{10})`, 'accumulo', 'lock', 'lock'),
  rule(`flock#READ~[^~#]+~[^~#]*~[^~#]*#(?<seq>\\d{10})`, 'accumulo', 'read-write lock', 'read', true),
  rule(`flock#WRITE~[^~#]+~[^~#]*~[^~#]*#(?<seq>\\d{10})`, 'accumulo', 'read-write lock', 'write', true),
  rule(`flock#(?<seq>\\d{10})`, 'accumulo', 'read-write lock', olderFateKind, true),
  rule(
    `LOCK-(?<label>SHARED|SEMI_SHARED|EXCLUSIVE)-${SEQ}`,
    'hive',
    'read-write lock',
    (g) => kindOf(HIVE_KINDS, g.label),
    true,
  ),
  rule(`V_${SEQ}`, 'bookkeeper', 'election', 'candidate'),
  rule(`(?:json\\.info|info)_(?<seq>\\d{10})`, 'mesos', 'election', 'candidate'),
  rule(`master_(?<seq>\\d{10})`, 'spark', 'election', 'candidate'),
  rule(`leader_election-(?<seq>\\d{10})`, 'clickhouse', 'election', 'candidate'),
  rule(`qn-${SEQ}`, 'zookeeper-java', 'queue', 'item', true),
  rule(`queue-(?:[01][0-9A-F]{8}|\\|[^|]+\\|)?${SEQ}`, 'curator', 'queue', 'item', true),
  rule(`entry-\\d{3}-${SEQ}`, 'kazoo', 'queue', 'item', true),
  // The recipes page puts an id before these; many leave it out, and lose what it is for: to find their node again.
  rule(`(?:.+-)?lock-${SEQ}`, 'documented', 'lock', 'lock'),
  rule(`(?:.+-)?read-${SEQ}`, 'documented', 'read-write lock', 'read'),
  rule(`(?:.+-)?write-${SEQ}`, 'documented', 'read-write lock', 'write'),
]

/**
 * Ephemeral and numbered, but allocations of numbers (ClickHouse, BookKeeper's ledgers), members of a group
 * (aiozk, HiveServer2, Twitter's server sets), not contenders.
 */
const NOT_CONTENDING = new RegExp(
  `^(?:block-\\d{10}|urL\\d{10}|serverUri=.*|member_\\d{10}|${HEX32}|(?:worker|sentinel|party)-${HEX32}-${SEQUENCE})$`,
)

/** A child never changes, and histories read it at every change of its directory. */
const readBefore = new WeakMap<LockChild, Sighting | null>()

/** Reads one child by the known conventions; null when its name follows none of them. */
export function readChildName(child: LockChild): Sighting | null {
  const before = readBefore.get(child)
  if (before !== undefined) return before
  const sighting = findRule(child)
  readBefore.set(child, sighting)
  return sighting
}

function findRule(child: LockChild): Sighting | null {
  const ephemeral = child.ephemeralOwner !== 0n
  for (const candidate of RULES) {
    if (!ephemeral && !candidate.persistentToo) continue
    const groups = candidate.pattern.exec(child.name)
    if (groups) return sight(child, candidate, groups.groups ?? {}, ephemeral)
  }
  return null
}

/**
 * Reads a child of a library that we do not know: ephemeral, and its name ends in a sequence. `maker` is
 * then the constant part of the name, which siblings of one recipe share.
 */
export function readUnknownName(child: LockChild): Sighting | null {
  if (child.ephemeralOwner === 0n || NOT_CONTENDING.test(child.name)) return null
  const split = splitSequence(child.name)
  if (!split) return null
  const { suffix, sequence } = split
  return {
    child,
    pattern: `^(.*?)${SEQ}$`,
    family: 'unknown',
    recipe: 'unknown',
    kind: 'unknown',
    suffix,
    sequence,
    maker: constantPart(split.prefix),
  }
}

/** The session id in the names of WriteLock and Solr; null when the name holds none. */
export function sessionInName(sighting: Sighting): bigint | null {
  const { family, child } = sighting
  const text = /^x-(-?\d{1,19}|[0-9a-f]{16})-/.exec(child.name)?.[1] ?? /^(-?\d{1,19})-.+-n_/.exec(child.name)?.[1]
  if (text === undefined || !['zookeeper-java', 'zookeeper-c', 'solr'].includes(family)) return null
  return asSessionId(BigInt(family === 'zookeeper-c' ? `0x${text}` : text))
}

function rule(
  pattern: string,
  family: NameRule['family'],
  recipe: Recipe,
  kind: NameRule['kind'],
  persistentToo?: true,
): NameRule {
  const base = { pattern: new RegExp(`^${pattern}$`), family, recipe, kind }
  return persistentToo ? { ...base, persistentToo } : base
}

function sight(child: LockChild, found: NameRule, groups: Groups, ephemeral: boolean): Sighting {
  const suffix = groups.seq ?? ''
  const kind = typeof found.kind === 'function' ? found.kind(groups, child) : found.kind
  return {
    child,
    pattern: found.pattern.source,
    family: typeof found.family === 'function' ? found.family(groups, child) : found.family,
    recipe: found.recipe,
    // Curator's lock-safe queue and kazoo's LockingQueue mark a taken item with an ephemeral of its name.
    kind: kind === 'item' && ephemeral ? 'claim' : kind,
    suffix,
    sequence: suffix === '' ? 0 : Number(suffix),
    maker: groups.maker ?? null,
  }
}

function kindOf(kinds: Readonly<Record<string, Kind>>, label: string | undefined): Kind {
  return kinds[label ?? ''] ?? 'lock'
}

/** Before its names told the mode, Accumulo's data did: `READ:` or `WRITE:` and the transaction. */
function olderFateKind(_groups: Groups, child: LockChild): Kind {
  return tryUtf8Decode(child.data ?? new Uint8Array())?.startsWith('READ') ? 'read' : 'write'
}

/** Java writes the session in decimal, C in 16 hex digits; 16 decimal digits may be either, so ask the owner. */
function writeLockFamily(groups: Groups, child: LockChild): Family {
  const text = groups.session ?? ''
  if (!/^[0-9a-f]{16}$/.test(text)) return 'zookeeper-java'
  if (BigInt(`0x${text}`) === child.ephemeralOwner) return 'zookeeper-c'
  return /[a-f]/.test(text) ? 'zookeeper-c' : 'zookeeper-java'
}

function constantPart(prefix: string): string {
  return prefix
    .replace(new RegExp(UUID, 'gi'), '*')
    .replace(/[0-9a-f]{32}/gi, '*')
    .replace(/-?\d{10,19}|[0-9a-f]{16}/gi, '*')
}
