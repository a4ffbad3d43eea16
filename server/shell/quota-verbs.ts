// Quotas, which are znodes below /zookeeper/quota: limits as text, and the usage that the servers keep beside them.
// Source: SetQuotaCommand, DelQuotaCommand, ListQuotaCommand, StatsTrack, 3.8.0.

import { tryUtf8Decode } from '#shared/base/text.ts'
import { joinPath, parentPath } from '#shared/zk/path.ts'
import { NoNodeError, NotEmptyError } from '../client/errors.ts'
import { ensurePath } from '../client/recipes/ensure-path.ts'
import type { ZooKeeper } from '../client/zookeeper.ts'
import { escapeText } from './format.ts'
import { type Input, numberOf, UsageError } from './options.ts'
import type { ShellHost, Verbs } from './verb.ts'

const ROOT = '/zookeeper/quota'
const LIMITS = 'zookeeper_limits'
const STATS = 'zookeeper_stats'

/** -1: no limit. */
interface Limits {
  readonly count: number
  readonly bytes: number
  readonly byteHardLimit: number
  readonly countHardLimit: number
}
const NO_LIMITS: Limits = { count: -1, bytes: -1, byteHardLimit: -1, countHardLimit: -1 }
const NAMES: readonly (readonly [string, keyof Limits])[] = [
  ['n', 'count'],
  ['b', 'bytes'],
  ['N', 'countHardLimit'],
  ['B', 'byteHardLimit'],
]
const LETTERS = NAMES.map(([letter]) => letter)

export const QUOTA_VERBS: Verbs = {
  listquota: {
    usage: 'path',
    args: [1, 1],
    run: async (host, { args: [path = ''] }) => {
      const node = quotaNode(host, path)
      host.print(`absolute path is ${escapeText(joinPath(node, LIMITS))}`)
      const [limits, stats] = await Promise.all([
        readText(host.zk, joinPath(node, LIMITS)),
        readText(host.zk, joinPath(node, STATS)),
      ])
      if (limits === null) throw new Error(`quota for ${path} does not exist.`)
      host.print(escapeText(`Output quota for ${path} ${limits}\nOutput stat for ${path} ${stats ?? ''}`))
    },
  },
  setquota: {
    usage: '-n|-b|-N|-B val path',
    values: LETTERS,
    oneOf: [LETTERS],
    args: [1, 1],
    run: async (host, input) => {
      const [path = ''] = input.args
      const change = changeOf(input)
      const node = quotaNode(host, path)
      if (path === ROOT || path.startsWith('/zookeeper')) throw new UsageError('cannot set a quota under /zookeeper')
      if (!(await host.zk.exists(path))) throw new Error(`${path} does not exist.`)
      await setLimits(host.zk, path, node, change)
      await warnIfExceeded(host, node)
    },
  },
  delquota: {
    usage: '[-n|-b|-N|-B] path',
    flags: LETTERS,
    oneOf: [LETTERS],
    args: [1, 1],
    run: async (host, { args: [path = ''], flags }) => {
      const node = quotaNode(host, path)
      const text = await readText(host.zk, joinPath(node, LIMITS))
      if (text === null) throw new Error(`Quota does not exist for ${path}`)
      const [, one] = NAMES.find(([letter]) => flags.has(letter)) ?? []
      if (one) await host.zk.setData(joinPath(node, LIMITS), formatLimits({ ...parseLimits(text), [one]: -1 }))
      else await removeQuota(host.zk, node)
    },
  },
}

function quotaNode(host: ShellHost, path: string): string {
  if (host.chroot !== '')
    throw new Error(
      `Quotas are kept outside of the chroot ${host.chroot}: connect without it, and name the whole path.`,
    )
  return path === '/' ? ROOT : `${ROOT}${path}`
}

function changeOf(input: Input): Partial<Limits> {
  const [given] = NAMES.filter(([letter]) => input.values.has(letter))
  if (!given) throw new UsageError('Say which limit.')
  const [letter, name] = given
  const value = numberOf(input, letter)
  if (value === null || value < -1) throw new UsageError(`-${letter} takes a limit, or -1 for none.`)
  return { [name]: value }
}

/** One quota counts for a path: its own, or that of a parent; there are never two of them on one way. */
async function setLimits(zk: ZooKeeper, path: string, node: string, change: Partial<Limits>): Promise<void> {
  for (let parent = parentPath(path); path !== '/' && parent !== '/'; parent = parentPath(parent)) {
    if (await zk.exists(`${ROOT}${parent}/${LIMITS}`))
      throw new Error(`${path} has a parent ${parent} which has a quota`)
  }
  const text = await readText(zk, joinPath(node, LIMITS))
  if (text !== null) {
    await zk.setData(joinPath(node, LIMITS), formatLimits({ ...parseLimits(text), ...change }))
    return
  }
  const child = await quotaBelow(zk, node)
  if (child !== null) throw new Error(`${path} has a child ${child.slice(ROOT.length)} which has a quota`)
  await ensurePath(zk, node)
  // The limits make the servers count, into the node for the usage, which therefore comes with them.
  await zk.create(joinPath(node, LIMITS), formatLimits({ ...NO_LIMITS, ...change }))
  await zk.create(joinPath(node, STATS), formatLimits({ ...NO_LIMITS, count: 0, bytes: 0 }))
}

/** By the soft limits and the hard ones, also those that were set before. */
async function warnIfExceeded(host: ShellHost, node: string): Promise<void> {
  const limits = parseLimits((await readText(host.zk, joinPath(node, LIMITS))) ?? '')
  const { count, bytes } = parseLimits((await readText(host.zk, joinPath(node, STATS))) ?? '')
  const isOver = (used: number, ...limit: number[]) => limit.some((one) => one >= 0 && used > one)
  if (isOver(count, limits.count, limits.countHardLimit))
    host.print(`[Warning]: the count quota you create is less than the existing count:${count}`)
  if (isOver(bytes, limits.bytes, limits.byteHardLimit))
    host.print(`[Warning]: the bytes quota you create is less than the existing bytes:${bytes}`)
}

async function quotaBelow(zk: ZooKeeper, node: string): Promise<string | null> {
  const waiting = [node]
  for (const next of waiting) {
    const children = await childrenOf(zk, next)
    if (children.includes(LIMITS)) return next
    for (const name of children) waiting.push(joinPath(next, name))
  }
  return null
}

async function childrenOf(zk: ZooKeeper, path: string): Promise<readonly string[]> {
  try {
    return (await zk.getChildren(path)).children
  } catch (error) {
    if (error instanceof NoNodeError) return []
    throw error
  }
}

/** With the parents that nobody needs any more. */
async function removeQuota(zk: ZooKeeper, node: string): Promise<void> {
  await zk.transaction().delete(joinPath(node, LIMITS)).delete(joinPath(node, STATS)).commit()
  for (let next = node; next !== ROOT; next = parentPath(next)) {
    try {
      await zk.delete(next)
    } catch (error) {
      if (error instanceof NotEmptyError) return
      throw error
    }
  }
}

async function readText(zk: ZooKeeper, path: string): Promise<string | null> {
  try {
    const { data } = await zk.getData(path)
    return data ? (tryUtf8Decode(data) ?? '') : ''
  } catch (error) {
    if (error instanceof NoNodeError) return null
    throw error
  }
}

function parseLimits(text: string): Limits {
  const found = (name: keyof Limits) => Number(new RegExp(`(?:^|[,;])${name}=(-?\\d+)`).exec(text)?.[1] ?? -1)
  return {
    count: found('count'),
    bytes: found('bytes'),
    byteHardLimit: found('byteHardLimit'),
    countHardLimit: found('countHardLimit'),
  }
}

function formatLimits({ count, bytes, byteHardLimit, countHardLimit }: Limits): string {
  return `count=${count},bytes=${bytes}=;byteHardLimit=${byteHardLimit};countHardLimit=${countHardLimit}`
}
