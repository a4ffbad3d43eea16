// A checker that has never failed is not evidence: every rule of the table is broken by hand, flagged by exactly its
// id, and not flagged by what is nearest to it.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { BROADCAST_BREAKS } from './breaks-broadcast.ts'
import { DISK_BREAKS } from './breaks-disks.ts'
import { LEADERSHIP_BREAKS } from './breaks-leadership.ts'
import { STATE_BREAKS } from './breaks-state.ts'
import { CHECKS, ELSEWHERE } from './checks.ts'
import { carryOn, createStory } from './testing.ts'
import { Violation } from './violation.ts'

const ALL = [...LEADERSHIP_BREAKS, ...DISK_BREAKS, ...BROADCAST_BREAKS, ...STATE_BREAKS]

/** invariants.md §2: how many of each letter. */
const DOCUMENT: Readonly<Record<string, readonly [from: number, to: number]>> = {
  L: [1, 12],
  D: [1, 14],
  B: [0, 12],
  M: [1, 7],
  T: [1, 10],
  S: [1, 10],
  W: [1, 10],
  E: [1, 5],
}

function flagged(deed: () => void): Violation {
  try {
    deed()
  } catch (error) {
    if (error instanceof Violation) return error
    throw error
  }
  throw new Error('nothing was flagged')
}

describe('each rule', () => {
  for (const { id, what, alone, breaks } of ALL)
    test(`[${id}] is broken when ${what}`, () => {
      const story = createStory(alone ? id : undefined)
      const violation = flagged(() => breaks(story))
      expect(`${violation.id} ${violation.message}`).toMatch(new RegExp(`^${id} .*\\(step \\d+\\)$`, 's'))
      expect(story.checker.violations).toEqual([violation])
    })

  for (const { id, what, fine } of ALL.filter((one) => one.fine !== undefined))
    test(`[${id}] holds where it nearly is not so that ${what}`, () => {
      const story = createStory(id)
      fine?.(story)
      expect(story.checker.violations).toEqual([])
    })

  test('holds while leaders die and come back', () => {
    const story = createStory()
    for (let i = 0; i < 3; i += 1) carryOn(story)
    story.checker.checkEverything()
    expect(story.checker.violations).toEqual([])
    expect(story.checker.facts).toMatchObject({ crashes: 3, restarts: 3, fullChecks: 1 })
    expect(story.checker.facts.epochs).toBeGreaterThan(3)
  })
})

describe('the table', () => {
  const ids = Object.entries(DOCUMENT).flatMap(([letter, [from, to]]) =>
    Array.from({ length: to - from + 1 }, (_, i) => `${letter}-${from + i}`),
  )

  test('has every rule of the document, checked here or said where', () => {
    const known = [...Object.keys(CHECKS), ...Object.keys(ELSEWHERE)]
    expect(ids.filter((id) => !known.includes(id))).toEqual([])
    expect(known.filter((id) => !ids.includes(id) && !id.startsWith('O-'))).toEqual([])
  })

  test('is that of the README', () => {
    const readme = readFileSync(new URL('./README.md', import.meta.url), 'utf8')
    const rows = [
      ...Object.entries(CHECKS).map(
        ([id, { rule, when, file }]) => `| ${id} | ${rule} | ${when.join(' ')} | ${file} |`,
      ),
      ...Object.entries(ELSEWHERE).map(([id, where]) => `| ${id} | ${where} |`),
    ]
    const shown = readme.split('\n').filter((line) => /^\| [A-Z]-\d+ \|/.test(line))
    expect(shown).toEqual(rows)
  })

  test('names no rule that has not been broken', () => {
    const broken = new Set<string>(ALL.map(({ id }) => id))
    expect(Object.keys(CHECKS).filter((id) => !broken.has(id))).toEqual([])
  })
})
