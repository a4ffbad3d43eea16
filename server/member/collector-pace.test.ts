import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { growthFor, SMALL_HEAP_BYTES } from './collector-pace.ts'

test('a small heap may grow fourfold, a large one as V8 likes', () => {
  expect(growthFor(13 * 2 ** 20)).toBe(300)
  expect(growthFor(SMALL_HEAP_BYTES - 1)).toBe(300)
  expect(growthFor(SMALL_HEAP_BYTES)).toBe(0)
})

test('this Node knows the flag: an unknown one would only be complained of', () => {
  expect(execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' })).toContain('--heap-growing-percent')
})
