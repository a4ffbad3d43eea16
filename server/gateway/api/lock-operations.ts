// Operations about lock directories: who holds, who waits for whom.

import { z } from 'zod'
import { GLOB_LENGTH_MAX, globProblem, OVERRIDE_RECIPES } from '#shared/recipes/recognise/overrides.ts'
import { nothing, onlyPath } from './fields.ts'
import type { Operations } from './operation.ts'

type LockRequest = 'locks:list' | 'locks:open' | 'locks:close' | 'locks:graph' | 'locks:overrides' | 'locks:override'

const glob = z
  .string()
  .max(GLOB_LENGTH_MAX)
  .superRefine((text, context) => {
    const problem = globProblem(text)
    if (problem) context.addIssue({ code: 'custom', message: problem })
  })
  .meta({ description: 'Paths, with `*` for one part and `**` for any number of parts.' })

export const LOCK_OPERATIONS: Operations<LockRequest> = {
  'locks:list': {
    role: 'viewer',
    audited: false,
    input: nothing,
    summary: 'Directories in which sequential ephemerals were seen, newest first.',
    rest: { method: 'GET', path: '/locks' },
  },
  'locks:open': {
    role: 'viewer',
    audited: false,
    input: onlyPath,
    summary: 'Holders and queue of a lock directory; a socket is told of each change until it closes it.',
    rest: { method: 'GET', path: '/locks/queue' },
  },
  'locks:close': {
    role: 'viewer',
    audited: false,
    input: onlyPath,
    summary: 'Ends the updates about a lock directory.',
    rest: null,
  },
  'locks:graph': {
    role: 'viewer',
    audited: false,
    input: nothing,
    summary: 'Sessions that wait for each other, over all locks whose history is kept, with cycles.',
    rest: { method: 'GET', path: '/locks/graph' },
  },
  'locks:overrides': {
    role: 'viewer',
    audited: false,
    input: nothing,
    summary: 'What people have said about directories; it wins over what their names tell.',
    rest: { method: 'GET', path: '/locks/overrides' },
  },
  'locks:override': {
    role: 'operator',
    audited: true,
    touches: 'gateway',
    input: z.strictObject({
      glob,
      recipe: z.enum(OVERRIDE_RECIPES).nullable().meta({ description: 'null takes back what was said.' }),
      permits: z.int().min(1).max(1_000_000).nullable(),
    }),
    summary: 'Says what the directories of a path pattern are; kept over restarts.',
    rest: { method: 'PUT', path: '/locks/overrides' },
  },
}
