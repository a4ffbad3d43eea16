// Whether a tree is what a model says, and if not, where they first differ.

import { OPEN_ACL } from '../../zk/acl.ts'
import type { DataTree } from '../data-tree.ts'
import { dataOf } from '../node-data.ts'
import { kindOfOwner, ttlMsOf } from '../owner.ts'
import { statOf } from '../stat.ts'
import type { Znode } from '../znode.ts'
import { type Model, type ModelNode, statOfModel } from './state.ts'

/** Null when they are the same; else a sentence. Each server writes /zookeeper/config itself: it is not compared. */
export function modelEquals(model: Model, tree: DataTree): string | null {
  for (const path of model.nodes.keys()) if (!tree.nodes.has(path)) return `${path} is missing in the tree`
  for (const [path, znode] of tree.nodes) {
    const node = model.nodes.get(path)
    if (!node) return `${path} should not be in the tree`
    if (path === '/zookeeper/config') continue
    const [expected, actual] = [describeModel(model, path, node), describeZnode(znode)]
    for (const [key, value] of Object.entries(expected)) {
      const other = actual[key]
      if (value !== other) return `${key} of ${path} is ${other}, and should be ${value}`
    }
  }
  const sessions = (map: ReadonlyMap<bigint, number>) =>
    [...map]
      .map((one) => one.join(' for '))
      .sort()
      .join(', ')
  const [expected, actual] = [sessions(model.sessions), sessions(tree.sessions)]
  return expected === actual ? null : `the sessions are ${actual}, and should be ${expected}`
}

type Described = Readonly<Record<string, string>>

function describe(
  stat: object,
  acl: readonly { readonly perms: number; readonly scheme: string; readonly id: string }[],
  data: Uint8Array | null,
  kind: string,
  created: number,
): Described {
  const texts: Record<string, string> = { kind, data: String(data), created: String(created) }
  for (const [key, value] of Object.entries(stat)) texts[key] = String(value)
  texts.acl = acl.map(({ perms, scheme, id }) => `${perms} ${scheme}:${id}`).join(', ')
  return texts
}

function describeModel(model: Model, path: string, node: ModelNode): Described {
  const { kind, ttlMs } = node
  return describe(statOfModel(model, path, node), node.acl, node.data, `${kind} ${ttlMs}`, node.created)
}

function describeZnode(node: Znode): Described {
  const kind = kindOfOwner(node.ephemeralOwner)
  const ttlMs = kind === 'ttl' ? ttlMsOf(node.ephemeralOwner) : 0
  return describe(statOf(node), node.acl ?? OPEN_ACL, dataOf(node), `${kind} ${ttlMs}`, node.cversion)
}
