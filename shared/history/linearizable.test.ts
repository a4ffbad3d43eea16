import { describe, expect, test } from 'vitest'
import { createPrng, nextInt, pick } from '../base/prng.ts'
import { amend } from './amending.ts'
import type { History } from './history.ts'
import { checkLinearizable } from './linearizable.ts'
import { create, exists, getData, remove, SYNC, setData } from './requests.ts'
import { ask, catchUp, connect, createEnsemble, disconnect, historyOf, send } from './testing.ts'
import { type Call, type Model, searchOrder } from './wing-gong.ts'

/** A register of numbers: `w` sets it, `r` must find it. */
const REGISTER: Model<number, string> = {
  initial: 0,
  step: (state, input) => {
    const value = Number(input.slice(1))
    if (input.startsWith('w')) return value
    return state === value ? state : null
  },
  key: String,
}

/** `w1 0-3`: a call from 0 to 3; `w1 0-`: its outcome is unknown. */
function calls(...texts: string[]): Call<string>[] {
  return texts.map((text) => {
    const [input = '', span = ''] = text.split(' ')
    const [from, to] = span.split('-')
    return { input, from: Number(from), to: to ? Number(to) : Number.POSITIVE_INFINITY }
  })
}

const verdictOf = (...texts: string[]) => searchOrder(calls(...texts), REGISTER).verdict

describe('the search', () => {
  test('finds an order that keeps real time, or that there is none', () => {
    expect(verdictOf()).toBe('linearizable')
    expect(verdictOf('w1 0-1', 'r1 2-3')).toBe('linearizable')
    expect(verdictOf('w1 0-1', 'r0 2-3')).toBe('violation')
    expect(verdictOf('w1 0-9', 'r0 2-3', 'r1 4-5')).toBe('linearizable')
    expect(verdictOf('w1 0-9', 'r1 2-3', 'r0 4-5'), 'seen and gone again').toBe('violation')
    expect(verdictOf('w1 0-9', 'w2 0-9', 'r2 1-2', 'r1 3-4', 'r2 5-6')).toBe('violation')
  })

  test('an unknown outcome takes effect at any time after it was asked for, or never', () => {
    expect(verdictOf('w1 0-', 'r0 2-3')).toBe('linearizable')
    expect(verdictOf('w1 0-', 'r0 2-3', 'r1 9-10')).toBe('linearizable')
    expect(verdictOf('w1 5-', 'r1 2-3'), 'not before').toBe('violation')
    expect(verdictOf('w1 0-', 'r1 2-3', 'r0 4-5')).toBe('violation')
  })

  test('says which call fits nowhere, and how far it came', () => {
    expect(searchOrder(calls('w1 0-1', 'w2 2-3', 'r1 4-5'), REGISTER)).toEqual({
      verdict: 'violation',
      longest: [0, 1],
      stuck: 2,
    })
  })

  test('a search that uses up its budget knows nothing', () => {
    const many = calls(...Array.from({ length: 14 }, (_, i) => `w${i} 0-9`), 'r99 0-9')
    expect(searchOrder(many, REGISTER, { stepsMax: 1000, memoryMax: 1000 }).verdict).toBe('unknown')
  })

  test('agrees with trying every order', () => {
    const prng = createPrng(7)
    const seen = new Set<string>()
    for (let run = 0; run < 300; run += 1) {
      const some = Array.from({ length: 2 + nextInt(prng, 4) }, () => {
        const from = nextInt(prng, 8)
        const to = nextInt(prng, 6) === 0 ? '' : String(from + 1 + nextInt(prng, 4))
        return `${pick(prng, ['w', 'r'])}${nextInt(prng, 3)} ${from}-${to}`
      })
      const verdict = searchOrder(calls(...some), REGISTER).verdict
      expect(verdict, some.join(', ')).toBe(tryAll(calls(...some), REGISTER.initial) ? 'linearizable' : 'violation')
      seen.add(verdict)
    }
    expect(seen.size).toBe(2)
  })
})

/** Whether some order of these calls is right, by trying each; an unknown one may be left out. */
function tryAll(left: readonly Call<string>[], state: number): boolean {
  if (left.every((call) => !Number.isFinite(call.to))) return true
  return left.some((call, i) => {
    const rest = left.filter((_, j) => j !== i)
    if (rest.some((other) => other.to < call.from)) return false
    const next = REGISTER.step(state, call.input)
    return next !== null && tryAll(rest, next)
  })
}

describe('[LIN] znodes', () => {
  /** Two clients on two servers, one of them behind; the reader syncs. */
  function story(): { readonly history: History; readonly read: number; readonly changed: number } {
    const e = createEnsemble()
    const [a, b] = [connect(e, 1), connect(e, 2)]
    ask(e, a, create('/a', 'one'))
    ask(e, b, SYNC)
    ask(e, b, getData('/a'))
    const changed = ask(e, a, setData('/a', 'two', 0))
    ask(e, a, setData('/a', 'lost', 0))
    ask(e, b, getData('/a'))
    ask(e, b, SYNC)
    const read = ask(e, b, getData('/a'))
    send(e, a, remove('/a'))
    disconnect(e, a)
    catchUp(e, 2)
    ask(e, b, SYNC)
    ask(e, b, exists('/a'))
    return { history: { ...historyOf(e), log: null }, read, changed }
  }

  test('a correct history is linearizable; reads that no sync stands before do not count', () => {
    const result = checkLinearizable(story().history)
    expect(result.violations).toEqual([])
    expect(result.searched).toEqual(['/a'])
  })

  test('a stale read behind a sync is not', () => {
    const { history, read } = story()
    const stale = history.operations.find((op) => op.request.type === 'getData')
    const found = checkLinearizable(amend(history, read, { body: stale?.body ?? null })).violations
    expect(found.map(({ id }) => id)).toEqual(['LIN'])
    expect(found[0]?.operations).toContain(read)
  })

  test('nor are two that both won a compare-and-set', () => {
    const { history, changed } = story()
    const { body, err } = history.operations[changed] ?? {}
    const both = amend(history, changed + 1, { body: body ?? null, err: err ?? null })
    expect(checkLinearizable(both).violations.map(({ id }) => id)).toEqual(['LIN'])
  })

  test('a search without an end is red', () => {
    const { history } = story()
    const found = checkLinearizable(history, new Map(), { stepsMax: 2, memoryMax: 2 }).violations
    expect(found[0]?.what).toMatch(/^UNKNOWN/)
  })

  test('what one znode cannot explain is left out and named', () => {
    const e = createEnsemble()
    const a = connect(e, 1)
    ask(e, a, create('/e', '', 'ephemeral'))
    ask(e, a, { type: 'multi', ops: [create('/m')] })
    expect(checkLinearizable(historyOf(e)).leftOut.toSorted()).toEqual(['/e', '/m'])
  })
})
