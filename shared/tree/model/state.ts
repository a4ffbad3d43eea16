// The model's state: znodes by path and sessions, each as the rules speak of them. What requests do to it is
// writes.ts and reads.ts. Rules: client-protocol.md §7.

import { type Acl, OPEN_ACL, READ_ACL } from '../../zk/acl.ts'
import { NO_SESSION, type SessionId } from '../../zk/ids.ts'
import type { Stat } from '../../zk/stat.ts'
import { ZERO_ZXID, type Zxid } from '../../zk/zxid.ts'

export interface ModelNode {
  readonly data: Uint8Array | null
  readonly acl: readonly Acl[]
  readonly kind: 'persistent' | 'ephemeral' | 'container' | 'ttl'
  /** Of an ephemeral; else NO_SESSION. */
  readonly owner: SessionId
  /** Of a TTL node; else 0. */
  readonly ttlMs: number
  readonly czxid: Zxid
  readonly mzxid: Zxid
  readonly pzxid: Zxid
  readonly ctime: number
  readonly mtime: number
  readonly version: number
  readonly aversion: number
  /** What clients see as cversion: children created and deleted so far. */
  readonly cversion: number
  /** Children created so far: where sequence numbers come from. */
  readonly created: number
}

export interface Model {
  /** Nodes are replaced, never changed: a copy of the map is a copy of the model. */
  readonly nodes: Map<string, ModelNode>
  readonly sessions: Map<SessionId, number>
  /** Sessions whose end has been decided; they may ask for nothing that lasts. */
  readonly closing: Set<SessionId>
}

const EMPTY_NODE: ModelNode = {
  data: new Uint8Array(0),
  acl: OPEN_ACL,
  kind: 'persistent',
  owner: NO_SESSION,
  ttlMs: 0,
  czxid: ZERO_ZXID,
  mzxid: ZERO_ZXID,
  pzxid: ZERO_ZXID,
  ctime: 0,
  mtime: 0,
  version: 0,
  aversion: 0,
  cversion: 0,
  created: 0,
}

/** A server without a history. The cversions are those that Apache shows: the children came without being counted. */
export function createModel(): Model {
  return {
    nodes: new Map([
      ['/', { ...EMPTY_NODE, cversion: -1 }],
      ['/zookeeper', { ...EMPTY_NODE, cversion: -2 }],
      ['/zookeeper/quota', EMPTY_NODE],
      ['/zookeeper/config', { ...EMPTY_NODE, acl: READ_ACL, aversion: -1 }],
    ]),
    sessions: new Map(),
    closing: new Set(),
  }
}

export function copyModel({ nodes, sessions, closing }: Model): Model {
  return { nodes: new Map(nodes), sessions: new Map(sessions), closing: new Set(closing) }
}

export function childPaths(model: Model, path: string): string[] {
  const prefix = path === '/' ? '/' : `${path}/`
  return [...model.nodes.keys()].filter(
    (other) => other.startsWith(prefix) && other !== path && !other.slice(prefix.length).includes('/'),
  )
}

export function statOfModel(model: Model, path: string, node: ModelNode): Stat {
  const { czxid, mzxid, pzxid, ctime, mtime, version, aversion, cversion } = node
  return {
    ...{ czxid, mzxid, pzxid, ctime, mtime, version, aversion, cversion },
    ephemeralOwner: node.owner,
    dataLength: node.data?.length ?? 0,
    numChildren: childPaths(model, path).length,
  }
}
