// Whom each contender waits for, against the orders that the libraries themselves have.

import { describe, expect, test } from 'vitest'
import { contenderKind, type Layout, namePrefix, type Role, sortContenders } from './contender-order.ts'

const seq = (n: number) => String(n).padStart(10, '0')
const curator = (guid: number, label: string, n: number) =>
  `_c_0000000${guid}-0000-4000-8000-000000000000-${label}${seq(n)}`
const kazoo = (digit: number, label: string, n: number) => `${String(digit).repeat(32)}${label}${seq(n)}`

/** Index of whom each name waits for; null: its turn. */
function waits(names: readonly string[], roleOf: (name: string) => Role, layout: Layout): (number | null)[] {
  return names.map((name) => {
    const before = contenderKind(roleOf(name), layout).blocker(name, names.toReversed())
    return before === null ? null : names.indexOf(before)
  })
}

describe('contender order', () => {
  test('the sequence number decides, not the guid', () => {
    const names = [curator(9, 'lock-', 3), curator(5, 'lock-', 4), curator(1, 'lock-', 5)]
    expect(waits(names, () => 'lock', 'curator')).toEqual([null, 0, 1])
    expect(sortContenders(names.toReversed(), 'lock', 'curator')).toEqual(names)
  })

  test('Curator takes any child for a contender: a foreign one may be first', () => {
    const own = curator(1, 'lock-', 5)
    expect(contenderKind('lock', 'curator').blocker(own, ['0', own])).toBe('0')
    expect(contenderKind('lock', 'curator').blocker(own, ['content', own])).toBeNull()
  })

  const READERS_AND_WRITERS = 'RRWRWR'
  const roleOf = (name: string): Role => (/__READ__|__rlock__/.test(name) ? 'read' : 'write')

  test("Curator's readers wait for the first writer", () => {
    const names = [...READERS_AND_WRITERS].map((kind, i) =>
      curator(9 - i, kind === 'R' ? '__READ__' : '__WRIT__', i + 1),
    )
    expect(waits(names, roleOf, 'curator')).toEqual([null, null, 1, 2, 3, 2])
  })

  test("kazoo's readers wait for the nearest writer", () => {
    const names = [...READERS_AND_WRITERS].map((kind, i) =>
      kazoo(9 - i, kind === 'R' ? '__rlock__' : '__lock__', i + 1),
    )
    expect(waits(names, roleOf, 'kazoo')).toEqual([null, null, 1, 2, 3, 4])
  })

  test("kazoo's plain lock does not see readers, nor names of others", () => {
    const [reader, own] = [kazoo(9, '__rlock__', 1), kazoo(1, '__lock__', 2)]
    const names = [reader, own, '0', curator(1, 'lock-', 0)]
    expect(contenderKind('lock', 'kazoo').blocker(own, names)).toBeNull()
    expect(contenderKind('write', 'kazoo').blocker(own, names)).toBe(reader)
    expect(sortContenders(names, 'latch', 'kazoo')).toEqual([own])
  })

  test('a contender whose node is not there any more is told', () => {
    const own = curator(1, 'lock-', 5)
    for (const role of ['lock', 'read', 'write', 'latch'] as const)
      for (const layout of ['curator', 'kazoo'] as const)
        expect(() => contenderKind(role, layout).blocker(own, [])).toThrow('our place in the queue was deleted')
  })

  test('names are those of the libraries', () => {
    const guid = '00000001-0000-4000-8000-000000000000'
    expect(namePrefix(guid, contenderKind('latch', 'curator'), 'curator')).toBe(`_c_${guid}-latch-`)
    expect(namePrefix(guid, contenderKind('read', 'kazoo'), 'kazoo')).toBe('00000001000040008000000000000000__rlock__')
  })
})
