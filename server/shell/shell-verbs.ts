// Verbs about the shell itself: its connection, its history, its end.

import { UsageError } from './options.ts'
import type { Verbs } from './verb.ts'

/** As many of the last commands as `history` shows, itself included. */
const HISTORY_SHOWN = 11

export const SHELL_VERBS: Verbs = {
  connect: {
    usage: 'host:port',
    args: [0, 1],
    run: (host, { args: [servers = 'localhost:2181'] }) => host.connect(servers),
  },
  close: { usage: '', args: [0, 0], run: (host) => host.close() },
  history: {
    usage: '',
    args: [0, 0],
    run: (host) => {
      for (const { number, line } of host.history.slice(-HISTORY_SHOWN)) host.print(`${number} - ${line}`)
    },
  },
  redo: {
    usage: 'cmdno',
    args: [1, 1],
    run: (host, { args: [text = ''] }) => {
      if (!/^\d{1,9}$/.test(text)) throw new UsageError(`${text} is not the number of a command; history has them.`)
      return host.redo(Number(text))
    },
  },
  version: { usage: '', args: [0, 0], run: (host) => host.print(`Zabscope CLI version: ${host.version}`) },
  quit: { usage: '', args: [0, 0], run: (host) => host.quit() },
}
