// For tests only: random requests of every kind, with few names, so that they meet each other, and some that
// are not legal. What they should lead to is for model/ to say.

import fc from 'fast-check'
import { utf8Encode } from '../base/text.ts'
import { type Acl, type AuthId, OPEN_ACL, PERMS, READ_ACL } from '../zk/acl.ts'
import { CREATE_FLAGS } from '../zk/op.ts'
import type { CreateRequest, CreateTtlRequest, MultiOp, WriteRequest } from '../zk/request.ts'

/**
 * Whose requests they are; Carol has proved nothing, and Root is the superuser. A password is always `secret`, so that
 * an Apache server agrees.
 */
export const PEOPLE = {
  alice: [
    { scheme: 'ip', id: '127.0.0.1' },
    { scheme: 'digest', id: 'alice:aYXlLOpEooaV1cRAvUL1fp9Qt7E=' },
  ],
  bob: [
    { scheme: 'ip', id: '127.1.0.2' },
    { scheme: 'digest', id: 'bob:fyVmFCwVbTJYrznoSu1koqYEYF0=' },
    { scheme: 'digest', id: 'bobby:lposL2hhWczxx6vJFZ7kRWdUmnw=' },
  ],
  carol: [{ scheme: 'ip', id: '127.0.0.3' }],
  root: [
    { scheme: 'ip', id: '127.0.0.4' },
    { scheme: 'super', id: '' },
    { scheme: 'digest', id: 'super:lK75jTNcA+U9vtVEw5vB51mj/w4=' },
  ],
} satisfies Record<string, AuthId[]>

const LEGAL = ['/a', '/b', '/a/x', '/a/y', '/b/x', '/a/x/1', '/zookeeper/quota/a']
const ILLEGAL = ['/a/x/', '/', '/a/.', '/zookeeper', '/a//b', 'a', '', '/a/\u0001', '/\u0000', '/zookeeper/config']

export const anyPath: fc.Arbitrary<string> = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...LEGAL, ...LEGAL.slice(0, 4), '/a', '/a') },
  { weight: 2, arbitrary: fc.constantFrom(...ILLEGAL) },
)
export const anyData: fc.Arbitrary<Uint8Array | null> = fc.constantFrom(
  null,
  new Uint8Array(0),
  Uint8Array.of(1),
  Uint8Array.of(2, 3, 4),
  new Uint8Array(40).fill(7),
)
const anyVersion = fc.constantFrom(-1, -1, -1, 0, 1, 2)

const perms = fc.constantFrom(PERMS.ALL, PERMS.ALL, PERMS.READ, PERMS.READ | PERMS.WRITE, PERMS.CREATE, PERMS.ADMIN, 0)
const entry: fc.Arbitrary<Acl> = fc
  .tuple(
    perms,
    fc.constantFrom(
      ...[['world', 'anyone'] as const, ['world', 'somebody'] as const, ['auth', ''] as const],
      ...[
        ['digest', 'alice:aYXlLOpEooaV1cRAvUL1fp9Qt7E='] as const,
        ['digest', 'bob:fyVmFCwVbTJYrznoSu1koqYEYF0='] as const,
        ['digest', 'nobody'] as const,
      ],
      ...[['ip', '127.0.0.1'] as const, ['ip', '127.0.0.0/16'] as const, ['ip', '127.0'] as const],
      ...[['super', 'super:lK75jTNcA+U9vtVEw5vB51mj/w4='] as const, ['unheard', 'of'] as const],
    ),
  )
  .map(([bits, [scheme, id]]) => ({ perms: bits, scheme, id }))

export const anyAcl: fc.Arbitrary<readonly Acl[] | null> = fc.oneof(
  { weight: 12, arbitrary: fc.constant(OPEN_ACL) },
  { weight: 1, arbitrary: fc.constant(READ_ACL) },
  { weight: 1, arbitrary: fc.constant([{ perms: PERMS.ALL, scheme: 'auth', id: '' }]) },
  { weight: 3, arbitrary: fc.array(entry, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(null, []) },
)

const { container, persistentWithTtl, persistentSequentialWithTtl } = CREATE_FLAGS
const plainFlags = fc.constantFrom(0, 0, 0, 1, 1, 2, 3)

function creates(allFlags: boolean): fc.Arbitrary<CreateRequest | CreateTtlRequest> {
  const flags = (lawful: fc.Arbitrary<number>) =>
    allFlags
      ? fc.oneof({ weight: 9, arbitrary: lawful }, { weight: 1, arbitrary: fc.integer({ min: -1, max: 8 }) })
      : lawful
  const rest = { path: anyPath, data: anyData, acl: anyAcl }
  return fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        type: fc.constantFrom('create' as const, 'create2' as const),
        ...rest,
        flags: flags(plainFlags),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant('createContainer' as const),
        ...rest,
        flags: flags(fc.constant(container)),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant('createTTL' as const),
        ...rest,
        flags: flags(fc.constantFrom(persistentWithTtl, persistentSequentialWithTtl)),
        ttlMs: fc.constantFrom(1, 5, 1000, 2 ** 40 - 1, 2 ** 40, 0, -1),
      }),
    },
  )
}

export interface ProgramOptions {
  /** Also flags that are unknown or do not fit their operation, which Apache treats in its own way. */
  readonly allFlags: boolean
  /** Also setACL: an Apache leader checks requests behind one in flight against the list from before it. */
  readonly setAcl: boolean
}

function ops(options: ProgramOptions): fc.Arbitrary<Exclude<MultiOp, { type: 'check' }>> {
  return fc.oneof(
    { weight: 7, arbitrary: creates(options.allFlags) },
    { weight: 3, arbitrary: fc.record({ type: fc.constant('delete' as const), path: anyPath, version: anyVersion }) },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('setData' as const),
        path: anyPath,
        data: anyData,
        version: anyVersion,
      }),
    },
  )
}

const check = fc.record({ type: fc.constant('check' as const), path: anyPath, version: anyVersion })

/** What a client may ask of a leader. */
export function anyWrite(options: ProgramOptions): fc.Arbitrary<WriteRequest> {
  const op = ops(options)
  const member = fc.oneof({ weight: 5, arbitrary: op }, { weight: 1, arbitrary: check })
  return fc.oneof(
    { weight: 12, arbitrary: op },
    {
      weight: 4,
      arbitrary: fc.record({ type: fc.constant('multi' as const), ops: fc.array(member, { maxLength: 5 }) }),
    },
    {
      weight: options.setAcl ? 2 : 0,
      arbitrary: fc.record({ type: fc.constant('setACL' as const), path: anyPath, acl: anyAcl, version: anyVersion }),
    },
  )
}

/** What makes a quota on /a, hard limits as given; -1 is none. */
export function quotaRequests(countHardLimit: number, byteHardLimit: number): WriteRequest[] {
  const limits = `count=2,bytes=3=;byteHardLimit=${byteHardLimit};countHardLimit=${countHardLimit}`
  const node = (path: string, text: string): WriteRequest => ({
    type: 'create',
    path,
    data: utf8Encode(text),
    acl: OPEN_ACL,
    flags: CREATE_FLAGS.persistent,
  })
  return [
    node('/a', ''),
    node('/zookeeper/quota/a', ''),
    node('/zookeeper/quota/a/zookeeper_limits', limits),
    node('/zookeeper/quota/a/zookeeper_stats', 'count=1,bytes=0'),
  ]
}
