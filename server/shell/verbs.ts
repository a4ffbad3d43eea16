// All verbs of the shell, and the help that lists them.

import { ACL_VERBS } from './acl-verbs.ts'
import { CONFIG_VERBS } from './config-verbs.ts'
import { NODE_VERBS } from './node-verbs.ts'
import { QUOTA_VERBS } from './quota-verbs.ts'
import { SHELL_VERBS } from './shell-verbs.ts'
import type { Verb, Verbs } from './verb.ts'
import { WATCH_VERBS } from './watch-verbs.ts'

export const VERBS: Verbs = {
  ...NODE_VERBS,
  ...ACL_VERBS,
  ...WATCH_VERBS,
  ...QUOTA_VERBS,
  ...CONFIG_VERBS,
  ...SHELL_VERBS,
  help: { usage: '', args: [0, 0], run: (host) => host.print(helpText()) },
}

export const VERB_NAMES: readonly string[] = Object.keys(VERBS).sort()

export function verbNamed(name: string): Verb | null {
  return Object.hasOwn(VERBS, name) ? (VERBS[name] ?? null) : null
}

export function usageOf(name: string): string {
  return `${name} ${VERBS[name]?.usage ?? ''}`
}

export function helpText(): string {
  return [
    'zabscope shell [-server host:port] [-timeout ms] [-r] [cmd args]',
    ...VERB_NAMES.map((name) => `\t${usageOf(name)}`),
  ].join('\n')
}
