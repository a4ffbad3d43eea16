// Who is there: each member is an ephemeral node, which goes with its session. Curator's GroupMember: `<dir>/<id>` with a
// payload; kazoo's Party: `<dir>/<32 hex>__party__` with the id as its data.

import { randomUUID } from 'node:crypto'
import { utf8Decode } from '#shared/base/text.ts'
import { joinPath } from '#shared/zk/path.ts'
import type { NodeData } from '../create-mode.ts'
import { badArguments, NoNodeError } from '../errors.ts'
import type { ZooKeeper } from '../zookeeper.ts'
import { listChildren, watchChildren } from './children.ts'
import type { Layout } from './contender-order.ts'
import { type Following, follow } from './follow.ts'
import { defaultData, type Held } from './held.ts'
import { createOwned } from './owned-node.ts'

export interface JoinOptions {
  /** Default `curator`. */
  readonly layout?: Layout
  /** Who we are; without a "/". Default: host and process. */
  readonly id?: string
  /** What members say about themselves, Curator's layout only. Default: host and process; Curator cannot read a member without. */
  readonly data?: NodeData
  /** Gives up joining; without effect on a member. */
  readonly signal?: AbortSignal
}

export interface GroupMember {
  readonly id: string
  readonly data: Uint8Array | null
}

/** What kazoo's Party puts into each name. */
const PARTY = '__party__'

/**
 * Joins the group in `dir`. In Curator's layout an id that another session has is waited for: a process that was
 * killed and comes back joins when its old session has expired. `release` leaves.
 */
export function joinGroup(zk: ZooKeeper, dir: string, options: JoinOptions = {}): Promise<Held> {
  const id = options.id ?? defaultData()
  const signal = options.signal ?? new AbortController().signal
  if (options.layout === 'kazoo') {
    if (options.data !== undefined) throw badArguments("a member of kazoo's party has an id only: give no data", dir)
    const path = joinPath(dir, `${randomUUID().replaceAll('-', '')}${PARTY}`)
    return createOwned(zk, { path, data: id, parents: 'persistent' }, signal)
  }
  if (id === '' || id.includes('/')) throw badArguments('the id of a member is a name without "/"', dir)
  return createOwned(zk, { path: joinPath(dir, id), data: options.data ?? defaultData(), parents: 'container' }, signal)
}

/** Everybody who is there now, in the order of ids. */
export async function listGroup(zk: ZooKeeper, dir: string, layout: Layout = 'curator'): Promise<GroupMember[]> {
  return readMembers(zk, dir, await listChildren(zk, dir), layout)
}

/** Tells `onMembers` who is there, now and at every change. Makes `dir` when missing. */
export async function watchGroup(
  zk: ZooKeeper,
  dir: string,
  onMembers: (members: readonly GroupMember[]) => void,
  layout: Layout = 'curator',
): Promise<Following> {
  return await follow(zk, async (onChange, isOpen) => {
    const names = await watchChildren(zk, dir, layout === 'curator' ? 'container' : 'persistent', onChange)
    const members = await readMembers(zk, dir, names, layout)
    if (isOpen()) onMembers(members)
  })
}

async function readMembers(
  zk: ZooKeeper,
  dir: string,
  names: readonly string[],
  layout: Layout,
): Promise<GroupMember[]> {
  const kazoo = layout === 'kazoo'
  const members = await Promise.all(
    names
      .filter((name) => !kazoo || name.includes(PARTY))
      .map(async (name): Promise<GroupMember | null> => {
        try {
          const { data } = await zk.getData(joinPath(dir, name))
          return kazoo ? { id: data ? utf8Decode(data) : '', data: null } : { id: name, data }
        } catch (error) {
          if (error instanceof NoNodeError) return null
          throw error
        }
      }),
  )
  return members.filter((member) => member !== null).sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
}
