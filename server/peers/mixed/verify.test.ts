import { expect, test } from 'vitest'
import { compareTrees, type Tree } from './tree.ts'
import { brokenPromises } from './verify.ts'
import { Writer } from './writer.ts'

function writer(): Writer {
  const made = new Writer('w', [1], 1)
  made.fates.set('/w/n1', 'created').set('/w/n2', 'deleted').set('/w/n3', 'createUnknown').set('/w/n4', 'deleteUnknown')
  made.register.acked = 4
  made.register.sent = 5
  return made
}

const tree = (nodes: Record<string, string>): Tree => new Map(Object.entries(nodes))

test('kept promises are no findings, whatever became of what nobody promised', () => {
  expect(brokenPromises('one', tree({ '/w/n1': 'x', '/w/register': '4 | stat' }), writer())).toEqual([])
  expect(
    brokenPromises('one', tree({ '/w/n1': 'x', '/w/n3': 'x', '/w/n4': 'x', '/w/register': '5 | stat' }), writer()),
  ).toEqual([])
})

test('a lost create, a deleted node that is back, and a register of the past are findings', () => {
  const found = brokenPromises('one', tree({ '/w/n2': 'x', '/w/register': '3 | stat' }), writer())
  expect(found).toEqual([
    'one has lost /w/n1, whose create was acknowledged',
    'one still has /w/n2, whose delete was acknowledged',
    'one has /w/register=3; 4 was acknowledged and 5 the last sent',
  ])
  expect(brokenPromises('one', tree({ '/w/n1': 'x' }), writer())).toHaveLength(1)
})

test('trees differ by a node on either side, and by anything that a client can see of one', () => {
  expect(compareTrees('a', tree({ '/x': '1' }), 'b', tree({ '/x': '1' }))).toEqual([])
  expect(compareTrees('a', tree({ '/x': '1', '/y': '1' }), 'b', tree({ '/x': '2', '/z': '1' }))).toEqual([
    '/x: a has 1; b has 2',
    '/y is on a, not on b',
    '/z is on b, not on a',
  ])
})
