// Applies changes to the znodes of a site. Stream and listings overlap and overtake each other; zxids decide what
// is news: a listing does not undo a later txn, a txn does not repeat what a listing has shown.

import { baseName, parentPath } from '../../zk/path.ts'
import type { Zxid } from '../../zk/zxid.ts'
import type { SiteNode } from '../recognise/picture.ts'
import type { LockChange } from './change.ts'

/** Children that were deleted lately, so that an older listing does not bring them back. */
export const DELETED_MAX = 1000

export interface MutableSite {
  readonly path: string
  readonly nodes: Map<string, SiteNode | null>
  /** Path → zxid of its deletion, oldest first. */
  readonly deleted: Map<string, Zxid>
  /** Directory → zxid up to which it is known. */
  readonly knownTo: Map<string, Zxid>
}

export function createSite(path: string): MutableSite {
  return { path, nodes: new Map(), deleted: new Map(), knownTo: new Map() }
}

/** True when the site is another than before. */
export function changeSite(site: MutableSite, change: LockChange): boolean {
  switch (change.type) {
    case 'created':
      return create(site, change)
    case 'deleted':
      return remove(site, change.path, change.zxid)
    case 'closed': {
      const own = [...site.nodes.values()].flatMap((node) => {
        const mine = node?.children.filter(
          (child) => child.ephemeralOwner === change.session && child.czxid < change.zxid,
        )
        return node && mine
          ? mine.map((child) => (node.path === '/' ? `/${child.name}` : `${node.path}/${child.name}`))
          : []
      })
      const itself = site.nodes.get(site.path)
      if (itself && itself.ephemeralOwner === change.session) site.nodes.set(site.path, null)
      return (
        own.map((path) => remove(site, path, change.zxid)).some(Boolean) || itself?.ephemeralOwner === change.session
      )
    }
    case 'listed':
      list(site, change.path, change.node, change.zxid)
      return true
    default:
      return false
  }
}

function create(site: MutableSite, change: LockChange & { readonly type: 'created' }): boolean {
  const { path, zxid, t, owner, data } = change
  const parent = parentPath(path)
  const node = site.nodes.get(parent)
  if (site.nodes.has(path) && site.nodes.get(path) === null) {
    // A directory or single node that was missed has come.
    site.nodes.set(path, {
      path,
      czxid: zxid,
      ctimeMs: t,
      cversion: 0,
      numChildren: 0,
      ephemeralOwner: owner,
      data,
      children: [],
    })
    if (!node) return true
  }
  if (!node || zxid <= (site.knownTo.get(parent) ?? -1)) return false
  const child = { name: baseName(path), czxid: zxid, ctimeMs: t, ephemeralOwner: owner, data }
  const others = node.children.filter(({ name }) => name !== child.name)
  site.nodes.set(parent, {
    ...node,
    cversion: node.cversion + 1,
    numChildren: node.numChildren + 1,
    children: [...others, child],
  })
  return true
}

function remove(site: MutableSite, path: string, zxid: Zxid): boolean {
  const parent = parentPath(path)
  const node = site.nodes.get(parent)
  let changed = false
  const itself = site.nodes.get(path)
  if (itself && itself.czxid < zxid) {
    site.nodes.set(path, null)
    site.knownTo.delete(path)
    changed = true
  }
  if (!node) return changed
  const child = node.children.find(({ name }) => name === baseName(path))
  if (!child || child.czxid > zxid) return changed
  site.deleted.set(path, zxid)
  const [oldest] = site.deleted.keys()
  if (site.deleted.size > DELETED_MAX && oldest !== undefined) site.deleted.delete(oldest)
  const children = node.children.filter((other) => other !== child)
  site.nodes.set(parent, { ...node, cversion: node.cversion + 1, numChildren: node.numChildren - 1, children })
  return true
}

function list(site: MutableSite, path: string, node: SiteNode | null, zxid: Zxid): void {
  const before = site.nodes.get(path)
  if (!node) {
    site.nodes.set(path, null)
    return
  }
  const same = before?.czxid === node.czxid
  // What the stream told after this listing was made stands.
  const newer = same ? (before?.children.filter((child) => child.czxid > zxid) ?? []) : []
  const listed = node.children.filter(({ name }) => (site.deleted.get(`${path}/${name}`) ?? -1) <= zxid)
  const names = new Set(newer.map(({ name }) => name))
  const children = [...listed.filter(({ name }) => !names.has(name)), ...newer]
  site.nodes.set(path, { ...node, children })
  if ((site.knownTo.get(path) ?? -1) < zxid || !same) site.knownTo.set(path, zxid)
}
