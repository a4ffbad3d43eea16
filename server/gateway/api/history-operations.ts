// Operations on the past that the gateway keeps.

import { z } from 'zod'
import { EXPORT_FORMATS, HISTORY_STEP_MS_MIN } from '#shared/events/history-protocol.ts'
import type { Operations } from './operation.ts'

const timeField = z.number().min(0).meta({ description: 'Milliseconds since 1970.' })

export const HISTORY_OPERATIONS: Operations<'history:range' | 'history:moment' | 'history:export'> = {
  'history:range': {
    role: 'viewer',
    audited: false,
    input: z
      .strictObject({
        fromMs: timeField,
        toMs: timeField,
        stepMs: z.int().min(HISTORY_STEP_MS_MIN).meta({ description: 'Length of a step.' }),
        events: z.boolean().meta({ description: 'Whether the events are wanted, too.' }),
      })
      .refine(({ fromMs, toMs }) => fromMs < toMs, { message: 'a range ends after it begins', path: ['toMs'] }),
    summary: 'Figures for each step of a range of the past, and its events when they are few.',
    rest: { method: 'GET', path: '/history/range' },
  },
  'history:moment': {
    role: 'viewer',
    audited: false,
    input: z.strictObject({ atMs: timeField }),
    summary: 'All that was known at a moment of the past, and the events around it.',
    rest: { method: 'GET', path: '/history/moment' },
  },
  'history:export': {
    role: 'operator',
    audited: false,
    input: z.strictObject({
      format: z.enum(EXPORT_FORMATS).meta({ description: 'perfetto opens in ui.perfetto.dev.' }),
      fromMs: timeField.optional(),
      toMs: timeField.optional(),
    }),
    summary: 'The past as a file: all of it to be looked at again, its events, or a trace.',
    rest: { method: 'GET', path: '/history/export' },
    restOnly: true,
  },
}
