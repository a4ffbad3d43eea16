import { expect, test } from 'vitest'
import { readArguments } from './arguments.ts'
import { workloadHelp } from './client-arguments.ts'

function read(...args: string[]) {
  const result = readArguments(args)
  return result.ok ? result.value : result.error
}

test('shell: its options, then a command as it is', () => {
  const defaults = { type: 'shell', servers: '127.0.0.1:2181', sessionTimeoutMs: 30_000, readOnly: false, words: [] }
  expect(read('shell')).toEqual(defaults)
  expect(read('shell', '-server', 'h:1/app', '-timeout', '5000', '-r', 'get', '-s', '/a b', '--help')).toEqual({
    ...defaults,
    ...{ servers: 'h:1/app', sessionTimeoutMs: 5000, readOnly: true, words: ['get', '-s', '/a b', '--help'] },
  })
  expect(read('shell', '--help')).toEqual({ type: 'help' })
  expect(read('shell', '-server')).toBe('-server needs a value.')
  expect(read('shell', '-timeout', 'soon')).toContain('-timeout takes milliseconds')
  expect(read('shell', '-waitforconnection')).toContain('no option -waitforconnection')
})

test('workload: settings by their names', () => {
  expect(read('workload', 'lock', '--hold-ms', '20', '--mode=naive', '--servers', 'h:1', '--root', '/x')).toEqual({
    ...{ type: 'workload', kind: 'lock', settings: { holdMs: 20, mode: 'naive' }, connectString: 'h:1', root: '/x' },
  })
  expect(read('workload', 'paused-holder', '--fencing', 'false')).toMatchObject({ settings: { fencing: false } })
  expect(read('workload', 'lock', '--hold-ms', 'long')).toMatchObject({ settings: { holdMs: 'long' } })
  expect(read('workload', 'lock', '--fencing', 'true')).toContain('See zabscope workload lock --help.')
  expect(read('workload', 'locks')).toContain('There are lock, configuration')
  expect(read('workload')).toEqual({ type: 'workload-help', kind: null })
  expect(read('workload', 'load', '--help')).toEqual({ type: 'workload-help', kind: 'load' })
  expect(workloadHelp('load')).toMatch(/--ops-per-second +operations a second \(1 to 50000 1\/s; default: 200\)/)
})
