// Directories and sites for tests, written shortly: `P:` before a name makes it persistent, `@n` after it
// session n, `:=text` at the end its data. Zxids rise in the order of writing.

import { utf8Encode } from '../../base/text.ts'
import { asSessionId, NO_SESSION } from '../../zk/ids.ts'
import { baseName, parentPath, sequenceSuffix } from '../../zk/path.ts'
import { makeZxid } from '../../zk/zxid.ts'
import type { LockChild } from '../contract.ts'
import type { Site, SiteNode } from '../recognise/picture.ts'

export const guid = (n: number) => `_c_0000000${n}-0000-4000-8000-000000000000-`
export const hex = (n: number) => n.toString(16).repeat(32).slice(0, 32)
export const seq = sequenceSuffix

export const curatorLock = (n: number, by = n) => `${guid(by % 10)}lock-${seq(n)}`
export const kazooLock = (n: number, by = n) => `${hex(by % 10)}__lock__${seq(n)}`

export function child(written: string, i: number): LockChild {
  const [spec = '', data] = written.split(/:=(.*)/s)
  const persistent = spec.startsWith('P:')
  const [name = '', owner] = spec.replace(/^P:/, '').split('@')
  const session = persistent ? NO_SESSION : asSessionId(BigInt(owner ?? 0x100 + i))
  return { name, czxid: makeZxid(1, i + 1), ctimeMs: 1000 + i, ephemeralOwner: session, data: utf8Encode(data ?? '') }
}

export function directory(...names: string[]): LockChild[] {
  return names.map(child)
}

/** Nodes by their paths, parents before children; each missing parent is made. */
export function siteOf(path: string, ...written: string[]): Site {
  const children = written.map((spec, i) => {
    const [, persistent, full = ''] = /^(P:)?(\/.*)$/s.exec(spec) ?? []
    const bare = full.split(/@|:=/)[0] ?? ''
    const parent = parentPath(bare)
    return {
      bare,
      persistent,
      parent,
      node: child(`${persistent ?? ''}${full.slice(parent === '/' ? 1 : parent.length + 1)}`, i),
    }
  })
  const paths = new Set([
    path,
    ...children.flatMap(({ bare, persistent, parent }) => (persistent ? [parent, bare] : [parent])),
  ])
  const nodes = new Map<string, SiteNode | null>()
  for (const dir of paths) {
    const own = children.filter(({ parent }) => parent === dir).map(({ node }) => node)
    const itself = children.find(
      ({ parent, node }) => dir !== '/' && parent === parentPath(dir) && node.name === baseName(dir),
    )?.node
    nodes.set(dir, {
      path: dir,
      czxid: itself?.czxid ?? makeZxid(1, 0),
      ctimeMs: itself?.ctimeMs ?? 1,
      cversion: 2_000_000,
      numChildren: own.length,
      ephemeralOwner: itself?.ephemeralOwner ?? NO_SESSION,
      data: itself?.data ?? null,
      children: own,
    })
  }
  return { path, nodes }
}
