// The audit log's lines, in ZooKeeper's form: `key=value` in one order, tabs between them, what is unknown left out.
// Source: AuditEvent, AuditHelper, ZKUtil.aclToString of ZooKeeper 3.8; measured against the Debian package.

import { type Acl, type AuthId, formatPerms } from '#shared/zk/acl.ts'
import type { MultiOp, MultiRequest, WriteRequest } from '#shared/zk/request.ts'

/** In the order in which a line shows them. */
const FIELDS = ['session', 'user', 'ip', 'operation', 'znode', 'znode_type', 'acl', 'result'] as const
type Field = (typeof FIELDS)[number]

export type AuditEvent = Readonly<Partial<Record<Field, string>>>

/** Names of znodes are clients' words: what would end or split a line is shown as an escape. */
export function formatAuditEvent(event: AuditEvent): string {
  const parts = FIELDS.filter((field) => event[field] !== undefined).map((field) => `${field}=${event[field]}`)
  return parts.map((part) => part.replace(CONTROL, escaped)).join('\t')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those are to be found
const CONTROL = /[\u0000-\u001f\u007f\u2028\u2029]/g

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Whose names are shown: the one in `user:digest`, and the address last. Apache keeps them in a set, in any order. */
export function userNames(auth: readonly AuthId[]): string {
  const byAddress = [...auth].sort((a, b) => Number(a.scheme === 'ip') - Number(b.scheme === 'ip'))
  return byAddress
    .map(userName)
    .filter((name) => name !== null)
    .join(',')
}

function userName({ scheme, id }: AuthId): string | null {
  if (scheme === 'super') return null // Apache knows no provider for it, and so no name
  return scheme === 'digest' ? (id.split(':')[0] ?? id) : id
}

export function aclText(acl: readonly Acl[] | null): string {
  return (acl ?? []).map(({ perms, scheme, id }) => `${scheme}:${id}:${formatPerms(perms)}`).join('')
}

type Audited = Pick<AuditEvent, 'operation' | 'znode' | 'znode_type' | 'acl'>

/**
 * What a request did, one event for each change; a failed multi is one event. Empty for what is not audited.
 * @param paths of nodes that were created, by position in the multi (0 for a single request); null: it failed
 */
export function auditedChanges(request: WriteRequest, paths: readonly (string | null)[] | null): readonly Audited[] {
  switch (request.type) {
    case 'multi':
      return paths === null ? [{ operation: 'multiOperation' }] : changesOfMulti(request, paths)
    case 'reconfig':
      return [{ operation: 'reconfig', znode: '/zookeeper/config' }]
    case 'setACL':
      return [{ operation: 'setAcl', znode: request.path, acl: aclText(request.acl) }]
    case 'createSession':
    case 'closeSession':
    case 'deleteContainer':
    case 'undecodable':
      return []
    default:
      return changeOfOp(request, paths?.[0] ?? null)
  }
}

function changesOfMulti({ ops }: MultiRequest, paths: readonly (string | null)[]): Audited[] {
  return ops.flatMap((op, i) => changeOfOp(op, paths[i] ?? null))
}

function changeOfOp(op: MultiOp, created: string | null): Audited[] {
  switch (op.type) {
    case 'delete':
      return [{ operation: 'delete', znode: op.path }]
    case 'setData':
      return [{ operation: 'setData', znode: op.path }]
    case 'check':
      return []
    default:
      return [{ operation: 'create', znode: created ?? op.path, znode_type: znodeType(op.flags) }]
  }
}

/** CreateMode's name, by the flags on the wire. Source: CreateMode.fromFlag. */
const ZNODE_TYPES = [
  'persistent',
  'ephemeral',
  'persistent_sequential',
  'ephemeral_sequential',
  'container',
  'persistent_with_ttl',
  'persistent_sequential_with_ttl',
] as const

function znodeType(flags: number): string {
  return ZNODE_TYPES[flags] ?? 'unknown'
}
