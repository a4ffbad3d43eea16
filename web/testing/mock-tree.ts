// Znodes and locks for the made-up cluster. Development only.

import {
  CHILDREN_PAGE,
  type LockContender,
  type LockView,
  type NodeDetail,
  type NodeListing,
  type NodeRow,
  type StatJson,
} from '#shared/events/socket-protocol.ts'
import { joinPath } from '#shared/zk/path.ts'

const started = Date.now() - 3_600_000

interface MockNode {
  data: string | null
  ephemeral?: string
  children: Map<string, MockNode>
  version: number
  mtime: number
}

function node(data: string | null = null, children: Record<string, MockNode> = {}): MockNode {
  return { data, children: new Map(Object.entries(children)), version: 0, mtime: started }
}

function many(count: number, name: (i: number) => string, make: (i: number) => MockNode): MockNode {
  return node(null, Object.fromEntries(Array.from({ length: count }, (_, i) => [name(i), make(i)])))
}

const CONFIG = JSON.stringify({
  feature: { newCheckout: true, ratio: 0.25 },
  hosts: ['eu-1', 'eu-2'],
  limit: 9007199254740993n.toString(),
})

export const ROOT: MockNode = node('', {
  app: node(null, {
    config: node(CONFIG),
    'feature-flags': node('{"darkMode":true}'),
    leader: many(
      3,
      (i) => `n_${String(i + 41).padStart(10, '0')}`,
      (i) => ({ ...node(`10.0.0.${i + 4}`), ephemeral: `0x2000004f1a3000${i}` }),
    ),
    members: many(
      6,
      (i) => `host-${i + 1}`,
      (i) => ({ ...node(`{"host":"10.0.0.${i + 1}","port":8080}`), ephemeral: `0x1000004f1a3000${i}` }),
    ),
  }),
  'bulk-import': many(
    37_612,
    (i) => `item-${String(i).padStart(10, '0')}`,
    (i) => node(`row ${i}`),
  ),
  locks: node(null, {
    billing: many(
      7,
      (i) => `_c_6f1d0a9${i}-8a3b-4c55-9e21-7c2b1d0f4a3e-lock-${String(i + 118).padStart(10, '0')}`,
      (i) => ({
        ...node(`10.0.0.${i + 4}`),
        ephemeral: `0x2000004f1a3000${i}`,
      }),
    ),
    'report-2026': node(null),
  }),
  services: node(null, {
    'payments\u202egnp.exe': node('a name with a right-to-left override'),
    search: node('\u0001\u0002binary\u0000\u00ff'),
    'user-profile': node(
      'plain text\nwith two lines and a very long second line that goes on beyond the width of the inspector',
    ),
  }),
  zookeeper: node(null, { config: node('server.1=127.0.0.1:2888:3888:participant\nversion=0'), quota: node(null) }),
})

export function find(path: string): MockNode | undefined {
  if (path === '/') return ROOT
  return path
    .slice(1)
    .split('/')
    .reduce<MockNode | undefined>((at, name) => at?.children.get(name), ROOT)
}

function statOf(path: string, at: MockNode): StatJson {
  return {
    czxid: '0x100000004',
    mzxid: `0x2${(at.version + path.length).toString(16).padStart(8, '0')}`,
    pzxid: `0x2${at.children.size.toString(16).padStart(8, '0')}`,
    ctime: started,
    mtime: at.mtime,
    version: at.version,
    cversion: at.children.size,
    aversion: 0,
    ephemeralOwner: at.ephemeral ?? '0x0',
    dataLength: at.data?.length ?? 0,
    numChildren: at.children.size,
  }
}

interface Wanted {
  readonly offset?: number
  readonly from?: string
  readonly places?: readonly string[]
}

export function list(path: string, wanted: Wanted): NodeListing | null {
  const at = find(path)
  if (!at) return null
  const names = [...at.children.keys()].sort()
  const { from = '', places = [] } = wanted
  const found = names.findIndex((name) => name >= from)
  const first = found < 0 ? names.length : found
  const offset = wanted.from === undefined ? (wanted.offset ?? 0) : first - (first % CHILDREN_PAGE)
  const children = names.slice(offset, offset + CHILDREN_PAGE).flatMap((name): NodeRow[] => {
    const child = at.children.get(name)
    const childPath = joinPath(path, name)
    return child ? [{ name, path: childPath, stat: statOf(childPath, child) }] : []
  })
  const answered = { at: first, places: places.map((name) => names.indexOf(name)) }
  return { path, stat: statOf(path, at), children, offset, total: names.length, ...answered }
}

export function detail(path: string): NodeDetail | null {
  const at = find(path)
  if (!at) return null
  return {
    path,
    stat: statOf(path, at),
    dataBase64: at.data === null ? null : btoa(at.data),
    truncated: false,
    acl: [{ perms: 'cdrwa', scheme: 'world', id: 'anyone' }],
    owner: at.ephemeral ? { session: at.ephemeral, address: '10.0.0.4:51822', sid: 2 } : null,
  }
}

export function lockOf(path: string): LockView | null {
  const at = find(path)
  if (!at) return null
  const names = [...at.children.keys()].sort()
  const contenders = names.map(
    (name, i): LockContender => ({
      name,
      path: joinPath(path, name),
      session: at.children.get(name)?.ephemeral ?? '0x0',
      address: i === 3 ? null : `10.0.0.${i + 4}:51${820 + i}`,
      sid: i === 3 ? null : (i % 3) + 1,
      sequence: i + 118,
      sinceMs: Date.now() - (names.length - i) * 41_000 - (i === 0 ? 180_000 : 0),
      heldSinceMs: i === 0 ? Date.now() - 140_000 : null,
      data: `10.0.0.${i + 4}`,
      role: i === 0 ? 'holder' : 'waiting',
      waitsFor: i === 0 ? null : joinPath(path, names[i - 1] ?? ''),
      kind: 'lock',
    }),
  )
  return { path, recipe: 'lock', contenders }
}

/** Changes one znode's data. */
export function touch(path: string): void {
  const at = find(path)
  if (!at) return
  at.version += 1
  at.mtime = Date.now()
}
