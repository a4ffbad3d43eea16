// The lints that only time can prove. Those that one look at the directory proves are in ../lints.ts.

import type { Lint } from '../contract.ts'
import type { LockHistory } from './lock-history.ts'

export function historyLints({ resets, tokenViolations, picture, site, open }: LockHistory): Lint[] {
  const lints: Lint[] = []
  if (resets > 0) lints.push({ name: 'sequence reset', children: [], params: { resets } })
  if (tokenViolations > 0)
    lints.push({ name: 'token out of order', children: [], params: { violations: tokenViolations } })
  if (site.nodes.get(site.path) === null && open.size > 0)
    lints.push({ name: 'directory gone', children: [picture.path], params: {} })
  return lints
}
