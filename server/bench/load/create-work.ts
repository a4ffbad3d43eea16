// Creates znodes with names that count up, in a directory of the connection's own.

import { OPEN_ACL } from '#shared/zk/acl.ts'
import { frameOf, PATH_AT, REPLY_HEADER_BYTES, stampedData } from './frames.ts'
import { createdPath, NAME_DIGITS } from './layout.ts'
import type { Work } from './work.ts'

export class CreateWork implements Work {
  readonly frameBytesMax: number
  readonly directory: string
  readonly #frame: Buffer
  readonly #pathBytes: number
  #sent: number
  #answered: number

  /** The first znode is number `from`. */
  constructor(directory: string, bytes: number, from = 0) {
    this.directory = directory
    const path = createdPath(directory, 0)
    this.#pathBytes = path.length
    const data = stampedData(bytes, 0, 0)
    this.#frame = frameOf({ type: 'create', path, data, acl: OPEN_ACL, flags: 0 })
    this.frameBytesMax = this.#frame.length
    this.#sent = from
    this.#answered = from
  }

  /** Numbers below this were created. */
  get created(): number {
    return this.#answered
  }

  next(_slot: number, into: Buffer, at: number): number {
    into.set(this.#frame, at)
    let number = this.#sent
    this.#sent += 1
    const last = at + PATH_AT + this.#pathBytes - 1
    for (let digit = 0; digit < NAME_DIGITS; digit += 1) {
      into[last - digit] = 48 + (number % 10)
      number = Math.trunc(number / 10)
    }
    return this.#frame.length
  }

  wrong(_slot: number, view: DataView, at: number, end: number): string | null {
    const due = this.#answered
    this.#answered += 1
    const length = end - at - REPLY_HEADER_BYTES - 4
    if (length !== this.#pathBytes) return `a create is answered with a path of ${length} bytes`
    let number = 0
    for (let place = end - NAME_DIGITS; place < end; place += 1) number = number * 10 + view.getUint8(place) - 48
    return number === due ? null : `number ${number} was created where ${due} was due`
  }
}
