// Operations on single znodes. Writes name the version that they expect; over REST also as `If-Match`.

import { z } from 'zod'
import { aclField, dataField, modeField, newPathField, onlyPath, pathField, versionField } from './fields.ts'
import type { Operations } from './operation.ts'

type NodeRequest = 'node:stat' | 'node:data' | 'node:acl' | 'node:create' | 'node:set' | 'node:delete' | 'node:set-acl'

const TTL_MS_MAX = 2 ** 40 - 1

export const NODE_OPERATIONS: Operations<NodeRequest> = {
  'node:stat': {
    role: 'viewer',
    audited: false,
    input: onlyPath,
    summary: 'The stat of a znode.',
    rest: { method: 'GET', path: '/node/stat', versionField: 'version' },
  },
  'node:data': {
    role: 'viewer',
    audited: false,
    input: onlyPath,
    summary: 'All data of a znode, with its stat.',
    rest: { method: 'GET', path: '/node', versionField: 'version' },
  },
  'node:acl': {
    role: 'viewer',
    audited: false,
    input: onlyPath,
    summary: 'The ACL of a znode, with the hashes of digests left out.',
    rest: { method: 'GET', path: '/node/acl' },
  },
  'node:create': {
    role: 'operator',
    audited: true,
    input: z.strictObject({
      path: newPathField,
      dataBase64: dataField,
      mode: modeField.default('persistent'),
      ttlMs: z.int().min(1).max(TTL_MS_MAX).optional().meta({ description: 'For the modes with TTL.' }),
      acl: aclField.optional(),
    }),
    summary: 'Creates a znode below one that exists; open to everybody unless an ACL is given.',
    rest: { method: 'POST', path: '/node' },
  },
  'node:set': {
    role: 'operator',
    audited: true,
    input: z.strictObject({ path: pathField, dataBase64: dataField, version: versionField }),
    summary: 'Replaces the data of a znode that has the expected version.',
    rest: { method: 'PUT', path: '/node', versionField: 'version' },
  },
  'node:delete': {
    role: 'operator',
    audited: true,
    input: z.strictObject({ path: pathField, version: versionField }),
    summary: 'Deletes a znode that has the expected version and no children.',
    rest: { method: 'DELETE', path: '/node', versionField: 'version' },
  },
  'node:set-acl': {
    role: 'operator',
    audited: true,
    input: z.strictObject({
      path: pathField,
      acl: aclField,
      aversion: versionField.meta({ description: 'The version that the ACL must have; -1 for any.' }),
    }),
    summary: 'Replaces the ACL of a znode.',
    rest: { method: 'PUT', path: '/node/acl' },
  },
}
