import { expect, test } from 'vitest'
import { readArguments } from './arguments.ts'

const read = (line: string) => readArguments(line === '' ? [] : line.split(' '), () => 42)

test('ten minutes of everything on three members, from a fresh seed', () => {
  const parsed = read('')
  expect(parsed).toMatchObject({ ok: true, value: { minutes: 10, seed: 42, members: 3, clients: 8, report: null } })
})

test('each can be said', () => {
  expect(read('--minutes 0.5 --seed 7 --members 5 --faults link,kill --clients 2 --report a.json')).toMatchObject({
    ok: true,
    value: { minutes: 0.5, seed: 7, members: 5, faults: ['kill', 'link'], clients: 2, report: 'a.json' },
  })
  expect(read('--help')).toEqual({ ok: true, value: null })
})

test.each([
  ['--seed x', '--seed x: give a whole number'],
  ['--seed 1.5', 'a whole number'],
  ['--members 12', 'from 1 to 9'],
  ['--faults kill,earthquake', 'no fault "earthquake"'],
  ['--minutes 0', 'from 0.05'],
  ['--quick', 'quick'],
])('%s is refused in words', (line, words) => {
  const parsed = read(line)
  expect(parsed.ok ? '' : parsed.error).toContain(words)
})
