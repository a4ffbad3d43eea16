// Operations on recordings: windows of the past that were exported and are looked at again.

import { z } from 'zod'
import { RECORDING_FILE_BYTES_MAX } from '../limits.ts'
import type { Operations } from './operation.ts'

/** Bytes as they come; what is in them is looked at line by line. */
const file = z.custom<AsyncIterable<Uint8Array>>(
  (value) => typeof value === 'object' && value !== null && Symbol.asyncIterator in value,
  'is to be the body',
)

export const RECORDING_OPERATIONS: Operations<'window:open' | 'window:view'> = {
  'window:open': {
    role: 'admin',
    audited: true,
    touches: 'gateway',
    input: z.strictObject({ file }),
    summary:
      'Opens a window that was exported as a cluster that can only be looked at; DELETE /clusters/{cluster} closes it.',
    rest: { method: 'POST', path: '/recordings', fileField: 'file', bodyBytesMax: RECORDING_FILE_BYTES_MAX },
    restOnly: true,
  },
  'window:view': {
    role: 'viewer',
    audited: false,
    input: z.strictObject({ atMs: z.number().min(0).meta({ description: 'Milliseconds since 1970.' }) }),
    summary: 'Of a recording: the whole view of the cluster as it was at a moment.',
    rest: { method: 'GET', path: '/recordings/view' },
  },
}
