// Every rule of the core's SPEC.md is told by a test that bears its id and stands, as a comment, at the code that
// does it; and no test or comment names a rule that the SPEC does not know.

import { describe, expect, test } from 'vitest'
import { isScript, isTest, readSources } from './sources.ts'

const SPEC = 'shared/zab/SPEC.md'
/** Where the rules are carried out and told. */
const CORE = ['shared/zab/', 'shared/peer/', 'shared/sim/']

const files = readSources()
const rules = [...(files.find(({ path }) => path === SPEC)?.text ?? '').matchAll(/^- \*\*(?<id>[A-Z]+-\d+)\*\*/gm)].map(
  (match) => match.groups?.id ?? '',
)
const families = [...new Set(rules.map((id) => id.slice(0, id.indexOf('-'))))].join('|')
const ID = new RegExp(`\\b(?:${families})-\\d+\\b`, 'g')
const core = files.filter(({ path }) => isScript(path) && CORE.some((folder) => path.startsWith(folder)))

/** The first argument of each test, describe, test.each(…) and the like. */
function namesOf(text: string): string[] {
  const calls = /\b(?:test|it|describe)(?:\.\w+)*(?:\([^'"`]*?\))?\(\s*(?<quote>['"`])(?<name>.*?)\k<quote>/gs
  return [...text.matchAll(calls)].map((match) => match.groups?.name ?? '')
}

function commentsOf(text: string): string[] {
  return [...text.matchAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm)].map((match) => match[0])
}

function idsIn(texts: readonly string[]): Set<string> {
  return new Set(texts.flatMap((text) => text.match(ID) ?? []))
}

const told = idsIn(core.filter(({ path }) => isTest(path)).flatMap(({ text }) => namesOf(text)))
const done = idsIn(core.filter(({ path }) => !isTest(path)).flatMap(({ text }) => commentsOf(text)))

describe('SPEC.md', () => {
  test('has rules, each once', () => {
    expect(rules.length).toBeGreaterThan(20)
    expect(rules.filter((id, index) => rules.indexOf(id) !== index)).toEqual([])
  })

  test('every rule is told by a test that bears its id', () => {
    expect(rules.filter((id) => !told.has(id))).toEqual([])
  })

  test('every rule stands at the code that does it', () => {
    expect(rules.filter((id) => !done.has(id))).toEqual([])
  })

  test('tests and comments name no rule that is not there', () => {
    const known = new Set(rules)
    expect([...told, ...done].filter((id) => !known.has(id))).toEqual([])
  })
})
