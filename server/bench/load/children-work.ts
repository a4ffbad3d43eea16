// Lists directories of ten children each.

import { createPrng, nextUint32, type Prng } from '#shared/base/prng.ts'
import { frameOf, REPLY_HEADER_BYTES, STAT_BYTES, STAT_NUM_CHILDREN_AT } from './frames.ts'
import { CHILDREN, childrenPath, DIRECTORIES } from './layout.ts'
import type { Work } from './work.ts'

/** Each name is a length and one digit. */
const NAME_BYTES = 5
const ALL_SEEN = 2 ** CHILDREN - 1

export class ChildrenWork implements Work {
  readonly frameBytesMax: number
  readonly #frames: readonly Buffer[]
  readonly #prng: Prng

  constructor(seed: number) {
    this.#prng = createPrng(seed)
    this.#frames = Array.from({ length: DIRECTORIES }, (_, number) =>
      frameOf({ type: 'getChildren2', path: childrenPath(number), watch: false }),
    )
    this.frameBytesMax = Math.max(...this.#frames.map((frame) => frame.length))
  }

  next(_slot: number, into: Buffer, at: number): number {
    const frame = this.#frames[nextUint32(this.#prng) % DIRECTORIES]
    if (!frame) return 0
    into.set(frame, at)
    return frame.length
  }

  wrong(_slot: number, view: DataView, at: number, end: number): string | null {
    const list = at + REPLY_HEADER_BYTES
    const stat = list + 4 + CHILDREN * NAME_BYTES
    if (end !== stat + STAT_BYTES || view.getInt32(list) !== CHILDREN) return `a listing has ${end - at} bytes`
    let seen = 0
    for (let place = list + 8; place < stat; place += NAME_BYTES) seen |= 1 << (view.getUint8(place) - 48)
    if (seen !== ALL_SEEN) return 'a listing has other names than 0 to 9'
    return view.getInt32(stat + STAT_NUM_CHILDREN_AT) === CHILDREN ? null : 'the Stat of a listing counts otherwise'
  }
}
