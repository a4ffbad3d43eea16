// Operations about the cluster as the gateway treats it.

import { z } from 'zod'
import type { Operations } from './operation.ts'

export const CLUSTER_OPERATIONS: Operations<'cluster:allow-writes'> = {
  'cluster:allow-writes': {
    role: 'admin',
    audited: true,
    touches: 'gateway',
    asksPassword: ({ on }) => on,
    input: z.strictObject({ on: z.boolean() }),
    summary: 'Says whether an attached ensemble may be changed from here; until the gateway ends.',
    rest: { method: 'PUT', path: '/cluster/allow-writes' },
  },
}
