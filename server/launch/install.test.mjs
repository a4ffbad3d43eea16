import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { whatIsMissing } from './install.mjs'

let root
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'zabscope-install-'))
  mkdirSync(join(root, 'node_modules'))
})
afterEach(() => rmSync(root, { recursive: true }))

const lock = {
  '': { name: 'zabscope' },
  'node_modules/express': { version: '5.3.0' },
  'node_modules/only-elsewhere': { version: '1.0.0', optional: true },
}

function write(name, packages) {
  writeFileSync(join(root, name), JSON.stringify({ packages }))
}

test('a checkout without node_modules is a first run', () => {
  write('package-lock.json', lock)
  expect(whatIsMissing(root)).toBe('first run')
})

test('nothing is missing when all but packages for other platforms are there', () => {
  write('package-lock.json', lock)
  write('node_modules/.package-lock.json', { 'node_modules/express': { version: '5.3.0' } })
  expect(whatIsMissing(root)).toBeNull()
})

test('another version, as after a pull, is named', () => {
  write('package-lock.json', lock)
  write('node_modules/.package-lock.json', { 'node_modules/express': { version: '5.2.9' } })
  expect(whatIsMissing(root)).toBe('express 5.3.0 is missing')
})
