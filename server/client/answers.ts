// What each operation resolves with, made from the body of its answer. One object for all calls of a kind.

import { utf8Decode } from '#shared/base/text.ts'
import { readStat } from '#shared/jute/records/stat.ts'
import type { Acl, AuthId } from '#shared/zk/acl.ts'
import { versionOfText } from '#shared/zk/config-text.ts'
import type { MultiResult, ReplyBody } from '#shared/zk/reply.ts'
import type { Stat } from '#shared/zk/stat.ts'
import type { Zxid } from '#shared/zk/zxid.ts'
import { errorFor, type ZooKeeperError } from './errors.ts'
import { readPackedNames } from './packed-names.ts'
import type { Answer } from './pending-calls.ts'
import { asBuffer } from './read-answer.ts'

export interface CreatedNode {
  /** With its sequence number; it is what is to be used from then on. */
  readonly path: string
  readonly stat: Stat
}
export interface NodeContent {
  /** Null and empty are different to ZooKeeper. */
  readonly data: Buffer | null
  readonly stat: Stat
}
export interface NodeChildren {
  /** Names, not paths, in no order. */
  readonly children: readonly string[]
  readonly stat: Stat
}
/** Names as they came: UTF-8, each behind its length in four bytes. */
export interface PackedNames {
  readonly bytes: Uint8Array
  /** Where each name begins, behind its length. In no order of the names. */
  readonly starts: Uint32Array
}
export interface PackedChildren {
  readonly names: PackedNames
  readonly stat: Stat
}
export interface NodeState extends NodeContent, NodeChildren {}
export interface NodeAcl {
  readonly acl: readonly Acl[]
  readonly stat: Stat
}
export interface EnsembleConfig {
  /** `server.N=…` lines and a `version=…` line. */
  readonly config: string
  /** Of its `version` line, for `fromConfig` of a reconfig; null when it has none. */
  readonly version: Zxid | null
  readonly stat: Stat
}
/** What one read of a multiRead came to. */
export type ReadResult =
  | { readonly type: 'data'; readonly data: Buffer | null; readonly stat: Stat }
  | { readonly type: 'children'; readonly children: readonly string[] }
  | { readonly type: 'error'; readonly error: ZooKeeperError }

type Body<T extends ReplyBody['type']> = Extract<ReplyBody, { readonly type: T }>

/** The body, which has the type that belongs to the operation that was asked. */
export function bodyOf<T extends ReplyBody['type']>(body: ReplyBody, type: T): Body<T> {
  if (isBody(body, type)) return body
  throw new Error(`an answer is a ${body.type} where a ${type} was to be`)
}
function isBody<T extends ReplyBody['type']>(body: ReplyBody, type: T): body is Body<T> {
  return body.type === type
}

export const NOTHING: Answer<void> = { take: () => undefined }
export const STAT: Answer<Stat> = { take: (body) => bodyOf(body, 'stat').stat }
export const STAT_OR_NULL: Answer<Stat | null> = { take: STAT.take, absent: null }
export const CONTENT: Answer<NodeContent> = {
  take: (body) => {
    const { data, stat } = bodyOf(body, 'data')
    return { data: asBuffer(data), stat }
  },
}
export const CHILDREN: Answer<NodeChildren> = {
  take: (body) => {
    const { children, stat } = bodyOf(body, 'childrenStat')
    return { children, stat }
  },
}
export const PACKED_CHILDREN: Answer<PackedChildren> = {
  take: (body) => {
    throw new Error(`an answer is a ${body.type} where names were to be read`)
  },
  read: (reader) => {
    const names = readPackedNames(reader)
    return { names, stat: readStat(reader) }
  },
}
export const ACL: Answer<NodeAcl> = {
  take: (body) => {
    const { acl, stat } = bodyOf(body, 'acl')
    return { acl, stat }
  },
}
export const COUNT: Answer<number> = { take: (body) => bodyOf(body, 'count').count }
export const IDS: Answer<readonly AuthId[]> = { take: (body) => bodyOf(body, 'whoAmI').ids }
export const RESULTS: Answer<readonly MultiResult[]> = { take: (body) => bodyOf(body, 'multi').results }
export const CONFIG: Answer<EnsembleConfig> = {
  take: (body) => {
    const { data, stat } = bodyOf(body, 'data')
    const config = utf8Decode(data ?? new Uint8Array(0))
    return { config, version: versionOfText(config), stat }
  },
}

/** @param path as the caller knows it, for an error */
export function readResultOf(result: MultiResult, path: string): ReadResult {
  switch (result.type) {
    case 'getData':
      return { type: 'data', data: asBuffer(result.data), stat: result.stat }
    case 'getChildren':
      return { type: 'children', children: result.children }
    case 'error':
      return { type: 'error', error: errorFor(result.err, path) }
    default:
      throw new Error(`a multiRead was answered with a ${result.type}`)
  }
}
