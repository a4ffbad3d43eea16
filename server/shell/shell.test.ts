// What needs no server: words, options, forms of output, history, the table of verbs.

import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAcl } from './acl-text.ts'
import { complete } from './completion.ts'
import { formatData, formatTime } from './format.ts'
import { HISTORY_LINES_MAX, historyFile, readHistory, writeHistory } from './history.ts'
import { readInput } from './options.ts'
import { Shell } from './shell.ts'
import { helpText, VERB_NAMES } from './verbs.ts'
import { splitWords } from './words.ts'

test.each([
  ['create /a "two words"', ['create', '/a', 'two words']],
  ['  set /a \'it "is"\'  ', ['set', '/a', 'it "is"']],
  ['set /a ""', ['set', '/a', '']],
  ['set /a a"b c', ['set', '/a', 'a"b', 'c']],
  ['', []],
  ['   ', []],
])('the words of %j', (line, words) => {
  expect(splitWords(line)).toEqual({ ok: true, value: words })
})

test('a quote that is not closed is said so', () => {
  expect(splitWords('set /a "b c')).toEqual({ ok: false, error: 'The quote at "\\"b c" is not closed.' })
})

describe('options', () => {
  const shape = { flags: ['s', 'e'], values: ['t', 'v'], oneOf: [['t', 'v']], args: [1, 2] } as const
  test('stand anywhere, together or alone', () => {
    const read = readInput(['/a', '-se', '-t', '-5', 'data'], shape)
    expect(read.ok && [[...read.value.flags], read.value.values.get('t'), read.value.args]).toEqual([
      ['s', 'e'],
      ['-5'],
      ['/a', 'data'],
    ])
    expect(readInput(['/a', '--', '-s'], shape)).toMatchObject({ value: { args: ['/a', '-s'] } })
  })
  test.each([
    [['-x', '/a'], 'Unrecognized option: -x'],
    [['-sx', '/a'], 'Unrecognized option: -sx'],
    [['/a', '-t'], 'Missing argument for option: t'],
    [['/a', '-t', '1', '-v', '1'], '-t and -v cannot be given together.'],
    [[], 'Too few arguments.'],
    [['a', 'b', 'c'], 'Too many arguments, from "c" on.'],
  ])('%j is refused', (words, error) => {
    expect(readInput(words, shape)).toEqual({ ok: false, error })
  })
})

test('data cannot do anything to a terminal', () => {
  const bytes = (...codes: number[]) => new Uint8Array(codes)
  expect(formatData(null)).toBe('null')
  expect(formatData(bytes())).toBe('')
  expect(formatData(new TextEncoder().encode('héllo\t\u001b[31m\u202e\n'))).toBe('héllo\t\\x1b[31m\\u202e\n')
  expect(formatData(bytes(0x61, 0xff, 0xc3, 0xa9, 0xc3, 0x00, 0xe2, 0x82))).toBe('a\\xffé\\xc3\\x00\\xe2\\x82')
})

test('times are written as Java writes them', () => {
  expect(formatTime(0)).toMatch(/^(Thu Jan 01|Wed Dec 31) \d\d:\d\d:\d\d \S+ (1970|1969)$/)
})

test('ACLs: ids may hold colons', () => {
  expect(parseAcl('world:anyone:r,digest:bob:x=:cdrwa')).toEqual([
    { scheme: 'world', id: 'anyone', perms: 1 },
    { scheme: 'digest', id: 'bob:x=', perms: 31 },
  ])
  expect(() => parseAcl('foo')).toThrow('foo does not have the form scheme:id:perm')
  expect(() => parseAcl('world:anyone:zz')).toThrow('Unknown perm type: z')
})

test('every verb of zkCli 3.8 is there', () => {
  const zkCli =
    'addWatch addauth close config connect create delete deleteall delquota get getAcl getAllChildrenNumber getEphemerals history listquota ls printwatches quit reconfig redo removewatches set setAcl setquota stat sync version whoami'
  expect(VERB_NAMES.filter((name) => name !== 'help').sort()).toEqual(zkCli.split(' ').sort())
  expect(helpText()).toContain('\tcreate [-s] [-e] [-c] [-t ttl] path [data] [acl]\n')
})

describe('history', () => {
  test('is kept for its owner alone, bounded, without passwords', () => {
    const directory = mkdtempSync(join(tmpdir(), 'shell-history-'))
    try {
      const file = join(directory, 'deep/history')
      expect(readHistory(file)).toEqual([])
      writeHistory(file, ['ls /', '', 'addauth digest bob:secret', `set /a ${'x'.repeat(5000)}`, 'get /a'])
      expect(readHistory(file)).toEqual(['ls /', 'get /a'])
      expect(statSync(file).mode & 0o777).toBe(0o600)
      writeHistory(
        file,
        Array.from({ length: 2000 }, (_, i) => `get /${i}`),
      )
      expect(readHistory(file)).toHaveLength(HISTORY_LINES_MAX)
      expect(readHistory(file).at(-1)).toBe('get /1999')
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })
  test('has a place that can be chosen', () => {
    expect(historyFile({ ZABSCOPE_SHELL_HISTORY: '/x/y' })).toBe('/x/y')
    expect(historyFile({ XDG_STATE_HOME: '/s' })).toBe('/s/zabscope/shell-history')
  })
})

describe('without a session', () => {
  function shell(stays = true) {
    const [out, err]: [string[], string[]] = [[], []]
    const options = { sessionTimeoutMs: 1000, readOnly: false, version: '1', stays, printsStates: false }
    return { out, err, shell: new Shell({ ...options, out: (text) => out.push(text), err: (text) => err.push(text) }) }
  }

  test('verbs that need one say so, others work', async () => {
    const { shell: it, out, err } = shell()
    expect(await it.runLine('ls /')).toBe('failed')
    expect(err).toEqual(['Not connected'])
    expect(await it.runLine('printwatches')).toBe('done')
    expect(await it.runLine('printwatches off')).toBe('done')
    expect(await it.runLine('printwatches')).toBe('done')
    expect(out).toEqual(['printwatches is on', 'printwatches is off'])
    expect(await it.runLine('')).toBe('done')
    expect(await it.runLine('nonsense')).toBe('misused')
    expect(err.at(-1)).toContain('Command not found: nonsense')
    expect(await it.runLine('create -e')).toBe('misused')
    expect(err.slice(-2)).toEqual(['Too few arguments.', 'create [-s] [-e] [-c] [-t ttl] path [data] [acl]'])
    expect(await it.runLine('constructor')).toBe('misused')
  })

  test('history numbers commands, redo runs them again but not itself', async () => {
    const { shell: it, out, err } = shell()
    await it.runLine('version')
    await it.runLine('history')
    expect(await it.runLine('redo 0')).toBe('done')
    expect(out).toEqual([
      'Zabscope CLI version: 1',
      '0 - version\n1 - history'.split('\n')[0],
      '1 - history',
      'Zabscope CLI version: 1',
    ])
    expect(await it.runLine('redo 3')).toBe('failed')
    expect(err[0]).toContain('is a redo itself')
    expect(await it.runLine('redo 99')).toBe('failed')
    expect(await it.runLine('redo x')).toBe('misused')
  })

  test('the tab key offers verbs', async () => {
    expect(await complete('getA', null)).toEqual([['getAcl ', 'getAllChildrenNumber '], 'getA'])
    expect(await complete('get /a', null)).toEqual([[], '/a'])
  })
})
