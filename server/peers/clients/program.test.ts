import { expect, test } from 'vitest'
import { describeResults } from './peers-main.ts'
import { readResults } from './program.ts'

test('results are read from what a program prints, and nothing else is', () => {
  const output =
    'noise RESULT x ok\nRESULT read_write_lock ok\nRESULT queue FAILED AssertionError: got 1\nRESULT half\n'
  expect(readResults('kazoo', output)).toEqual([
    { name: 'kazoo: read write lock', outcome: 'passed', note: '' },
    { name: 'kazoo: queue', outcome: 'failed', note: 'AssertionError: got 1' },
  ])
})

test('the table ends with the counts', () => {
  const lines = describeResults([
    { name: 'a', outcome: 'passed', note: '' },
    { name: 'b', outcome: 'not installed', note: 'apt-get install b' },
  ])
  expect(lines.at(-1)).toBe('  1 passed, 0 failed, 1 not installed')
})
