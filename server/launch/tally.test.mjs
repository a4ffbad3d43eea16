import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { formatTally, readPlaywrightTally, readVitestTally, sum, tallyOfExit } from './tally.mjs'

const folder = mkdtempSync(join(tmpdir(), 'zabscope-tally-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(content) {
  const path = join(folder, 'report.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

describe('nothing red ends green', () => {
  const green = { passed: 3, failed: 0, skipped: [] }

  test('a runner that wrote no report counts as one failure, whatever its exit code', () => {
    expect(readVitestTally(join(folder, 'absent.json'), 0)).toEqual({ passed: 0, failed: 1, skipped: [] })
    expect(readPlaywrightTally(join(folder, 'absent.json'), 0).failed).toBe(1)
    expect(readVitestTally(file('{"passed": 3'), 0).failed).toBe(1)
  })

  test('a runner that failed outside its tests counts as one failure', () => {
    expect(readVitestTally(file(green), 0).failed).toBe(0)
    expect(readVitestTally(file(green), 1)).toEqual({ ...green, failed: 1 })
    expect(readVitestTally(file({ ...green, failed: 2 }), 1).failed).toBe(2)
  })

  test('a flaky end-to-end test is a failure', () => {
    const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 0 }
    expect(readPlaywrightTally(file({ stats, suites: [] }), 1)).toEqual({ passed: 4, failed: 2, skipped: [] })
  })
})

test('skipped end-to-end tests keep their reason', () => {
  const specs = [
    {
      title: 'a kazoo lock',
      tests: [{ status: 'skipped', annotations: [{ type: 'skip', description: 'needs kazoo' }] }],
    },
  ]
  const stats = { expected: 0, unexpected: 0, flaky: 0, skipped: 1 }
  const { skipped } = readPlaywrightTally(file({ stats, suites: [{ title: 'locks.spec.ts', specs }] }), 0)
  expect(skipped).toEqual([{ name: 'locks.spec.ts › a kazoo lock', reason: 'needs kazoo' }])
})

test('the last line names skips only when there are some', () => {
  const one = { name: 'x', reason: null }
  expect(formatTally(sum([tallyOfExit(0), tallyOfExit(1), tallyOfExit(2)]))).toBe('1 passed, 2 failed')
  expect(formatTally(sum([tallyOfExit(0), { passed: 0, failed: 0, skipped: [one] }]))).toBe(
    '1 passed, 0 failed, 1 skipped',
  )
})
