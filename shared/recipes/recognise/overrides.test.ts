import { describe, expect, test } from 'vitest'
import { globProblem, matchesGlob, overrideFor } from './overrides.ts'

describe('globs', () => {
  test.each([
    ['/a/b', '/a/b', true],
    ['/a/*', '/a/b', true],
    ['/a/*', '/a/b/c', false],
    ['/a/**', '/a/b/c', true],
    ['/a/**', '/a', true],
    ['/**/leases', '/x/y/leases', true],
    ['/**/leases', '/leases', true],
    ['/a-*-?', '/a-bcd-e', true],
    ['/a-*-?', '/a-bcd-', false],
    ['/*a*b*', '/xxaxxbxx', true],
    ['/*a*b*', '/xxbxxaxx', false],
    ['/[a]', '/a', false],
  ])('%s and %s: %s', (glob, path, expected) => {
    expect(matchesGlob(glob, path)).toBe(expected)
  })

  test('a hostile one costs little', () => {
    expect(matchesGlob(`/${'*a'.repeat(200)}b`, `/${'a'.repeat(4000)}`)).toBe(false)
    expect(matchesGlob('/**'.repeat(150), `${'/a'.repeat(2000)}`)).toBe(true)
  })

  test.each(['a', '', '/a***', '/a**', `/${'a'.repeat(600)}`])('%s is none', (glob) => {
    expect(globProblem(glob)).toMatch(/[.]$/)
  })

  test('the most literal wins, of equals the last', () => {
    const all = [
      { glob: '/a/*', recipe: 'lock', permits: null },
      { glob: '/**', recipe: 'none', permits: null },
      { glob: '/*/b', recipe: 'queue', permits: null },
    ] as const
    expect(overrideFor('/a/b', all)?.recipe).toBe('queue')
    expect(overrideFor('/a/c', all)?.recipe).toBe('lock')
    expect(overrideFor('/z', all)?.recipe).toBe('none')
    expect(overrideFor('/z', [])).toBeNull()
  })
})
