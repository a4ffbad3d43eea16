// Sorted lists of children, kept while they are as the member has them, so that scrolling through a million rows lists them
// once. What a list costs the member decides how soon it is listed again: a large one that changes all the time is shown
// as it was a moment ago, and said to be.

import type { Stat } from '#shared/zk/stat.ts'
import type { EnsembleReader } from '../ensemble-reader.ts'
import { LIST_AGAIN_FACTOR, LIST_KEPT_FROM, LIST_NAMES_MAX, LISTS_BYTES_MAX, LISTS_MAX } from '../limits.ts'
import { RequestError } from '../request-error.ts'
import { NameList } from './name-list.ts'

export interface ListedChildren {
  /** Of now. */
  readonly stat: Stat
  readonly names: NameList
  /** The names are older than the stat: there are others by now. */
  readonly behind: boolean
}

interface Kept {
  /** Of when it was listed. */
  readonly stat: Stat
  readonly names: NameList
  /** Monotonic ms: before this it is not listed again. */
  readonly againAt: number
}

export class ChildrenLists {
  readonly #reader: EnsembleReader
  /** Oldest use first. */
  readonly #kept = new Map<string, Kept>()
  readonly #asked = new Map<string, Promise<Kept>>()

  constructor(reader: EnsembleReader) {
    this.#reader = reader
  }

  /** Rejects as EnsembleReader does. */
  async of(path: string): Promise<ListedChildren> {
    const kept = this.#kept.get(path)
    if (!kept) return shown(await this.#list(path))
    const stat = await this.#reader.stat(path)
    if (stat && stat.cversion === kept.stat.cversion && stat.pzxid === kept.stat.pzxid) {
      this.#keep(path, kept)
      return { stat, names: kept.names, behind: false }
    }
    // Another node of this name is another list.
    if (stat && stat.czxid === kept.stat.czxid && performance.now() < kept.againAt)
      return { stat, names: kept.names, behind: true }
    return shown(await this.#list(path))
  }

  /** However many ask for it at once. */
  #list(path: string): Promise<Kept> {
    const asked = this.#asked.get(path)
    if (asked) return asked
    const listing = this.#listNow(path).finally(() => this.#asked.delete(path))
    this.#asked.set(path, listing)
    return listing
  }

  async #listNow(path: string): Promise<Kept> {
    const count = (await this.#reader.stat(path))?.numChildren ?? 0
    if (count > LIST_NAMES_MAX)
      throw new RequestError(
        'TOO_LARGE',
        `${path} has ${count} children, and at most ${LIST_NAMES_MAX} are listed. Type the path of the one you look for.`,
      )
    const from = performance.now()
    const { names, stat } = await this.#reader.packedChildren(path)
    const sorted = await NameList.sorted(names)
    const now = performance.now()
    const kept = { stat, names: sorted, againAt: now + LIST_AGAIN_FACTOR * (now - from) }
    this.#keep(path, kept)
    return kept
  }

  #keep(path: string, kept: Kept): void {
    this.#kept.delete(path)
    // Small ones are cheap to list again.
    if (kept.names.count < LIST_KEPT_FROM) return
    this.#kept.set(path, kept)
    let bytes = 0
    for (const { names } of this.#kept.values()) bytes += names.size
    for (const [oldest, { names }] of this.#kept) {
      // The last one stays, whatever its size: else each page of it would list it again.
      if (oldest === path || (this.#kept.size <= LISTS_MAX && bytes <= LISTS_BYTES_MAX)) return
      this.#kept.delete(oldest)
      bytes -= names.size
    }
  }
}

function shown({ stat, names }: Kept): ListedChildren {
  return { stat, names, behind: false }
}
