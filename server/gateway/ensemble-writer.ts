// What the gateway's services need of an ensemble in order to change it. ensemble-session.ts does it over the client
// protocol; tests use a fake.

import type { CreateModeName } from '#shared/events/tree-requests.ts'
import type { Acl } from '#shared/zk/acl.ts'
import type { Stat } from '#shared/zk/stat.ts'

export interface CreateRequest {
  readonly path: string
  readonly data: Uint8Array | null
  readonly mode: CreateModeName
  readonly ttlMs?: number
  readonly acl: readonly Acl[]
}

/** All reject with RequestError: NONODE, BADVERSION, NOAUTH, NO_ANSWER … -1 is any version. */
export interface EnsembleWriter {
  create(request: CreateRequest): Promise<{ path: string; stat: Stat }>
  setData(path: string, data: Uint8Array | null, version: number): Promise<Stat>
  delete(path: string, version: number): Promise<void>
  setAcl(path: string, acl: readonly Acl[], aversion: number): Promise<Stat>
}
