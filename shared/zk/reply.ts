// What a server answers, decoded: the body behind a ReplyHeader whose err is 0. `none` for operations
// without one. Errors have no body, except those inside a multi's results.

import type { Acl, AuthId } from './acl.ts'
import type { ErrorCode } from './errors.ts'
import type { Stat } from './stat.ts'

export type MultiResult =
  | { readonly type: 'create'; readonly path: string }
  | { readonly type: 'create2'; readonly path: string; readonly stat: Stat }
  | { readonly type: 'delete' }
  | { readonly type: 'setData'; readonly stat: Stat }
  | { readonly type: 'check' }
  | { readonly type: 'getData'; readonly data: Uint8Array | null; readonly stat: Stat }
  | { readonly type: 'getChildren'; readonly children: readonly string[] }
  | { readonly type: 'error'; readonly err: ErrorCode }

/**
 * On the wire the same as `children`, or with a stat as `childrenStat`: of very many children a server gives the paths that
 * it holds anyway, and no string is made of a name. Clients do not meet it.
 */
export interface ChildPaths {
  readonly type: 'childPaths'
  readonly paths: readonly string[]
  /** Where in each path the name begins. */
  readonly nameAt: number
  /** Null: it was not asked for. */
  readonly parentStat: Stat | null
}

export type ReplyBody =
  | { readonly type: 'none' }
  | { readonly type: 'path'; readonly path: string | null } // create, sync
  | { readonly type: 'pathStat'; readonly path: string; readonly stat: Stat } // create2, createContainer, createTTL
  | { readonly type: 'stat'; readonly stat: Stat } // exists, setData, setACL
  | { readonly type: 'data'; readonly data: Uint8Array | null; readonly stat: Stat } // getData, reconfig
  | { readonly type: 'acl'; readonly acl: readonly Acl[]; readonly stat: Stat }
  | { readonly type: 'children'; readonly children: readonly string[] }
  | { readonly type: 'childrenStat'; readonly children: readonly string[]; readonly stat: Stat }
  | ChildPaths
  | { readonly type: 'multi'; readonly results: readonly MultiResult[] } // multi, multiRead
  | { readonly type: 'ephemerals'; readonly paths: readonly string[] }
  | { readonly type: 'count'; readonly count: number } // getAllChildrenNumber
  | { readonly type: 'errorCode'; readonly err: ErrorCode } // addWatch answers an ErrorResponse of 0
  | { readonly type: 'whoAmI'; readonly ids: readonly AuthId[] } // user names only, never a digest
  | { readonly type: 'saslToken'; readonly token: Uint8Array | null } // sasl: null when there is no more to say

export const NO_BODY: ReplyBody = { type: 'none' }

/** As a client gets it: with names. */
export function withNames(body: ReplyBody): ReplyBody {
  if (body.type !== 'childPaths') return body
  const { paths, nameAt, parentStat: stat } = body
  const children = paths.map((path) => path.slice(nameAt))
  return stat === null ? { type: 'children', children } : { type: 'childrenStat', children, stat }
}
