// A client that does everything a client may do, on a handful of paths, so that clients get in each other's way:
// all kinds of nodes, versions that match and that do not, multis, ACLs, watches of every kind, syncs before reads.

import { chance, nextInt, type Prng, pick } from '../../base/prng.ts'
import { utf8Encode } from '../../base/text.ts'
import type { Operation } from '../../history/history.ts'
import { type Acl, OPEN_ACL, PERMS } from '../../zk/acl.ts'
import { CREATE_FLAGS } from '../../zk/op.ts'
import { formatServer } from '../../zk/quorum-config.ts'
import type { ClientRequest, MultiOp } from '../../zk/request.ts'
import { ADD_WATCH_MODES, WATCHER_TYPES } from '../../zk/watch.ts'
import { NO_ZXID } from '../../zk/zxid.ts'
import { specOf } from '../world/world.ts'
import type { SimClient, Workload } from './sim-client.ts'

export interface RandomWorkloadOptions {
  /** How many top-level nodes are fought over. */
  readonly registers: number
  /** Of all requests, those that change something. */
  readonly writes: number
  readonly closes: boolean
  /** How often, 0 … 1, it asks for another configuration; it needs the rights of super. */
  readonly reconfigs?: number
  /** Servers there are, by sid from 1, for reconfigurations. */
  readonly servers?: number
}

/** One for each client: it remembers versions that it has seen. */
export function createRandomWorkload(options: RandomWorkloadOptions): Workload {
  const versions = new Map<string, number>()
  let readNext: ClientRequest | null = null
  return {
    next(client) {
      const { prng } = client
      if (readNext) {
        const request = readNext
        readNext = null
        return request
      }
      if (options.reconfigs && chance(prng, options.reconfigs)) return reconfig(prng, options.servers ?? 1)
      if (options.closes && chance(prng, 0.004)) return { type: 'closeSession' }
      if (chance(prng, 0.08)) {
        // A sync is worth something only before a read.
        readNext = { type: 'getData', path: registerPath(prng, options), watch: false }
        return { type: 'sync', path: '/' }
      }
      return chance(prng, options.writes) ? write(client, options, versions) : read(prng, options)
    },
    done(_client, operation) {
      remember(versions, operation)
    },
  }
}

/** One server leaves, comes in, or changes its part. */
function reconfig(prng: Prng, servers: number): ClientRequest {
  const sid = 1 + nextInt(prng, servers)
  const leaves = chance(prng, 0.3)
  return {
    type: 'reconfig',
    joiningServers: leaves ? null : formatServer(specOf(sid, chance(prng, 0.3))),
    leavingServers: leaves ? String(sid) : null,
    newMembers: null,
    curConfigId: NO_ZXID,
  }
}

function remember(versions: Map<string, number>, { request, body }: Operation): void {
  if (!('path' in request) || request.path === null) return
  if (body?.type === 'data' || body?.type === 'stat') versions.set(request.path, body.stat.version)
}

function registerPath(prng: Prng, options: RandomWorkloadOptions): string {
  return `/r${nextInt(prng, options.registers)}`
}

function anyPath(prng: Prng, options: RandomWorkloadOptions): string {
  const register = registerPath(prng, options)
  return chance(prng, 0.3) ? `${register}/c${nextInt(prng, 3)}` : register
}

/** Never the same twice: a read tells whose write it saw. */
function unique(client: SimClient): Uint8Array {
  return utf8Encode(`${client.number}:${client.operationsSent}`)
}

function aclOf(prng: Prng): readonly Acl[] {
  if (!chance(prng, 0.1)) return OPEN_ACL
  const owner: Acl = { perms: PERMS.ALL, scheme: 'digest', id: pick(prng, ['ann:x', 'bob:y']) }
  const others: Acl = { perms: PERMS.READ, scheme: 'world', id: 'anyone' }
  return chance(prng, 0.5) ? [owner] : [owner, others]
}

function versionOf(prng: Prng, versions: Map<string, number>, path: string): number {
  return chance(prng, 0.5) ? -1 : (versions.get(path) ?? 0)
}

function write(client: SimClient, options: RandomWorkloadOptions, versions: Map<string, number>): ClientRequest {
  const { prng } = client
  const path = anyPath(prng, options)
  const roll = nextInt(prng, 100)
  if (roll < 30) return createOp(client, path)
  if (roll < 60) return { type: 'setData', path, data: unique(client), version: versionOf(prng, versions, path) }
  if (roll < 78) return { type: 'delete', path, version: versionOf(prng, versions, path) }
  if (roll < 84) return { type: 'setACL', path, acl: aclOf(prng), version: -1 }
  const ops: MultiOp[] = []
  for (let n = 1 + nextInt(prng, 3); n > 0; n -= 1) ops.push(multiOp(client, options, versions))
  return { type: 'multi', ops }
}

function createOp(
  client: SimClient,
  path: string,
): Extract<MultiOp, { type: 'create' | 'create2' | 'createContainer' }> {
  const { prng } = client
  const data = unique(client)
  const acl = aclOf(prng)
  const roll = nextInt(prng, 10)
  if (roll === 0) return { type: 'createContainer', path, data, acl, flags: CREATE_FLAGS.container }
  const flags = pick(prng, [
    CREATE_FLAGS.persistent,
    CREATE_FLAGS.persistent,
    CREATE_FLAGS.ephemeral,
    CREATE_FLAGS.persistentSequential,
    CREATE_FLAGS.ephemeralSequential,
  ])
  return { type: roll < 6 ? 'create' : 'create2', path, data, acl, flags }
}

function multiOp(client: SimClient, options: RandomWorkloadOptions, versions: Map<string, number>): MultiOp {
  const { prng } = client
  const path = anyPath(prng, options)
  const roll = nextInt(prng, 10)
  if (roll < 3) return createOp(client, path)
  if (roll < 6) return { type: 'setData', path, data: unique(client), version: versionOf(prng, versions, path) }
  if (roll < 8) return { type: 'check', path, version: versionOf(prng, versions, path) }
  return { type: 'delete', path, version: -1 }
}

function read(prng: Prng, options: RandomWorkloadOptions): ClientRequest {
  const path = anyPath(prng, options)
  const watch = chance(prng, 0.3)
  const roll = nextInt(prng, 100)
  if (roll < 35) return { type: 'getData', path, watch }
  if (roll < 55) return { type: 'exists', path, watch }
  if (roll < 65) return { type: 'getChildren', path: chance(prng, 0.3) ? '/' : path, watch }
  if (roll < 78) return { type: 'getChildren2', path, watch }
  if (roll < 84)
    return {
      type: 'multiRead',
      ops: [
        { type: 'getData', path },
        { type: 'getChildren', path: registerPath(prng, options) },
      ],
    }
  if (roll < 88) return { type: 'getACL', path }
  if (roll < 91) return { type: 'getEphemerals', prefix: '/' }
  if (roll < 94) return { type: 'getAllChildrenNumber', path: '/' }
  if (roll < 97) return { type: 'addWatch', path, mode: pick(prng, Object.values(ADD_WATCH_MODES)) }
  return { type: 'removeWatches', path, watcherType: WATCHER_TYPES.any }
}
