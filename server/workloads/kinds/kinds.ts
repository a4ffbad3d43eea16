// Which kind of workload is run by what.

import type { WorkloadKind } from '#shared/events/workload-settings.ts'
import type { Kind } from '../process/kind.ts'
import { CONFIGURATION } from './configuration.ts'
import { DEADLOCK } from './deadlock.ts'
import { LOAD } from './load.ts'
import { LOCK } from './lock.ts'
import { MEMBERSHIP } from './membership.ts'
import { PAUSED_HOLDER } from './paused-holder.ts'
import { QUEUE } from './queue.ts'

export const KINDS: { readonly [K in WorkloadKind]: Kind<K> } = {
  lock: LOCK,
  configuration: CONFIGURATION,
  membership: MEMBERSHIP,
  queue: QUEUE,
  load: LOAD,
  deadlock: DEADLOCK,
  'paused-holder': PAUSED_HOLDER,
}
