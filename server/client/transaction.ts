// Builds a multi: operations that happen all at one zxid, or not at all. Each sees the effects of the ones
// before it. Source: MultiOperationRecord, client-protocol.md §6.

import { ERROR_CODES, type ErrorCode } from '#shared/zk/errors.ts'
import type { MultiResult } from '#shared/zk/reply.ts'
import type { MultiOp } from '#shared/zk/request.ts'
import type { Stat } from '#shared/zk/stat.ts'
import { type CreateOptions, checkPath, createRequest, type NodeData, toBytes } from './create-mode.ts'
import { ZooKeeperError } from './errors.ts'
import type { CallOptions } from './pending-calls.ts'

export type TransactionResult =
  /** `stat` is null from servers before 3.8.2, which answer with the path only. */
  | { readonly type: 'create'; readonly path: string; readonly stat: Stat | null }
  | { readonly type: 'delete' }
  | { readonly type: 'setData'; readonly stat: Stat }
  | { readonly type: 'check' }

/** Nothing was done: the operation at `index` failed with `code`. */
export class TransactionFailedError extends ZooKeeperError {
  readonly index: number
  constructor(code: ErrorCode, path: string | null, index: number) {
    super(code, path, `nothing was done, because operation ${index} of the transaction failed`)
    this.index = index
  }
}

export interface TransactionHost {
  readonly toServer: (path: string) => string
  readonly toCaller: (path: string) => string
  multi(ops: readonly MultiOp[], options: CallOptions): Promise<readonly MultiResult[]>
}

/** Frames are limited to about a megabyte; this many of the smallest operations fit. */
export const TRANSACTION_OPS_MAX = 50_000

/** Made by `zk.transaction()`; nothing is sent before `commit`. Its methods return itself, to be chained. */
export class Transaction {
  readonly #host: TransactionHost
  readonly #ops: MultiOp[] = []
  readonly #paths: string[] = []

  constructor(host: TransactionHost) {
    this.#host = host
  }

  /** The path with its sequence number is in the result. */
  create(path: string, data: NodeData = null, options: CreateOptions = {}): this {
    return this.#add(path, createRequest(path, data, options, this.#host.toServer))
  }

  /** @param version that the node must have; -1 for any */
  delete(path: string, version = -1): this {
    return this.#add(path, { type: 'delete', path: this.#toServer(path), version })
  }

  setData(path: string, data: NodeData, version = -1): this {
    return this.#add(path, { type: 'setData', path: this.#toServer(path), data: toBytes(data), version })
  }

  /** Fails the transaction unless the node exists with this version. */
  check(path: string, version = -1): this {
    return this.#add(path, { type: 'check', path: this.#toServer(path), version })
  }

  /** One result for each operation, in order; throws TransactionFailedError when nothing was done. */
  async commit(options: CallOptions = {}): Promise<TransactionResult[]> {
    const results = await this.#host.multi(this.#ops, options)
    return results.map((result, i) => this.#resultOf(result, results, i))
  }

  #toServer(path: string): string {
    return this.#host.toServer(checkPath(path))
  }

  #add(path: string, op: MultiOp): this {
    if (this.#ops.length >= TRANSACTION_OPS_MAX) {
      throw new RangeError(`a transaction holds at most ${TRANSACTION_OPS_MAX} operations; split it`)
    }
    this.#ops.push(op)
    this.#paths.push(path)
    return this
  }

  #resultOf(result: MultiResult, all: readonly MultiResult[], i: number): TransactionResult {
    switch (result.type) {
      case 'create':
        return { type: 'create', path: this.#host.toCaller(result.path), stat: null }
      case 'create2':
        return { type: 'create', path: this.#host.toCaller(result.path), stat: result.stat }
      case 'setData':
      case 'delete':
      case 'check':
        return result
      case 'error':
        throw this.#failure(all)
      default:
        throw new Error(`a multi answered operation ${i} with a ${result.type}`)
    }
  }

  /** Operations before the one that failed carry code 0, those after it RUNTIMEINCONSISTENCY. */
  #failure(results: readonly MultiResult[]): TransactionFailedError {
    const index = results.findIndex((result) => result.type === 'error' && result.err !== ERROR_CODES.OK)
    const result = results[index]
    const code = result?.type === 'error' ? result.err : ERROR_CODES.SYSTEMERROR
    return new TransactionFailedError(code, this.#paths[index] ?? null, index)
  }
}
