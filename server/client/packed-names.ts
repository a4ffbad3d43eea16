// A vector of names taken over as bytes: a million strings would cost a second and a hundred megabytes. What they are good
// for, order and search, is for those who keep them.

import { DecodeError, type JuteReader } from '#shared/jute/reader.ts'
import type { PackedNames } from './answers.ts'

const LENGTH_BYTES = 4
const NO_NAMES: PackedNames = { bytes: new Uint8Array(0), starts: new Uint32Array(0) }

/** A copy of the vector at the reader, which stands behind it afterwards. Throws DecodeError. */
export function readPackedNames(reader: JuteReader): PackedNames {
  const count = reader.int()
  if (count <= 0) {
    if (count < -1) throw new DecodeError(`a vector of ${count} items`)
    return NO_NAMES
  }
  if (count * LENGTH_BYTES > reader.remaining)
    throw new DecodeError(`a vector of ${count} items does not fit into ${reader.remaining} bytes`)
  const rest = reader.peekRest()
  const view = new DataView(rest.buffer, rest.byteOffset, rest.byteLength)
  const starts = new Uint32Array(count)
  let at = 0
  for (let i = 0; i < count; i += 1) {
    if (at + LENGTH_BYTES > rest.length) throw new DecodeError('the names end early')
    const length = view.getInt32(at)
    at += LENGTH_BYTES
    if (length < 0 || length > rest.length - at) throw new DecodeError(`a name of ${length} bytes`)
    starts[i] = at
    at += length
  }
  reader.skip(at)
  // A copy of just these bytes: the memory of the frame may be twice as large, and is given back.
  return { bytes: rest.slice(0, at), starts }
}
