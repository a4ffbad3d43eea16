// Operations about the page's own connection.

import { z } from 'zod'
import { STREAM_VIEWS } from '#shared/events/subscription.ts'
import { nothing } from './fields.ts'
import type { Operations } from './operation.ts'

export const PAGE_OPERATIONS: Operations<'hello' | 'api:describe'> = {
  hello: {
    role: 'viewer',
    audited: false,
    input: z.strictObject({
      version: z.int(),
      lastSeq: z.int().min(0).nullable(),
      cluster: z.string().max(64).optional(),
      history: z.string().max(64).optional(),
      views: z.array(z.enum(STREAM_VIEWS)).max(STREAM_VIEWS.length).optional(),
    }),
    summary: 'Says which event the page saw last; answers with what it missed, or with a snapshot.',
    rest: null,
  },
  'api:describe': {
    role: 'viewer',
    audited: false,
    input: nothing,
    summary: 'Who is asking, and every operation with whether their role may use it.',
    rest: { method: 'GET', path: '/describe' },
  },
}
