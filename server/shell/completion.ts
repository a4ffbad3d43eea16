// What the tab key offers: verbs for the first word, names of children for a path.

import { joinPath } from '#shared/zk/path.ts'
import type { ZooKeeper } from '../client/zookeeper.ts'
import { VERB_NAMES } from './verbs.ts'

/** Offered at most; a node may have a million children. */
export const OFFERS_MAX = 200

/** As node:readline wants it: what may stand there instead of the second part. */
export type Completion = [string[], string]

/** @param zk null without a session: then there are no paths to offer */
export async function complete(line: string, zk: ZooKeeper | null): Promise<Completion> {
  const word = line.slice(line.lastIndexOf(' ') + 1)
  if (word === line) return [VERB_NAMES.filter((name) => name.startsWith(word)).map((name) => `${name} `), word]
  if (!word.startsWith('/') || zk?.state !== 'connected') return [[], word]
  const slash = word.lastIndexOf('/')
  const parent = slash === 0 ? '/' : word.slice(0, slash)
  const begin = word.slice(slash + 1)
  try {
    const { children } = await zk.getChildren(parent, { timeoutMs: 2000 })
    const fitting = children.filter((name) => name.startsWith(begin)).sort()
    return [fitting.slice(0, OFFERS_MAX).map((name) => joinPath(parent, name)), word]
  } catch {
    return [[], word] // no such node, or nobody answers: nothing to offer
  }
}
