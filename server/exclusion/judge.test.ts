// Histories that are right, and each way in which one can be wrong.

import { describe, expect, test } from 'vitest'
import { utf8Encode } from '#shared/base/text.ts'
import { asSessionId } from '#shared/zk/ids.ts'
import type { CreateTxn, Entry, Txn } from '#shared/zk/txn.ts'
import { makeZxid } from '#shared/zk/zxid.ts'
import { readLockHistory } from './history.ts'
import { judgeHistory } from './judge.ts'
import { planBlows } from './kill-plan.ts'
import { INSIDE, LOCK_DIR } from './layout.ts'

/** Entries of sessions 1, 2 …, a txn each, one after the other, 1 ms apart. */
function log(...txns: readonly (readonly [session: number, txn: Txn, cxid?: number])[]): Entry[] {
  return txns.map(([session, txn, cxid = 7], i) => ({
    zxid: makeZxid(1, i + 1),
    sessionId: asSessionId(BigInt(session)),
    cxid,
    timeMs: i,
    txn,
    digest: null,
  }))
}

function create(path: string, data = ''): CreateTxn {
  return { type: 'create', path, data: utf8Encode(data), acl: null, ephemeral: true, parentCVersion: -1 }
}
const place = (n: number) => `${LOCK_DIR}/lock-${n}`
const enter = (n: number, name: string): Txn => ({
  type: 'multi',
  txns: [{ type: 'check', path: place(n), version: -1 }, create(INSIDE, name)],
})
const remove = (path: string): Txn => ({ type: 'delete', path })
const expire: Txn = { type: 'closeSession', paths: null }

const RUN = { names: ['a', 'b'], fromMs: 0, untilMs: 8 }
function judge(entries: readonly Entry[], names: readonly string[] = ['a', 'b']) {
  // Whether everybody gets on is another question than who is inside.
  return judgeHistory(readLockHistory(entries), { ...RUN, names }).violations.filter((one) => !one.includes('never'))
}

describe('the history of a lock', () => {
  const RIGHT = log(
    [1, create(place(1))],
    [2, create(place(2))],
    [1, enter(1, 'a')],
    [1, remove(INSIDE)],
    [1, remove(place(1))],
    [2, enter(2, 'b')],
    [2, expire, 0],
  )

  test('one after the other is right', () => {
    const history = readLockHistory(RIGHT)
    expect(judge(RIGHT)).toEqual([])
    expect(history.standstill).toMatchObject({ fromMs: 2, untilMs: 5, name: 'a' })
    expect(history).toMatchObject({ left: 1, expiredInside: 1, sessionsExpired: 1 })
    expect(history.grants.map(({ name, token }) => [name, token])).toEqual([
      ['a', makeZxid(1, 1)],
      ['b', makeZxid(1, 2)],
    ])
  })

  test('two inside, and one before its turn, are found', () => {
    const found = judge(log([1, create(place(1))], [2, create(place(2))], [1, enter(1, 'a')], [2, enter(2, 'b')]))
    expect(found).toHaveLength(2)
    expect(found[0]).toContain('b (0x2) came in while session 0x1 was inside')
    expect(found[1]).toContain(`${place(1)} of session 0x1 was first in the queue`)
  })

  test('one without a place in the queue is found', () => {
    expect(judge(log([1, create(INSIDE, 'a')]))[0]).toContain('nobody was first in the queue')
  })

  test('the end of a session takes its places and lets the next one in', () => {
    const entries = log(
      [1, create(place(1))],
      [2, create(place(2))],
      [1, enter(1, 'a')],
      [1, expire, 0],
      [2, enter(2, 'b')],
    )
    expect(judge(entries)).toEqual([])
  })

  test('a token that does not rise is found', () => {
    const [first, second] = readLockHistory(RIGHT).grants
    if (!first || !second) throw new Error('two grants')
    const history = { grants: [second, first], standstill: null, left: 0, expiredInside: 0, sessionsExpired: 0 }
    expect(judgeHistory(history, RUN).violations[0]).toContain('not the highest so far')
  })

  test('who is not inside in every third of the run has not got on', () => {
    const { violations, fewest } = judgeHistory(readLockHistory(RIGHT), { ...RUN, names: ['a', 'c'] })
    expect(fewest).toBe(0)
    expect(violations).toContain('a was never inside in part 2 of 3 of the run')
    expect(violations).toContain('c was never inside in part 1 of 3 of the run')
  })
})

describe('the plan of kills', () => {
  test('is the same for a seed, in order, and ends in time', () => {
    const plan = planBlows(7, 120_000, 6000)
    expect(planBlows(7, 120_000, 6000)).toEqual(plan)
    expect(planBlows(8, 120_000, 6000)).not.toEqual(plan)
    expect(plan.filter(({ type }) => type === 'kill').length).toBeGreaterThan(20)
    expect(plan.filter(({ type }) => type === 'stop').length).toBeGreaterThan(1)
    expect(plan.every(({ atMs, forMs }, i) => atMs + forMs <= 120_000 && atMs >= (plan[i - 1]?.atMs ?? 0))).toBe(true)
  })
})
