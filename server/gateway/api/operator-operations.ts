// Operations about the ensemble as a whole, and about what was done to it.

import { z } from 'zod'
import { AUDIT_RECORDS_SHOWN_MAX, WATCH_ROWS_MAX } from '../limits.ts'
import { nothing } from './fields.ts'
import type { Operations } from './operation.ts'

type OperatorRequest = 'members:list' | 'sessions:list' | 'session:close' | 'watches:list' | 'audit:read'

const session = z
  .string()
  .regex(/^0x[0-9a-f]{1,16}$/)
  .meta({ description: 'Session id as `0x…`.' })

export const OPERATOR_OPERATIONS: Operations<OperatorRequest> = {
  'members:list': {
    role: 'viewer',
    audited: false,
    input: nothing,
    summary: 'Every member with its process, its role in the ensemble, its counts and its ports.',
    rest: { method: 'GET', path: '/members' },
  },
  'sessions:list': {
    role: 'viewer',
    audited: false,
    input: nothing,
    summary: 'Sessions that are connected: member, client address, timeout.',
    rest: { method: 'GET', path: '/sessions' },
  },
  'session:close': {
    role: 'operator',
    audited: true,
    touches: 'members',
    input: z.strictObject({ session }),
    summary: 'Ends a session as its own client would: its ephemerals go, its watches end.',
    rest: { method: 'DELETE', path: '/sessions/{session}' },
  },
  'watches:list': {
    role: 'viewer',
    audited: false,
    input: z.strictObject({ limit: z.int().min(1).max(WATCH_ROWS_MAX).default(WATCH_ROWS_MAX) }),
    summary: 'Data watches by path, from every member; each goes through all its watches to answer.',
    rest: { method: 'GET', path: '/watches' },
  },
  'audit:read': {
    role: 'admin',
    audited: false,
    input: z.strictObject({ limit: z.int().min(1).max(AUDIT_RECORDS_SHOWN_MAX).default(100) }),
    summary: 'The newest records of the audit log, and whether its chain of hashes holds.',
    rest: { method: 'GET', path: '/audit' },
  },
}
