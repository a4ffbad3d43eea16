// What the Stat of a directory tells of its whole life, without any history: how many children were created
// and deleted, and the number that the next sequential one gets. Source: DataNode.copyStat; locks-and-recipes.md §1.3.

import type { LifetimeCounters, SiteNode } from './picture.ts'

/** cversion is twice the creates less the children there are. Wraps with the signed 32-bit counter behind it. */
export function lifetimeCounters({
  cversion,
  numChildren,
}: Pick<SiteNode, 'cversion' | 'numChildren'>): LifetimeCounters {
  const creates = (cversion + numChildren) / 2
  return { creates, deletes: creates - numChildren }
}
