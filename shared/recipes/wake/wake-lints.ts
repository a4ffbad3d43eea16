// The lints that only watch tables can prove. Those that one look at the directory proves are in ../lints.ts.

import { baseName } from '../../zk/path.ts'
import type { Lint, LintName } from '../contract.ts'
import type { WakeReport, WakeVerdict } from './compare.ts'

/** From so many watchers on, a single node's end wakes a herd. */
export const CROWD_IS_HERD_FROM = 3

const LINT_OF: Readonly<Partial<Record<WakeVerdict, LintName>>> = {
  orphan: 'missing wake edge',
  'lost wake-up': 'missing wake edge',
  'self-watch': 'self-watch',
  'wrong predecessor': 'wrong wake edge',
  'eligible asleep': 'eligible but asleep',
}

const MESSAGES: Readonly<Partial<Record<LintName, string>>> = {
  'missing wake edge':
    'It waits and watches nothing, so nothing wakes it: typical of a node left behind by a lost answer. Those behind it wait until its session ends.',
  'self-watch': 'It watches its own node: it sleeps until its own session ends.',
  'wrong wake edge':
    'It sleeps on another contender than its library should: it wakes too early, too late, or in vain.',
  'eligible but asleep': 'Nothing stands in its way, but it sleeps on a contender that stays.',
}

export function wakeLints({ wakes, herds, crowd }: WakeReport, path: string): Lint[] {
  const byLint = new Map<LintName, string[]>()
  for (const wake of wakes.values()) {
    const name = LINT_OF[wake.verdict]
    if (name) byLint.set(name, [...(byLint.get(name) ?? []), baseName(wake.path)])
  }
  const lints: Lint[] = [...byLint].map(([name, children]) => ({ name, children, message: MESSAGES[name] ?? name }))
  const most = herds.reduce(
    (n, herd) => Math.max(n, herd.sessions),
    crowd.length >= CROWD_IS_HERD_FROM ? crowd.length : 0,
  )
  if (most > 0) {
    const children = herds.length > 0 ? herds.map((herd) => baseName(herd.path)) : [baseName(path)]
    lints.push({
      name: 'herd',
      children,
      message: `${most} sessions wake at once when it ends, and at most one of them gets further.`,
    })
  }
  return lints
}
