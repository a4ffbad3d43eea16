// Reads and writes of single znodes, as a person makes them: each write names the version that it expects, and leaves
// versions, sizes and digests before and after in the audit log, never data.

import { createHash } from 'node:crypto'
import type { NodeStat } from '#shared/events/tree-requests.ts'
import { OPEN_ACL } from '#shared/zk/acl.ts'
import type { Stat } from '#shared/zk/stat.ts'
import type { Handlers, Trail } from '../api/handlers.ts'
import type { EnsembleReader } from '../ensemble-reader.ts'
import type { EnsembleWriter } from '../ensemble-writer.ts'
import { RequestError } from '../request-error.ts'
import { statJson } from '../tree-service.ts'
import { aclFromJson, aclToJson, isMasked } from './acl-text.ts'

type NodeRequest = 'node:stat' | 'node:data' | 'node:acl' | 'node:create' | 'node:set' | 'node:delete' | 'node:set-acl'

/** ZooKeeper's own; its servers need it. */
export const SYSTEM = '/zookeeper'

export function nodeHandlers(ensemble: EnsembleReader & EnsembleWriter): Pick<Handlers, NodeRequest> {
  const before = async (path: string): Promise<Readonly<Record<string, unknown>> | null> => {
    const content = await ensemble.data(path).catch((error: unknown) => {
      // Who may write need not be allowed to read; the write itself says what is wrong with it.
      if (error instanceof RequestError && ['NOAUTH', 'NONODE'].includes(error.code)) return null
      throw error
    })
    return content && factsOf(content.data, content.stat)
  }
  return {
    'node:stat': async (_client, { path }) => {
      const stat = await ensemble.stat(path)
      if (!stat) throw noNode(path)
      return withStat(path, stat)
    },
    'node:data': async (_client, { path }) => {
      const { data, stat } = await ensemble.data(path)
      return { ...withStat(path, stat), dataBase64: data && Buffer.from(data).toString('base64') }
    },
    'node:acl': async (_client, { path }) => {
      const [acl, stat] = await Promise.all([ensemble.acl(path), ensemble.stat(path)])
      if (!stat) throw noNode(path)
      return { ...withStat(path, stat), acl: acl.map(aclToJson) }
    },
    'node:create': async (_client, { path, dataBase64, mode, ttlMs, acl }, trail) => {
      const data = fromBase64(dataBase64)
      const made = await ensemble.create({
        path,
        data,
        mode,
        ...(ttlMs === undefined ? {} : { ttlMs }),
        acl: acl?.map(aclFromJson) ?? OPEN_ACL,
      })
      trail?.({ created: made.path, after: factsOf(data, made.stat) })
      return { path: made.path, stat: statJson(made.stat) }
    },
    'node:set': async (_client, { path, dataBase64, version }, trail) => {
      refuseSystem(path)
      const data = fromBase64(dataBase64)
      trail?.({ before: await before(path) })
      const stat = await ensemble.setData(path, data, version)
      trail?.({ after: factsOf(data, stat) })
      return withStat(path, stat)
    },
    'node:delete': async (_client, { path, version }, trail) => {
      refuseSystem(path)
      trail?.({ before: await before(path) })
      await ensemble.delete(path, version)
      return null
    },
    'node:set-acl': async (_client, { path, acl, aversion }, trail) => {
      refuseSystem(path)
      if (acl.some(isMasked))
        throw new RequestError(
          'MALFORMED',
          'An ACL with a hidden digest cannot be written back; give the digest itself.',
        )
      await noteAcl(ensemble, path, trail)
      const stat = await ensemble.setAcl(path, acl.map(aclFromJson), aversion)
      trail?.({ after: { acl: acl.map((entry) => aclToJson(aclFromJson(entry))), aversion: stat.aversion } })
      return withStat(path, stat)
    },
  }
}

export function noNode(path: string): RequestError {
  return new RequestError('NONODE', `There is no znode ${path}.`)
}

export function refuseSystem(path: string): void {
  if (path === '/' || path === SYSTEM || path.startsWith(`${SYSTEM}/`))
    throw new RequestError('FORBIDDEN', `${path} belongs to ZooKeeper itself; it is not changed from here.`)
}

export function fromBase64(text: string | null): Uint8Array | null {
  return text === null ? null : Buffer.from(text, 'base64')
}

async function noteAcl(ensemble: EnsembleReader, path: string, trail?: Trail): Promise<void> {
  const acl = await ensemble.acl(path).catch((error: unknown) => {
    if (error instanceof RequestError) return []
    throw error
  })
  trail?.({ before: { acl: acl.map(aclToJson) } })
}

function withStat(path: string, stat: Stat): NodeStat {
  return { path, stat: statJson(stat) }
}

function factsOf(data: Uint8Array | null, { version }: Stat): Readonly<Record<string, unknown>> {
  const sha256 = data && createHash('sha256').update(data).digest('hex')
  return { version, bytes: data?.length ?? null, sha256 }
}
