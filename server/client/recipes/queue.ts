// A queue that several clients fill and several empty, in the layouts of queue-items.ts. `take` removes an item before it is
// worked on: whoever crashes then loses it. `claim` leaves it there, marked by an ephemeral node: when its consumer goes,
// the next one gets it, so it may be worked on twice. Waiting consumers all watch the directory, as they do in every
// library: which item comes next is nobody's predecessor.

import { randomUUID } from 'node:crypto'
import { tryUtf8Decode } from '#shared/base/text.ts'
import { ERROR_CODES } from '#shared/zk/errors.ts'
import { joinPath } from '#shared/zk/path.ts'
import type { Stat } from '#shared/zk/stat.ts'
import { type NodeData, toBytes } from '../create-mode.ts'
import { badArguments, NodeExistsError, NoNodeError, requestTimeout } from '../errors.ts'
import { withResolvers } from '../pending-calls.ts'
import { TransactionFailedError } from '../transaction.ts'
import type { ZooKeeper } from '../zookeeper.ts'
import { listChildren, watchChildren } from './children.ts'
import { ensurePath } from './ensure-path.ts'
import { type Held, type HeldNode, hold, patienceOf, type WaitOptions } from './held.ts'
import {
  frameItems,
  itemPrefix,
  planOf,
  type QueueLayout,
  type QueuePlan,
  sortItems,
  unframeItems,
} from './queue-items.ts'
import { commitOnce, deleteOnce, type OnceOptions } from './receipt.ts'
import { orAborted, retryOnLoss } from './reconnect.ts'

export interface QueueOptions extends OnceOptions {
  /** Default `curator`. */
  readonly layout?: QueueLayout
  /** Where claims are made: Curator's `lockPath`, the same for all consumers. Not for kazoo's layouts. */
  readonly lockPath?: string
}

export interface QueueItem {
  readonly name: string
  readonly data: Uint8Array
  /** All of it when Curator put several at once; else `data` alone. */
  readonly parts: readonly Uint8Array[]
}

export interface ClaimedItem extends QueueItem {
  /** Aborts when another consumer may get it. */
  readonly signal: AbortSignal
  /** Rises with every claim of this item. */
  readonly fencingToken: Held['fencingToken']
  /** It is worked off. Throws NoNodeError when the claim was lost before: then somebody else may have it as well. */
  done(): Promise<void>
  /** Leaves it to the next consumer. */
  putBack(): Promise<void>
}

interface Taken {
  readonly name: string
  readonly data: Uint8Array | null
}

export class DistributedQueue {
  readonly #zk: ZooKeeper
  readonly #layout: QueueLayout
  readonly #plan: QueuePlan
  readonly #path: string
  readonly #claims: string | null
  readonly #receipts: string | null

  constructor(zk: ZooKeeper, path: string, options: QueueOptions = {}) {
    this.#zk = zk
    this.#path = path
    this.#layout = options.layout ?? 'curator'
    this.#plan = planOf(path, this.#layout)
    if (options.lockPath !== undefined && this.#layout.startsWith('kazoo'))
      throw badArguments('kazoo has no lockPath; its "kazoo-locking" has a place for claims', path)
    this.#claims = options.lockPath ?? this.#plan.claims
    this.#receipts = options.exactlyOnce ? `${path}-receipts` : null
  }

  /** Adds at the end, or behind those of the same priority (kazoo's layouts; 0 to 999, default 100). */
  async put(data: NodeData, options: { readonly priority?: number } = {}): Promise<void> {
    const bytes = toBytes(data) ?? new Uint8Array(0)
    const framed = this.#layout === 'curator' ? frameItems([bytes]) : bytes
    const item = joinPath(this.#plan.items, itemPrefix(this.#plan, options.priority, this.#path))
    const mode = 'persistentSequential'
    for (;;) {
      try {
        if (this.#receipts === null) await this.#zk.create(item, framed, { mode })
        else await commitOnce(this.#zk, this.#receipts, (transaction) => transaction.create(item, framed, { mode }))
        return
      } catch (error) {
        if (!isMissing(error)) throw error
        await retryOnLoss(this.#zk, () => ensurePath(this.#zk, this.#plan.items, this.#parents))
      }
    }
  }

  /** How many items there are, claimed ones included. */
  async size(): Promise<number> {
    return sortItems(await retryOnLoss(this.#zk, () => listChildren(this.#zk, this.#plan.items)), this.#plan).length
  }

  /** Waits for an item and removes it. A lost answer throws ConnectionLossError, and an item may be gone: see `exactlyOnce`. */
  async take(options: WaitOptions = {}): Promise<QueueItem> {
    return await this.#next(options, async ({ name, data }) => {
      const mine = await deleteOnce(this.#zk, joinPath(this.#plan.items, name), this.#receipts)
      return mine ? this.#itemOf(name, data) : null
    })
  }

  /** Waits for an item that nobody has claimed, and claims it. */
  async claim(options: WaitOptions = {}): Promise<ClaimedItem> {
    const claims = this.#claims
    if (claims === null)
      throw badArguments('claims need a place: give a lockPath, the same to all consumers', this.#path)
    return await this.#next(options, (taken) => this.#tryClaim(claims, taken))
  }

  get #parents() {
    return this.#layout === 'curator' || this.#layout === 'simple' ? 'container' : 'persistent'
  }

  /** Goes through the items until `grab` gets one; waits for others when it gets none. */
  async #next<T>(options: WaitOptions, grab: (item: Taken) => Promise<T | null>): Promise<T> {
    const patience = patienceOf(options, this.#path)
    try {
      for (;;) {
        patience.signal.throwIfAborted()
        const { names, changed } = await this.#look(patience.signal)
        for (const name of names) {
          patience.signal.throwIfAborted()
          const item = await this.#read(name, patience.signal)
          const got = item && (await grab(item))
          if (got) return got
        }
        if (!patience.mayWait) throw requestTimeout(this.#path)
        await orAborted(changed, patience.signal)
      }
    } finally {
      patience.dispose()
    }
  }

  /** The items that are not claimed, and a promise of a change of any. */
  async #look(signal: AbortSignal): Promise<{ names: readonly string[]; changed: Promise<void> }> {
    const { promise: changed, resolve } = withResolvers<void>()
    const list = (dir: string) =>
      retryOnLoss(this.#zk, () => watchChildren(this.#zk, dir, this.#parents, resolve), signal)
    const names = sortItems(await list(this.#plan.items), this.#plan)
    const claimed = new Set(this.#claims === null ? [] : await list(this.#claims))
    return { names: names.filter((name) => !claimed.has(name)), changed }
  }

  async #read(name: string, signal: AbortSignal): Promise<Taken | null> {
    try {
      const { data } = await retryOnLoss(this.#zk, () => this.#zk.getData(joinPath(this.#plan.items, name)), signal)
      return { name, data }
    } catch (error) {
      if (error instanceof NoNodeError) return null
      throw error
    }
  }

  async #tryClaim(claims: string, { name, data }: Taken): Promise<ClaimedItem | null> {
    const path = joinPath(claims, name)
    const item = joinPath(this.#plan.items, name)
    // kazoo's consumers recognise their claims by an id like this one.
    const mark = randomUUID().replaceAll('-', '')
    const stat = await retryOnLoss(this.#zk, () => this.#makeClaim(path, mark))
    if (!stat) return null
    const held = await hold(this.#zk, { path, name, stat })
    // It may have been worked off between our reading it and our claim.
    if (!(await retryOnLoss(this.#zk, () => this.#zk.exists(item)))) {
      await held.release()
      return null
    }
    return {
      ...this.#itemOf(name, data),
      signal: held.signal,
      fencingToken: held.fencingToken,
      putBack: () => held.release(),
      done: () => this.#finish(item, held),
    }
  }

  /** Null: somebody else has it. After a lost answer what is in it tells. */
  async #makeClaim(path: string, mark: string): Promise<Stat | null> {
    try {
      return (await this.#zk.create(path, mark, { mode: 'ephemeral' })).stat
    } catch (error) {
      if (error instanceof NoNodeError) return null // an empty container was reaped: the look makes it anew
      if (!(error instanceof NodeExistsError)) throw error
    }
    try {
      const { data, stat } = await this.#zk.getData(path)
      return data !== null && tryUtf8Decode(data) === mark ? stat : null
    } catch (error) {
      if (error instanceof NoNodeError) return null
      throw error
    }
  }

  /** The item goes only as long as the claim is there. */
  async #finish(item: string, held: HeldNode): Promise<void> {
    const lost = 'the claim was lost before the item was done; somebody else may have it as well'
    if (held.signal.aborted) throw new NoNodeError(ERROR_CODES.NONODE, held.path, lost)
    held.forget()
    let tries = 0
    await retryOnLoss(this.#zk, async () => {
      tries += 1
      try {
        await this.#zk.transaction().delete(held.path).delete(item).commit()
      } catch (error) {
        if (!(error instanceof TransactionFailedError && error.code === ERROR_CODES.NONODE)) throw error
        // A second try, after a lost answer, finds that the first has done it: the session is the same, so is the claim.
        if (tries === 1) throw new NoNodeError(ERROR_CODES.NONODE, held.path, lost)
      }
    })
  }

  #itemOf(name: string, data: Uint8Array | null): QueueItem {
    const bytes = data ?? new Uint8Array(0)
    if (this.#layout !== 'curator') return { name, data: bytes, parts: [bytes] }
    const parts = unframeItems(bytes)
    if (!parts) throw badArguments("this item is not in the frame of Curator's DistributedQueue", name)
    return { name, data: parts[0] ?? new Uint8Array(0), parts }
  }
}

/** No directory for the item; a receipt's own is made by commitOnce. */
function isMissing(error: unknown): boolean {
  if (error instanceof TransactionFailedError) return error.code === ERROR_CODES.NONODE
  return error instanceof NoNodeError
}
