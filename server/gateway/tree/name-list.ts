// The names of a znode's children in order, as bytes: any position, any name and any beginning of a name is found at once,
// and a million of them weigh what they weigh on the wire. Order is that of the bytes, which is that of code points.

import { utf8Encode } from '#shared/base/text.ts'
import { JuteReader } from '#shared/jute/reader.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import type { PackedNames } from '../../client/answers.ts'
import { readPackedNames } from '../../client/packed-names.ts'
import { endOf, sortNames } from './sort-names.ts'

export class NameList {
  readonly #bytes: Uint8Array
  readonly #starts: Uint32Array
  readonly #reader: JuteReader

  private constructor({ bytes, starts }: PackedNames) {
    this.#bytes = bytes
    this.#starts = starts
    this.#reader = new JuteReader(bytes)
  }

  /** Takes the names over and sorts them, with turns for others in between. */
  static async sorted(names: PackedNames): Promise<NameList> {
    await sortNames(names)
    return new NameList(names)
  }

  /** As they came; `from` and `positionOf` need `sorted`. */
  static unsorted(names: PackedNames): NameList {
    return new NameList(names)
  }

  get count(): number {
    return this.#starts.length
  }

  /** The first of them, in the same memory. */
  first(count: number): NameList {
    return count >= this.count ? this : new NameList({ bytes: this.#bytes, starts: this.#starts.subarray(0, count) })
  }

  /** Memory that it holds. */
  get size(): number {
    return this.#bytes.byteLength + this.#starts.byteLength
  }

  /** The name at a position, which must be there. */
  at(position: number): string {
    const start = this.#starts[position] ?? 0
    const end = endOf(this.#bytes, start)
    return this.#reader.window(this.#bytes, start, end).text(end - start)
  }

  slice(from: number, to: number): string[] {
    const names: string[] = []
    for (let i = Math.max(0, from); i < Math.min(to, this.count); i += 1) names.push(this.at(i))
    return names
  }

  /** The position of the first name that is not before `name`; `count` when all are. */
  from(name: string): number {
    const wanted = utf8Encode(name)
    let [low, high] = [0, this.count]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#compare(middle, wanted) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  /** -1: there is no such name. */
  positionOf(name: string): number {
    const position = this.from(name)
    return position < this.count && this.#compare(position, utf8Encode(name)) === 0 ? position : -1
  }

  #compare(position: number, wanted: Uint8Array): number {
    const bytes = this.#bytes
    const start = this.#starts[position] ?? 0
    const length = endOf(bytes, start) - start
    const both = Math.min(length, wanted.length)
    for (let i = 0; i < both; i += 1) {
      const difference = (bytes[start + i] ?? 0) - (wanted[i] ?? 0)
      if (difference !== 0) return difference
    }
    return length - wanted.length
  }
}

/** For fakes: names as a server would send them. */
export function packNames(names: readonly string[]): PackedNames {
  const writer = new JuteWriter()
  writer.vector(names, (to, name) => to.ustring(name))
  return readPackedNames(new JuteReader(writer.take()))
}
