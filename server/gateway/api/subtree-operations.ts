// Operations on whole subtrees: bounded, paced, and on sockets with progress and cancel.

import { z } from 'zod'
import { EXPORT_FORMAT } from '#shared/events/tree-requests.ts'
import { IMPORT_BODY_BYTES_MAX, IMPORT_NODES_MAX, SEARCH_MATCHES_MAX } from '../limits.ts'
import { aclField, dataField, jobField, pathField } from './fields.ts'
import type { Operations } from './operation.ts'

type SubtreeRequest =
  | 'tree:measure'
  | 'tree:sizes'
  | 'tree:search'
  | 'tree:delete'
  | 'tree:export'
  | 'tree:import'
  | 'job:cancel'

const exportedNode = z.strictObject({
  path: z.string().max(4096),
  dataBase64: dataField,
  acl: aclField,
  ephemeral: z.boolean().optional(),
})
const treeFile = z.strictObject({
  format: z.literal(EXPORT_FORMAT),
  version: z.literal(1),
  root: pathField,
  nodes: z.array(exportedNode).max(IMPORT_NODES_MAX),
})

export const SUBTREE_OPERATIONS: Operations<SubtreeRequest> = {
  'tree:measure': {
    role: 'viewer',
    audited: false,
    input: z.strictObject({ path: pathField, job: jobField }),
    summary: 'How many znodes, ephemerals and bytes a subtree has.',
    rest: { method: 'GET', path: '/tree/size' },
  },
  'tree:sizes': {
    role: 'viewer',
    audited: false,
    input: z.strictObject({ path: pathField, job: jobField }),
    summary: 'Where a subtree is large, by looking at some thousand of its znodes; says what is reckoned.',
    rest: { method: 'GET', path: '/tree/sizes' },
  },
  'tree:search': {
    role: 'viewer',
    audited: false,
    input: z.strictObject({
      path: pathField,
      text: z.string().min(1).max(256),
      in: z.enum(['name', 'data', 'both']).default('name'),
      limit: z.int().min(1).max(SEARCH_MATCHES_MAX).default(200),
      job: jobField,
    }),
    summary: 'Znodes of a subtree that have a text in their name or data; upper and lower case are the same.',
    rest: { method: 'GET', path: '/tree/search' },
  },
  'tree:delete': {
    role: 'operator',
    audited: true,
    asksPassword: ({ dryRun }) => !dryRun,
    input: z.strictObject({
      path: pathField,
      dryRun: z.boolean().meta({ description: 'true: only says how much would be deleted.' }),
      job: jobField,
    }),
    summary: 'Deletes a znode and everything below it; what was deleted before a cancel or an error stays deleted.',
    rest: { method: 'DELETE', path: '/tree' },
  },
  'tree:export': {
    role: 'operator',
    audited: false,
    input: z.strictObject({ path: pathField, job: jobField }),
    summary: 'A subtree as a file that tree:import takes: paths, data, ACLs without the hashes of digests.',
    rest: { method: 'GET', path: '/tree/export' },
    restOnly: true,
  },
  'tree:import': {
    role: 'operator',
    audited: true,
    asksPassword: ({ dryRun, existing }) => !dryRun && existing === 'overwrite',
    input: z.strictObject({
      path: pathField,
      tree: treeFile,
      existing: z.enum(['skip', 'overwrite']).default('skip'),
      acl: z.enum(['keep', 'open']),
      dryRun: z.boolean(),
      job: jobField,
    }),
    summary: 'Creates and updates what an export has, below a path; a dry run says what that would be.',
    rest: { method: 'POST', path: '/tree/import', bodyBytesMax: IMPORT_BODY_BYTES_MAX },
  },
  'job:cancel': {
    role: 'viewer',
    audited: false,
    input: z.strictObject({ job: z.int().min(0) }),
    summary: 'Cancels a long request of the same socket; over REST closing the connection does that.',
    rest: null,
  },
}
