import { expect, test } from 'vitest'
import { readEnsembleOptions } from './arguments.ts'
import { expandCells, GROUPS, isScenario, parseCell } from './cells.ts'

test('the name of a cell says what it is', () => {
  const closed = { op: 'set', bytes: 100, connections: 8, outstanding: 16, ratePerSecond: null }
  expect(parseCell('set-100B-c8-o16')).toEqual(closed)
  expect(parseCell('children10-c64-o100')).toMatchObject({
    op: 'children',
    bytes: 0,
    connections: 64,
    outstanding: 100,
  })
  expect(parseCell('mixed90-100B-rate5000')).toMatchObject({ op: 'mixed90', ratePerSecond: 5000 })
})

test.each([
  ...['set', 'sett-100B-c1-o1', 'set-7B-c1-o1', 'set-100B-c0-o1', 'set-100B-c501-o1', 'set-100B-c1-o0'],
  ...['set-100B-rate0', 'set-9999999B-c1-o1', 'children11-c1-o1', 'set-100B-c1-o1-extra', ''],
])('%j is no cell', (name) => {
  expect(parseCell(name)).toBeNull()
})

test('groups hold nothing but cells and scenarios, each once', () => {
  for (const [group, names] of Object.entries(GROUPS)) {
    expect(new Set(names).size, group).toBe(names.length)
    for (const name of names) expect(isScenario(name) || parseCell(name) !== null, name).toBe(true)
  }
})

test('the matrix is every operation, size and shape of the bars', () => {
  expect(GROUPS.matrix).toHaveLength(5 * 2 * 9 + 9)
})

test('groups are spelled out, and what is named twice runs once', () => {
  expect(expandCells(['quick', 'failover', 'set-100B-c1-o1'])).toEqual([...(GROUPS.quick ?? []), 'failover'])
  expect(expandCells(['toString'])).toContain('There is no cell "toString"')
})

test('options have defaults', () => {
  const read = readEnsembleOptions([])
  expect(read).toMatchObject({ ok: true, value: { members: 3, repeats: 3, cells: GROUPS.default, withApache: true } })
})

test('options are read', () => {
  const args = '--cells key --members 5 --seconds 7 --repeats 2 --seed 9 --against HEAD~1 --no-apache --dir /d --json j'
  expect(readEnsembleOptions([...args.split(' '), '--apache-jvm', '-Xmx2g -XX:+UseZGC'])).toMatchObject({
    ok: true,
    value: {
      ...{ cells: GROUPS.key, members: 5, seconds: 7, repeats: 2, seed: 9, against: 'HEAD~1', withApache: false },
      ...{ dir: '/d', jsonFile: 'j', apacheJvm: ['-Xmx2g', '-XX:+UseZGC'] },
    },
  })
})

test.each([
  [['--members', '2'], '--members takes 1, 3 or 5.'],
  [['--repeats', '0'], '--repeats takes a whole number from 1 to 100.'],
  [['--seconds', 'x'], '--seconds takes a whole number from 1 to 86400.'],
  [['--seconds'], '--seconds needs a value.'],
  [['--against', '--force'], '--against takes a commit.'],
  [['--colour', '3'], 'There is no option --colour.'],
  [['quick'], 'There is no option quick.'],
  [['--cells', ','], '--cells names nothing to measure.'],
  [['--cells', 'failover', '--members', '1'], 'failover needs --members 3 or 5: with one member nobody can take over.'],
])('%j is refused', (args, error) => {
  expect(readEnsembleOptions(args)).toEqual({ ok: false, error })
})

test('one member leaves failover out of a group', () => {
  const read = readEnsembleOptions(['--cells', 'scenarios', '--members', '1'])
  expect(read.ok && read.value.cells).toEqual(GROUPS.scenarios?.filter((name) => name !== 'failover'))
})
