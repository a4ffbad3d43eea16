// Operations about lock directories: who holds, who waits for whom.

import { nothing, onlyPath } from './fields.ts'
import type { Operations } from './operation.ts'

export const LOCK_OPERATIONS: Operations<'locks:list' | 'locks:open' | 'locks:close'> = {
  'locks:list': {
    role: 'viewer',
    audited: false,
    input: nothing,
    summary: 'Directories in which sequential ephemerals were seen, newest first.',
    rest: { method: 'GET', path: '/locks' },
  },
  'locks:open': {
    role: 'viewer',
    audited: false,
    input: onlyPath,
    summary: 'Holders and queue of a lock directory; a socket is told of each change until it closes it.',
    rest: { method: 'GET', path: '/locks/queue' },
  },
  'locks:close': {
    role: 'viewer',
    audited: false,
    input: onlyPath,
    summary: 'Ends the updates about a lock directory.',
    rest: null,
  },
}
