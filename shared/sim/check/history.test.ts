import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeZxid } from '../../zk/zxid.ts'
import { ancestorAt, commonPrefix, createNode, createOrigin, cutAfter, type HistoryNode, isPrefix } from './history.ts'
import { membershipAfter } from './membership.ts'
import { entry } from './testing.ts'

const FOUR = { voters: [], before: null }

/** A tree of histories: each number says behind which node (counted from the last) the next one comes. */
function grow(choices: readonly number[]): HistoryNode[] {
  const nodes = [createOrigin(FOUR)]
  for (const [i, back] of choices.entries()) {
    const parent = nodes[nodes.length - 1 - (back % nodes.length)]
    if (parent) nodes.push(createNode(parent, entry(makeZxid(1, i + 1)), FOUR))
  }
  return nodes
}

function pathOf(node: HistoryNode): HistoryNode[] {
  const path: HistoryNode[] = []
  for (let at: HistoryNode | null = node; at; at = at.parent) path.unshift(at)
  return path
}

const choices = fc.array(fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(20) }), {
  maxLength: 120,
})

describe('prefixes, by jumps as by walking', () => {
  test('in trees of histories', () => {
    fc.assert(
      fc.property(choices, fc.nat(), fc.nat(), fc.nat(), (backs, i, j, depth) => {
        const nodes = grow(backs)
        const [a, b] = [nodes[i % nodes.length], nodes[j % nodes.length]]
        if (!a || !b) return
        const [left, right] = [pathOf(a), pathOf(b)]
        expect(ancestorAt(a, depth % (a.depth + 1))).toBe(left[depth % (a.depth + 1)])
        expect(isPrefix(a, b)).toBe(right.includes(a))
        expect(commonPrefix(a, b)).toBe(left.filter((node) => right.includes(node)).at(-1))
        expect(cutAfter(a, b.zxid)).toBe(left.filter((node) => node.zxid <= b.zxid).at(-1))
      }),
    )
  })

  test('a long history is walked in few steps', () => {
    let node = createOrigin(FOUR)
    for (let i = 1; i <= 100_000; i += 1) node = createNode(node, entry(makeZxid(1, i)), FOUR)
    let steps = 0
    for (let at = node; at.depth > 12_345; steps += 1) {
      const jump = at.jump
      at = jump && jump.depth >= 12_345 ? jump : (at.parent ?? at)
    }
    expect(steps).toBeLessThan(70)
    expect(ancestorAt(node, 12_345).zxid).toBe(makeZxid(1, 12_345))
  })
})

describe('who votes', () => {
  const before = { voters: [], before: null }
  const text = 'server.1=a:1:2:participant\nserver.2=b:1:2:observer;5\nserver.4=c:1:2\nversion=100000007'
  const data = Uint8Array.from(text, (letter) => letter.charCodeAt(0))

  test('changes with a reconfig', () => {
    const after = membershipAfter(
      before,
      entry(makeZxid(1, 1), { txn: { type: 'reconfig', path: '/c', data, version: -1 } }),
    )
    expect(after).toEqual({ voters: [1, 4], before })
  })

  test('and with nothing else', () => {
    expect(
      membershipAfter(before, entry(makeZxid(1, 1), { txn: { type: 'setData', path: '/c', data, version: 1 } })),
    ).toBe(before)
  })
})
