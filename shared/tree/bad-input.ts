// For tests only: requests that a careful client would not send, for every operation. What Apache ZooKeeper 3.8.0
// answers to each is in testdata/apache-errors.json; an integration test measures it anew.

import { OPEN_ACL, PERMS } from '../zk/acl.ts'
import type { ClientRequest, CreateRequest, MultiOp, WriteRequest } from '../zk/request.ts'

export interface BadInput {
  readonly name: string
  readonly request: ClientRequest
}

const DATA = Uint8Array.of(1)

function create(path: string, flags = 0, type: CreateRequest['type'] = 'create'): CreateRequest {
  return { type, path, data: DATA, acl: OPEN_ACL, flags }
}

/** What is there when a bad request comes: to be created first, by somebody else. */
export const SCENE: readonly WriteRequest[] = [
  create('/p'),
  create('/p/c'),
  create('/v'),
  { ...create('/closed'), acl: [{ perms: PERMS.ALL, scheme: 'digest', id: 'nobody:x' }] },
  create('/e', 1),
]

const PATHS: readonly string[] = [
  ...['', 'a', 'a/b', '/', '//', '/p/', '/p//', '/p//x', '//p', '/p/c/'],
  ...['/.', '/..', '/p/.', '/p/..', '/p/./x', '/p/../x', '/p/c/..', '/...', '/p/.x', '/p/x.', '/p/..x'],
  ...['/\0', '/p/\0', '/p\0/x', '/p/x\0y', '/p/\u0001', '/p/\u001f', '/p/ ', '/p/\u007f', '/p/\u009f', '/p/\u00a0'],
  ...['/p/é', '/p/中', '/p/\ud7ff', '/p/\ud800', '/p/\udfff', '/p/😀', '/p/\ue000', '/p/\uf8ff', '/p/\uf900'],
  ...['/p/\uffef', '/p/\ufff0', '/p/\ufffd', '/p/\uffff', '/none', '/none/x', '/closed', '/closed/x', '/e/x'],
  ...['/zookeeper', '/zookeeper/quota', '/zookeeper/config', '/zookeeper/x', '/zookeeper/config/x'],
]

function onPath(path: string): ClientRequest[] {
  const [watch, version] = [false, -1]
  const acl = OPEN_ACL
  return [
    create(path),
    create(path, 0, 'create2'),
    create(path, 2),
    create(path, 4, 'createContainer'),
    { ...create(path, 5), type: 'createTTL', ttlMs: 1000 },
    { type: 'delete', path, version },
    { type: 'setData', path, data: DATA, version },
    { type: 'setACL', path, acl, version },
    { type: 'multi', ops: [{ type: 'check', path, version }] },
    { type: 'exists', path, watch },
    { type: 'getData', path, watch },
    { type: 'getACL', path },
    { type: 'getChildren', path, watch },
    { type: 'getChildren2', path, watch },
    { type: 'getAllChildrenNumber', path },
    { type: 'multiRead', ops: [{ type: 'getData', path }] },
    { type: 'removeWatches', path, watcherType: 3 },
    { type: 'checkWatches', path, watcherType: 3 },
  ]
}

/** Flags that do not exist or do not fit: which of them Apache lets pass is another matter. */
const UNKNOWN_FLAGS = [-1, 7, 8, 100, -(2 ** 31)]
const TTLS = [-1, 0, 1, 2 ** 40 - 1, 2 ** 40]

function onFlags(): ClientRequest[] {
  const types = ['create', 'create2', 'createContainer'] as const
  return [
    ...types.flatMap((type) => UNKNOWN_FLAGS.map((flags) => create('/f', flags, type))),
    ...types.slice(0, 2).flatMap((type) => [5, 6].map((flags) => create('/f', flags, type))),
    ...UNKNOWN_FLAGS.map((flags) => ({ ...create('/f', flags), type: 'createTTL' as const, ttlMs: 1000 })),
    ...[5, 6].flatMap((flags) => TTLS.map((ttlMs) => ({ ...create('/f', flags), type: 'createTTL' as const, ttlMs }))),
  ]
}

const IDS: readonly (readonly [string, string])[] = [
  ...(['anyone', 'somebody', 'ANYONE', ''] as const).map((id) => ['world', id] as const),
  ...(['x', 'x:', ':x', ':', '', 'x:y', 'x:y:z'] as const).map((id) => ['digest', id] as const),
  ...['1.2.3.4', '1.2.3.4/8', '1.2.3.4/0', '1.2.3.4/32', '1.2.3.4/33', '1.2.3.4/-1', '1.2.3.4/', '1.2.3.4/8/8'].map(
    (id) => ['ip', id] as const,
  ),
  ...['1.2.3', '1.2.3.4.5', '1.2.3.256', 'a.b.c.d', '1.2.3.', '::1', '', '01.2.3.4', ' 1.2.3.4'].map(
    (id) => ['ip', id] as const,
  ),
  ...([
    ['auth', ''],
    ['auth', 'x'],
    ['super', 'x:y'],
    ['unheard', 'of'],
    ['', ''],
    ['sasl', 'x'],
    ['x509', 'CN=x'],
  ] as const),
]

function onAcl(): ClientRequest[] {
  const lists = [
    null,
    [],
    ...IDS.map(([scheme, id]) => [{ perms: PERMS.ALL, scheme, id }]),
    ...[0, 32, -1].map((perms) => [{ perms, scheme: 'world', id: 'anyone' }]),
    [...OPEN_ACL, { perms: 1, scheme: 'unheard', id: 'of' }],
  ]
  return lists.flatMap((acl) => [{ ...create('/f'), acl }, { type: 'setACL', path: '/p', acl, version: -1 } as const])
}

const VERSIONS = [-2, 5, 2 ** 31 - 1, -(2 ** 31)]

function onVersion(): ClientRequest[] {
  return VERSIONS.flatMap((version): ClientRequest[] => [
    { type: 'delete', path: '/v', version },
    { type: 'setData', path: '/v', data: null, version },
    { type: 'setACL', path: '/v', acl: OPEN_ACL, version },
    { type: 'multi', ops: [{ type: 'check', path: '/v', version }] },
  ])
}

function rest(): ClientRequest[] {
  const failing: MultiOp = { type: 'delete', path: '/none', version: -1 }
  return [
    { ...create('/f'), data: null },
    { type: 'setData', path: '/p', data: null, version: -1 },
    { type: 'delete', path: '/p', version: -1 },
    { type: 'delete', path: '/closed', version: -1 },
    { type: 'multi', ops: [] },
    { type: 'multi', ops: [create('/f'), failing, create('/g')] },
    { type: 'multi', ops: [create('/f'), create('/f')] },
    { type: 'multiRead', ops: [] },
    { type: 'sync', path: '' },
    { type: 'sync', path: 'no/path' },
    { type: 'getEphemerals', prefix: null },
    { type: 'getEphemerals', prefix: 'no path' },
    ...[0, 6, -1].map((watcherType) => ({ type: 'removeWatches' as const, path: '/p', watcherType })),
    ...[-1, 2].map((mode) => ({ type: 'addWatch' as const, path: '/p', mode })),
  ]
}

function named(requests: readonly ClientRequest[]): BadInput[] {
  return requests.map((request) => ({ name: JSON.stringify(request, plainBytes), request }))
}

/** A recording is read by people, too. */
function plainBytes(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? [...value] : value
}

/** The name says all of it. */
export const BAD_INPUT: readonly BadInput[] = named([
  ...PATHS.flatMap(onPath),
  ...onFlags(),
  ...onAcl(),
  ...onVersion(),
  ...rest(),
])
