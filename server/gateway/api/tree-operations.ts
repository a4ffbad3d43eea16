// Operations that read the tree and follow its changes.

import { z } from 'zod'
import { PLACES_MAX } from '../limits.ts'
import { onlyPath, pathField } from './fields.ts'
import type { Operations } from './operation.ts'

/** Of the beginning of a name. */
const NAME_CHARS_MAX = 4096

export const TREE_OPERATIONS: Operations<'tree:list' | 'tree:forget' | 'node:get'> = {
  'tree:list': {
    role: 'viewer',
    audited: false,
    input: z.strictObject({
      path: pathField,
      offset: z.int().min(0).default(0).meta({ description: 'Children to skip, in the order of their names.' }),
      watch: z.boolean().default(false),
      from: z.string().max(NAME_CHARS_MAX).optional().meta({
        description: 'Instead of an offset: the page that holds the first child whose name is not before this one.',
      }),
      places: z
        .array(z.string().max(NAME_CHARS_MAX))
        .max(PLACES_MAX)
        .optional()
        .meta({ description: 'Names of children whose positions are wanted.' }),
    }),
    summary: 'A page of the children of a znode, sorted by name, each with its stat.',
    rest: { method: 'GET', path: '/tree/children', fixed: { watch: false, places: undefined } },
  },
  'tree:forget': {
    role: 'viewer',
    audited: false,
    input: onlyPath,
    summary: 'Ends the updates about a path.',
    rest: null,
  },
  'node:get': {
    role: 'viewer',
    audited: false,
    input: onlyPath,
    summary:
      'A znode with its stat, its ACL (hashes of digests left out), its owner, and the first 64 KiB of its data.',
    rest: { method: 'GET', path: '/tree/node' },
  },
}
