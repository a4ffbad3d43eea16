// Verbs about watches.

import { type Input, UsageError } from './options.ts'
import type { Verbs } from './verb.ts'

const MODES: Readonly<Record<string, boolean>> = { PERSISTENT: false, PERSISTENT_RECURSIVE: true }

export const WATCH_VERBS: Verbs = {
  addWatch: {
    usage:
      '[-m mode] path # optional mode is one of [PERSISTENT, PERSISTENT_RECURSIVE] - default is PERSISTENT_RECURSIVE',
    values: ['m'],
    args: [1, 1],
    run: async (host, { args: [path = ''], values }) => {
      const mode = values.get('m')?.at(-1) ?? 'PERSISTENT_RECURSIVE'
      const recursive = MODES[mode.toUpperCase()]
      if (recursive === undefined) throw new UsageError(`There is no mode ${mode}.`)
      host.requireStay()
      await host.zk.addWatch(path, { recursive, onEvent: (event) => host.onWatch(event) })
    },
  },
  removewatches: {
    usage: 'path [-c|-d|-a] [-l]',
    flags: ['c', 'd', 'a', 'l'],
    oneOf: [['c', 'd', 'a']],
    args: [1, 1],
    run: (host, input) =>
      host.zk.removeWatches(input.args[0] ?? '', { type: watcherType(input), local: input.flags.has('l') }),
  },
  printwatches: {
    usage: 'on|off',
    args: [0, 1],
    run: (host, { args: [wish] }) => {
      if (wish !== undefined && wish !== 'on' && wish !== 'off') throw new UsageError('It is on or off.')
      if (wish === undefined) host.print(`printwatches is ${host.printsWatches ? 'on' : 'off'}`)
      else host.printsWatches = wish === 'on'
    },
  },
}

function watcherType({ flags }: Input): 'children' | 'data' | 'any' {
  if (flags.has('c')) return 'children'
  return flags.has('d') ? 'data' : 'any'
}
