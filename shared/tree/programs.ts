// For tests only: random requests of every kind, with few names, so that they meet each other, and some that
// are not legal. What they should lead to is for model/ to say. Chance comes in as `choose`.

import { nextInt, type Prng } from '../base/prng.ts'
import { utf8Encode } from '../base/text.ts'
import { type Acl, type AuthId, OPEN_ACL, PERMS, READ_ACL } from '../zk/acl.ts'
import { CREATE_FLAGS } from '../zk/op.ts'
import type {
  CreateRequest,
  CreateTtlRequest,
  MultiOp,
  MultiReadOp,
  ReadRequest,
  SetWatchesRequest,
  WriteRequest,
} from '../zk/request.ts'
import type { Zxid } from '../zk/zxid.ts'

/** A number from 0 to `below` - 1. */
export type Choose = (below: number) => number

export function chooseBy(prng: Prng): Choose {
  return (below) => nextInt(prng, below)
}

function oneOf<T>(choose: Choose, items: readonly T[]): T {
  return items[choose(items.length)] as T // choose stays below the length
}

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

const LEGAL = ['/a', '/b', '/a/x', '/a/y', '/b/x', '/a/x/1']
const ILLEGAL = ['/a/x/', '/', '/a/.', '/zookeeper', '/a//b', 'a', '', '/a/\u0001', '/\u0000', '/zookeeper/config']
const PATHS = [...LEGAL, ...LEGAL, '/a', '/a', '/a/x', '/a/y', '/zookeeper/quota/a']
const QUOTA_PATHS = ['/zookeeper/quota/a/zookeeper_limits', '/zookeeper/quota/a/zookeeper_stats']

export function anyPath(choose: Choose, options: Partial<ProgramOptions> = {}): string {
  const kind = choose(20)
  if (kind >= 18) return oneOf(choose, ILLEGAL)
  return kind === 17 && options.quotaTexts ? oneOf(choose, QUOTA_PATHS) : oneOf(choose, PATHS)
}

const DATA = [
  new Uint8Array(0),
  null,
  Uint8Array.of(1),
  Uint8Array.of(2, 3, 4),
  new Uint8Array(40).fill(7),
  utf8Encode('count=-1,bytes=-1=;byteHardLimit=50;countHardLimit=3'),
]
const VERSIONS = [-1, -1, -1, 0, 1, 2]
const PERM_BITS = [PERMS.ALL, PERMS.ALL, PERMS.READ, PERMS.READ | PERMS.WRITE, PERMS.CREATE, PERMS.ADMIN, 0]
const IDS: readonly AuthId[] = [
  { scheme: 'world', id: 'anyone' },
  { scheme: 'auth', id: '' },
  ...[PEOPLE.alice[0], PEOPLE.alice[1], PEOPLE.bob[1], PEOPLE.root[2]].filter((id) => id !== undefined),
  { scheme: 'ip', id: '127.0.0.0/16' },
  { scheme: 'ip', id: '127.0' },
  { scheme: 'digest', id: 'nobody' },
  { scheme: 'world', id: 'somebody' },
  { scheme: 'super', id: 'super:lK75jTNcA+U9vtVEw5vB51mj/w4=' },
  { scheme: 'unheard', id: 'of' },
]

export function anyAcl(choose: Choose): readonly Acl[] | null {
  const kind = choose(20)
  if (kind < 13) return OPEN_ACL
  if (kind === 13) return READ_ACL
  if (kind === 14) return [{ perms: PERMS.ALL, scheme: 'auth', id: '' }]
  if (kind === 15) return oneOf(choose, [null, []])
  return Array.from({ length: 1 + choose(3) }, () => ({ perms: oneOf(choose, PERM_BITS), ...oneOf(choose, IDS) }))
}

export interface ProgramOptions {
  /** Also flags that are unknown or do not fit their operation, which Apache treats in its own way. */
  readonly allFlags: boolean
  /** Also setACL, and setData of the root: what an Apache leader gets wrong while other proposals are in flight. */
  readonly racy: boolean
  /** Also the nodes with the texts of a quota: whatever is not such a text, Apache stumbles over. */
  readonly quotaTexts: boolean
}

const PLAIN_FLAGS = [0, 0, 0, 1, 1, 2, 3]
const TTL_FLAGS = [CREATE_FLAGS.persistentWithTtl, CREATE_FLAGS.persistentSequentialWithTtl]
const TTLS = [1, 5, 1000, 2 ** 40 - 1, 2 ** 40, 0, -1]

function anyCreate(choose: Choose, options: ProgramOptions): CreateRequest | CreateTtlRequest {
  const rest = { path: anyPath(choose, options), data: oneOf(choose, DATA), acl: anyAcl(choose) }
  const flags = (lawful: readonly number[]) =>
    options.allFlags && choose(12) === 11 ? choose(10) - 1 : oneOf(choose, lawful)
  const kind = choose(12)
  if (kind < 8) return { type: kind % 2 === 0 ? 'create' : 'create2', ...rest, flags: flags(PLAIN_FLAGS) }
  if (kind < 10) return { type: 'createContainer', ...rest, flags: flags([CREATE_FLAGS.container]) }
  return { type: 'createTTL', ...rest, flags: flags(TTL_FLAGS), ttlMs: oneOf(choose, TTLS) }
}

function anyOp(choose: Choose, options: ProgramOptions): Exclude<MultiOp, { type: 'check' }> {
  const kind = choose(13)
  if (kind < 7) return anyCreate(choose, options)
  const [path, version] = [anyPath(choose, options), oneOf(choose, VERSIONS)]
  if (kind < 10) return { type: 'delete', path, version }
  return { type: 'setData', path: path === '/' && !options.racy ? '/a' : path, data: oneOf(choose, DATA), version }
}

/** A write that a client may ask for, other than the end of its session. */
export function anyWrite(choose: Choose, options: ProgramOptions): WriteRequest {
  const kind = choose(options.racy ? 18 : 16)
  if (kind < 12) return anyOp(choose, options)
  if (kind >= 16)
    return { type: 'setACL', path: anyPath(choose), acl: anyAcl(choose), version: oneOf(choose, VERSIONS) }
  const member = (): MultiOp =>
    choose(6) === 5
      ? { type: 'check', path: anyPath(choose), version: oneOf(choose, VERSIONS) }
      : anyOp(choose, options)
  return { type: 'multi', ops: Array.from({ length: choose(6) }, member) }
}

const MULTI_READ_TYPES: readonly MultiReadOp['type'][] = ['getData', 'getChildren']

/** Something to read, with a watch or not, or about watches alone. `lastZxid`: what the asker may have seen last. */
export function anyRead(choose: Choose, lastZxid: Zxid): ReadRequest {
  const path = anyPath(choose)
  const watch = choose(2) === 1
  switch (choose(14)) {
    case 0:
    case 1:
      return { type: 'getData', path, watch }
    case 2:
    case 3:
      return { type: 'exists', path, watch }
    case 4:
      return { type: 'getChildren', path, watch }
    case 5:
      return { type: 'getChildren2', path, watch }
    case 6:
      return { type: 'getACL', path }
    case 7: {
      const op = (): MultiReadOp => ({ type: oneOf(choose, MULTI_READ_TYPES), path: anyPath(choose) })
      return { type: 'multiRead', ops: Array.from({ length: choose(4) }, op) }
    }
    case 8:
      return { type: 'getEphemerals', prefix: oneOf(choose, [null, '/', '/a', '/a/x', ' ']) }
    case 9:
      return { type: 'getAllChildrenNumber', path }
    case 10:
      return { type: 'addWatch', path, mode: choose(3) }
    case 11:
      return { type: 'removeWatches', path, watcherType: 1 + choose(6) }
    case 12:
      return { type: 'checkWatches', path, watcherType: 1 + choose(6) }
    default:
      return anySetWatches(choose, lastZxid)
  }
}

function anySetWatches(choose: Choose, lastZxid: Zxid): SetWatchesRequest {
  const paths = () => Array.from({ length: choose(3) }, () => oneOf(choose, LEGAL))
  const relativeZxid = Math.max(0, lastZxid - choose(10)) as Zxid
  const lists = { relativeZxid, data: paths(), exist: paths(), child: paths() }
  if (choose(2) === 0) return { type: 'setWatches', ...lists, persistent: [], persistentRecursive: [] }
  return { type: 'setWatches2', ...lists, persistent: paths(), persistentRecursive: paths() }
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
