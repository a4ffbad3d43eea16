// Quotas: which one a path counts towards, what is used, and when a write would be too much.
// Rules: client-protocol.md §11.

import { tryUtf8Decode, utf8Encode } from '../../base/text.ts'
import { parentPath } from '../../zk/path.ts'
import type { Model } from './state.ts'

const TOP = '/zookeeper/quota'

function limitsPath(owner: string): string {
  return `${TOP}${owner}/zookeeper_limits`
}

function statsPath(owner: string): string {
  return `${TOP}${owner}/zookeeper_stats`
}

/** The number behind `key=` in a quota's text; null when there is none. */
function numberIn(model: Model, path: string, key: string): number | null {
  const data = model.nodes.get(path)?.data
  const text = data ? (tryUtf8Decode(data) ?? '') : ''
  for (const part of text.split(/[,;=]*[,;][,;=]*/)) {
    const [name, value] = part.split('=')
    if (name === key && value !== undefined && value !== '') return Number(value)
  }
  return null
}

/** The nearest of the path and its ancestors that has limits; the root never has. */
function ownerOf(model: Model, path: string): string | null {
  for (let at = path; at !== '/'; at = parentPath(at)) if (model.nodes.has(limitsPath(at))) return at
  return null
}

/** Hard limits are held against what is applied: `model` is that, not what is still to come. */
export function isTooMuch(model: Model, path: string, bytes: number, count: number): boolean {
  const owner = ownerOf(model, path)
  if (owner === null) return false
  const breaks = (limitKey: string, usedKey: string, more: number) => {
    const limit = numberIn(model, limitsPath(owner), limitKey) ?? -1
    const used = Math.max(0, numberIn(model, statsPath(owner), usedKey) ?? 0)
    return limit >= 0 && more > 0 && used + more > limit
  }
  return breaks('countHardLimit', 'count', count) || breaks('byteHardLimit', 'bytes', bytes)
}

/** Counts a change; the stats node changes without a version or a zxid. */
export function count(model: Model, path: string, bytes: number, nodes: number): void {
  const owner = ownerOf(model, path)
  if (owner === null) return
  const at = statsPath(owner)
  const used = (key: string) => Math.max(0, numberIn(model, at, key) ?? 0)
  writeStats(model, at, used('count') + nodes, used('bytes') + bytes)
}

function writeStats(model: Model, at: string, nodes: number, bytes: number): void {
  const stats = model.nodes.get(at)
  if (stats) model.nodes.set(at, { ...stats, data: utf8Encode(`count=${nodes},bytes=${bytes}`) })
}

/** A new stats node says what there is, whatever its data said. */
export function onCreated(model: Model, path: string): void {
  if (!path.startsWith(`${TOP}/`) || !path.endsWith('/zookeeper_stats')) return
  const owner = path.slice(TOP.length, -'/zookeeper_stats'.length)
  if (!model.nodes.has(owner)) return
  const counted = [...model.nodes].filter(([at]) => at === owner || at.startsWith(`${owner}/`))
  const bytes = counted.reduce((sum, [, node]) => sum + (node.data?.length ?? 0), 0)
  writeStats(model, path, counted.length, bytes)
}
