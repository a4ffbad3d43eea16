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

export function wakeLints({ wakes, herds, crowd }: WakeReport, path: string): Lint[] {
  const byLint = new Map<LintName, string[]>()
  for (const wake of wakes.values()) {
    const name = LINT_OF[wake.verdict]
    if (name) byLint.set(name, [...(byLint.get(name) ?? []), baseName(wake.path)])
  }
  const lints: Lint[] = [...byLint].map(([name, children]) => ({ name, children, params: {} }))
  const most = herds.reduce(
    (n, herd) => Math.max(n, herd.sessions),
    crowd.length >= CROWD_IS_HERD_FROM ? crowd.length : 0,
  )
  if (most > 0) {
    const children = herds.length > 0 ? herds.map((herd) => baseName(herd.path)) : [baseName(path)]
    lints.push({ name: 'herd', children, params: { sessions: most } })
  }
  return lints
}
