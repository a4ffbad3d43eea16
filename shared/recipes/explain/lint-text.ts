// The texts of lints by their names, in English, with what happens because of each. The page has its own texts in each
// language, for the same names and parameters. Which lint is true of what is for lints.ts, wake-lints.ts and history-lints.ts.

import type { LintName } from '../contract.ts'
import type { Params } from './sentence.ts'

const n = (params: Params, name: string): number => Number(params[name] ?? 0)
const times = (count: number): string => (count === 1 ? 'once' : `${count} times`)

export const ENGLISH_LINTS: Readonly<Record<LintName, (params: Params) => string>> = {
  'mixed libraries': () =>
    'Different libraries or recipes use this directory. They do not see each other, so more than one can hold.',
  'foreign child blocks': () =>
    'A child that is no contender stands in the line: Curator takes every child for one, and whoever waits for it waits until somebody deletes it.',
  'foreign child ignored': () =>
    'A child that is no contender stands here. Curator takes it for one too, but it sorts behind all others, so nobody waits for it.',
  'reader beside a plain lock': () =>
    'kazoo’s Lock and WriteLock make the same names. A Lock does not wait for earlier readers; a WriteLock does.',
  'persistent contender': () => 'A contender is not ephemeral: no session’s end removes it, only a delete.',
  'duplicate owner': () =>
    'One session stands here more than once: two threads, or a node left behind by a lost reply.',
  'stale owner': () => 'The session in a name is not the session that owns it.',
  'near overflow': () =>
    'The directory has nearly used up its 2^31 numbers; below zero libraries disagree about the order.',
  'permits unknown': () =>
    'How many may hold this semaphore is not stored in ZooKeeper; it is shown as if it were one, until somebody says how many.',
  herd: (p) => `${n(p, 'sessions')} sessions wake at once when it ends, and at most one of them gets further.`,
  'missing wake edge': () =>
    'A waiter watches nothing, so nothing wakes it: typical of a node left behind by a lost answer. Those behind it wait until its session ends.',
  'wrong wake edge': () =>
    'A waiter sleeps on another contender than its library should: it wakes too early, too late, or in vain.',
  'self-watch': () => 'A waiter watches its own node: it sleeps until its own session ends.',
  'eligible but asleep': () => 'Nothing stands in the way of a waiter, but it sleeps on a contender that stays.',
  'sequence reset': (p) =>
    `The directory was made anew ${times(n(p, 'resets'))}, and its numbers began again: only the czxid is a fencing token.`,
  'directory gone': () => 'The directory was deleted under those who wait.',
  'token out of order': (p) =>
    `The lock was granted with a smaller czxid than before, ${times(n(p, 'violations'))}: a resource that checks tokens refuses it.`,
}
