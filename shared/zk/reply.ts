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

export type ReplyBody =
  | { readonly type: 'none' }
  | { readonly type: 'path'; readonly path: string | null } // create, sync
  | { readonly type: 'pathStat'; readonly path: string; readonly stat: Stat } // create2, createContainer, createTTL
  | { readonly type: 'stat'; readonly stat: Stat } // exists, setData, setACL
  | { readonly type: 'data'; readonly data: Uint8Array | null; readonly stat: Stat } // getData, reconfig
  | { readonly type: 'acl'; readonly acl: readonly Acl[]; readonly stat: Stat }
  | { readonly type: 'children'; readonly children: readonly string[] }
  | { readonly type: 'childrenStat'; readonly children: readonly string[]; readonly stat: Stat }
  | { readonly type: 'multi'; readonly results: readonly MultiResult[] } // multi, multiRead
  | { readonly type: 'ephemerals'; readonly paths: readonly string[] }
  | { readonly type: 'count'; readonly count: number } // getAllChildrenNumber
  | { readonly type: 'errorCode'; readonly err: ErrorCode } // addWatch answers an ErrorResponse of 0
  | { readonly type: 'whoAmI'; readonly ids: readonly AuthId[] } // user names only, never a digest
  | { readonly type: 'saslToken'; readonly token: Uint8Array | null } // sasl: null when there is no more to say

export const NO_BODY: ReplyBody = { type: 'none' }
