// security.md names the tests that prove each rule: they are there. That they pass is their own business.

import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8')
const tests = new Set(
  ['server', 'web', 'e2e'].flatMap((folder) =>
    readdirSync(`${ROOT}${folder}`, { recursive: true })
      .map((path) => basename(String(path)))
      .flatMap((name) => /^(.*)\.(?:test\.(?:tsx?|mjs)|spec\.ts)$/.exec(name)?.[1] ?? []),
  ),
)
/** The cells of each line of a table. */
const rows = read('server/gateway/security.md')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (rule|---)/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
const quoted = (cell = ''): string[] => [...cell.matchAll(/`([\w./-]+)`/g)].map(([, name = '']) => name)

test('each rule names tests, and they exist', () => {
  expect(rows.length).toBeGreaterThan(35)
  for (const [, rule, , proof] of rows) {
    const names = quoted(proof)
    expect([rule, names.length > 0]).toEqual([rule, true])
    for (const name of names) expect([rule, name, tests.has(name.replace(/^tidy\//, ''))]).toEqual([rule, name, true])
  }
})
