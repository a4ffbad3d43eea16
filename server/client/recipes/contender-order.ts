// Whom a contender waits for, by each library's own rule: pure functions from names to a name. Libraries whose
// rules differ do not exclude each other, so a layout is a promise to everyone else in the directory.
// Source: StandardLockInternalsDriver, InterProcessReadWriteLock, kazoo's lock.py; locks-and-recipes.md §2.2, §2.3, §9.

import { ERROR_CODES } from '#shared/zk/errors.ts'
import { NoNodeError } from '../errors.ts'

/** Whose names and whose order: Curator's, or kazoo's. They do not mix in one directory. */
export type Layout = 'curator' | 'kazoo'

export type Role = 'lock' | 'read' | 'write' | 'latch'

/** The name to wait for, null when it is our turn. Throws NoNodeError when `own` is not among `names`. */
export type Blocker = (own: string, names: readonly string[]) => string | null

export interface ContenderKind {
  /** What follows the guid in a name, up to the sequence number. */
  readonly label: string
  readonly blocker: Blocker
}

/** All contenders of a directory of this kind, the first one first. */
export type Sort = (names: readonly string[]) => string[]

const READ = '__READ__'
const WRITE = '__WRIT__'
const KAZOO_LOCK = '__lock__'
const KAZOO_READ = '__rlock__'

const CURATOR: Readonly<Record<Role, ContenderKind>> = {
  lock: { label: 'lock-', blocker: immediate(sortCurator('lock-')) },
  latch: { label: 'latch-', blocker: immediate(sortCurator('latch-')) },
  read: { label: READ, blocker: firstWrite },
  write: { label: WRITE, blocker: immediate(sortReadWrite) },
}

const KAZOO: Readonly<Record<Role, ContenderKind>> = {
  lock: { label: KAZOO_LOCK, blocker: nearest([KAZOO_LOCK], KAZOO_LOCK) },
  latch: { label: KAZOO_LOCK, blocker: nearest([KAZOO_LOCK], KAZOO_LOCK) },
  read: { label: KAZOO_READ, blocker: nearest([KAZOO_LOCK], KAZOO_READ) },
  write: { label: KAZOO_LOCK, blocker: nearest([KAZOO_LOCK, KAZOO_READ], KAZOO_LOCK) },
}

export function contenderKind(role: Role, layout: Layout): ContenderKind {
  return (layout === 'curator' ? CURATOR : KAZOO)[role]
}

/** `_c_<uuid>-lock-` in Curator's layout, `<32 hex>__lock__` in kazoo's. */
export function namePrefix(guid: string, kind: ContenderKind, layout: Layout): string {
  return layout === 'curator' ? `_c_${guid}-${kind.label}` : `${guid.replaceAll('-', '')}${kind.label}`
}

/** Who takes part in an election or waits for a lock, the one whose turn it is first. */
export function sortContenders(names: readonly string[], role: Role, layout: Layout): string[] {
  const { label } = contenderKind(role, layout)
  if (layout === 'kazoo') return sortKazoo(names, [label])
  return role === 'read' || role === 'write' ? sortReadWrite(names) : sortCurator(label)(names)
}

/** Curator compares what follows the last occurrence of the lock's name, as text, and takes every child for a contender. */
function sortCurator(lockName: string): Sort {
  const key = (name: string) => afterLast(name, lockName)
  return (names) => byKey(names, key)
}

function sortReadWrite(names: readonly string[]): string[] {
  return byKey(names, (name) => afterLast(afterLast(name, READ), WRITE))
}

/** kazoo takes only names that end in a label and ten digits. */
function sortKazoo(names: readonly string[], labels: readonly string[]): string[] {
  const pattern = new RegExp(`(?:${labels.join('|')})(-?\\d{10})$`)
  const key = (name: string) => pattern.exec(name)?.[1] ?? ''
  return byKey(
    names.filter((name) => pattern.test(name)),
    key,
  )
}

function immediate(sort: Sort): Blocker {
  return (own, names) => {
    const sorted = sort(names)
    const at = indexOfOwn(own, sorted)
    return at === 0 ? null : (sorted[at - 1] ?? null)
  }
}

/** A reader of Curator's waits for the first writer of the directory, when that one is before it. */
function firstWrite(own: string, names: readonly string[]): string | null {
  const sorted = sortReadWrite(names)
  const before = sorted.slice(0, indexOfOwn(own, sorted))
  return before.find((name) => name.includes(WRITE)) ?? null
}

function nearest(blocking: readonly string[], ownLabel: string): Blocker {
  return (own, names) => {
    const sorted = sortKazoo(names, [...new Set([...blocking, ownLabel])])
    const before = sorted.slice(0, indexOfOwn(own, sorted))
    return before.findLast((name) => blocking.some((label) => name.includes(label))) ?? null
  }
}

function indexOfOwn(own: string, sorted: readonly string[]): number {
  const at = sorted.indexOf(own)
  if (at === -1) throw new NoNodeError(ERROR_CODES.NONODE, own, 'our place in the queue was deleted')
  return at
}

function afterLast(name: string, part: string): string {
  const at = name.lastIndexOf(part)
  return at === -1 ? name : name.slice(at + part.length)
}

function byKey(names: readonly string[], keyOf: (name: string) => string): string[] {
  return names
    .map((name) => ({ name, key: keyOf(name) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ name }) => name)
}
