// No engine is needed to see that the container's files fit the program.

import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { environmentName, SETTING_WORDS } from '../settings/settings.ts'

const read = (name: string): string => readFileSync(fileURLToPath(new URL(name, import.meta.url)), 'utf8')
const dockerfile = read('Dockerfile')
const compose = read('compose.yaml')

test('every variable is one of a setting', () => {
  const known = Object.keys(SETTING_WORDS).map(environmentName)
  const used = [...`${dockerfile}${compose}`.matchAll(/ZABSCOPE_[A-Z_]+/g)].map(([name]) => name)
  expect(used.length).toBeGreaterThan(3)
  expect(used.filter((name) => !known.includes(name))).toEqual([])
})

test('[N-1] it runs without rights, and makes no statement on behalf of whoever publishes its port', () => {
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
  expect(last).toContain('\nUSER node\n')
  expect(last.indexOf('\nRUN ')).toBeLessThan(last.indexOf('\nUSER node\n'))
  expect(/^ENV .*$/m.exec(last)?.[0]).not.toContain('BEHIND')
  expect(compose).toContain("'127.0.0.1:8080:8080'")
})

test('its entry is in the package', () => {
  const entry = /node_modules\/zabscope\/(\S+\.mjs)/.exec(dockerfile)?.[1] ?? ''
  const manifest: { bin: { zabscope: string }; files: string[] } = JSON.parse(read('../../../package.json'))
  expect(manifest.bin.zabscope).toBe(entry)
  expect(manifest.files).toContain(entry)
  expect(existsSync(fileURLToPath(new URL(`../../../${entry}`, import.meta.url)))).toBe(true)
})
