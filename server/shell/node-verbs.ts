// Verbs that read and change znodes. Source: the classes of org.apache.zookeeper.cli, 3.8.0.

import { utf8Encode } from '#shared/base/text.ts'
import { ERROR_CODES } from '#shared/zk/errors.ts'
import { joinPath } from '#shared/zk/path.ts'
import type { CreateMode } from '../client/create-mode.ts'
import { NoNodeError } from '../client/errors.ts'
import type { ReadOptions, ZooKeeper } from '../client/zookeeper.ts'
import { parseAcl } from './acl-text.ts'
import { escapeText, formatData, formatList, formatStat } from './format.ts'
import { type Input, numberOf, UsageError } from './options.ts'
import type { ShellHost, Verbs } from './verb.ts'

export const NODE_VERBS: Verbs = {
  create: {
    usage: '[-s] [-e] [-c] [-t ttl] path [data] [acl]',
    flags: ['s', 'e', 'c'],
    values: ['t'],
    args: [1, 3],
    run: async (host, input) => {
      const [path = '', data, acl] = input.args
      const ttlMs = numberOf(input, 't')
      const options = {
        mode: createMode(input, ttlMs !== null),
        ...(ttlMs === null ? {} : { ttlMs }),
        ...(acl === undefined ? {} : { acl: parseAcl(acl) }),
      }
      const created = await host.zk.create(path, data === undefined ? null : utf8Encode(data), options)
      host.print(`Created ${escapeText(created.path)}`)
    },
  },
  get: {
    usage: '[-s] [-w] path',
    flags: ['s', 'w'],
    args: [1, 1],
    run: async (host, input) => {
      const { data, stat } = await host.zk.getData(path(input), watching(host, input))
      host.print(formatData(data))
      if (input.flags.has('s')) host.print(formatStat(stat))
    },
  },
  set: {
    usage: '[-s] [-v version] path data',
    flags: ['s'],
    values: ['v'],
    args: [2, 2],
    run: async (host, input) => {
      const stat = await host.zk.setData(path(input), utf8Encode(input.args[1] ?? ''), numberOf(input, 'v') ?? -1)
      if (input.flags.has('s')) host.print(formatStat(stat))
    },
  },
  delete: {
    usage: '[-v version] path',
    values: ['v'],
    args: [1, 1],
    run: (host, input) => host.zk.delete(path(input), numberOf(input, 'v') ?? -1),
  },
  deleteall: {
    usage: 'path [-b batch size]',
    values: ['b'],
    args: [1, 1],
    run: async (host, input) => {
      const batch = numberOf(input, 'b') ?? DELETE_BATCH
      if (batch < 1 || batch > DELETE_BATCH_MAX)
        throw new UsageError(`-b takes a number from 1 to ${DELETE_BATCH_MAX}.`)
      if (path(input) === '/') throw new UsageError('The root cannot be deleted; delete its children one by one.')
      await deleteAll(host.zk, path(input), batch)
    },
  },
  stat: {
    usage: '[-w] path',
    flags: ['w'],
    args: [1, 1],
    run: async (host, input) => {
      const stat = await host.zk.exists(path(input), watching(host, input))
      if (!stat) throw new NoNodeError(ERROR_CODES.NONODE, path(input))
      host.print(formatStat(stat))
    },
  },
  ls: {
    usage: '[-s] [-w] [-R] path',
    flags: ['s', 'w', 'R'],
    args: [1, 1],
    run: async (host, input) => {
      const options = watching(host, input)
      if (input.flags.has('R')) return listAll(host, path(input), options)
      const { children, stat } = await host.zk.getChildren(path(input), options)
      host.print(formatList([...children].sort()))
      if (input.flags.has('s')) host.print(formatStat(stat))
    },
  },
  getAllChildrenNumber: {
    usage: 'path',
    args: [1, 1],
    run: async (host, input) => host.print(String(await host.zk.getAllChildrenNumber(path(input)))),
  },
  getEphemerals: {
    usage: 'path',
    args: [0, 1],
    run: async (host, input) => host.print(formatList(await host.zk.getEphemerals(input.args[0] ?? '/'))),
  },
  sync: {
    usage: 'path',
    args: [1, 1],
    run: async (host, input) => {
      await host.zk.sync(path(input))
      host.print('Sync is OK')
    },
  },
}

function path({ args: [first = ''] }: Input): string {
  return first
}

function watching(host: ShellHost, input: Input): ReadOptions {
  if (!input.flags.has('w')) return {}
  host.requireStay()
  return { watch: (event) => host.onWatch(event) }
}

function createMode({ flags }: Input, ttl: boolean): CreateMode {
  const [ephemeral, sequential] = [flags.has('e'), flags.has('s')]
  if (flags.has('c')) {
    if (ephemeral || sequential)
      throw new UsageError('-c cannot be combined with -s or -e. Containers cannot be ephemeral or sequential.')
    if (ttl) throw new UsageError('TTLs cannot be used with containers')
    return 'container'
  }
  if (ttl) {
    if (ephemeral) throw new UsageError('TTLs cannot be used with Ephemeral znodes')
    return sequential ? 'persistentSequentialWithTtl' : 'persistentWithTtl'
  }
  if (ephemeral) return sequential ? 'ephemeralSequential' : 'ephemeral'
  return sequential ? 'persistentSequential' : 'persistent'
}

/** The subtree, parents before children, siblings by name; what goes meanwhile is left out. */
async function listAll(host: ShellHost, top: string, options: ReadOptions): Promise<void> {
  const waiting = [top]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    try {
      const { children } = await host.zk.getChildren(next, options)
      host.print(escapeText(next))
      const parent = next
      waiting.push(
        ...[...children]
          .sort()
          .reverse()
          .map((name) => joinPath(parent, name)),
      )
    } catch (error) {
      if (!(error instanceof NoNodeError) || next === top) throw error
    }
  }
}

/** As zkCli has it. */
const DELETE_BATCH = 1000
const DELETE_BATCH_MAX = 50_000

/** All at one time, `batch` deletes under way; children before parents. Not a transaction. */
async function deleteAll(zk: ZooKeeper, top: string, batch: number): Promise<void> {
  const paths = [top]
  for (const parent of paths) {
    const { children } = await zk.getChildren(parent).catch((error: unknown) => {
      if (error instanceof NoNodeError && parent !== top) return { children: [] }
      throw error
    })
    for (const name of children) paths.push(joinPath(parent, name))
  }
  const gone = (error: unknown) => {
    if (!(error instanceof NoNodeError)) throw error
  }
  // Requests of a session are carried out in the order in which they are sent: children come first.
  for (let end = paths.length; end > 0; end -= batch) {
    const part = paths.slice(Math.max(0, end - batch), end).reverse()
    await Promise.all(part.map((path) => zk.delete(path).catch(gone)))
  }
}
