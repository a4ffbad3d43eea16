// What follows a SNAP packet: the tree as the storage encodes it, then the signature by which the learner
// knows that it has all of it. Source: LearnerHandler.run, zab.md §5.

import { JuteWriter } from '#shared/jute/writer.ts'
import type { DataTree } from '#shared/tree/data-tree.ts'
import { encodeTree } from '../../storage/snapshot-encode.ts'
import { STREAM_SIGNATURE } from '../../storage/snapshot-format.ts'

/** The tree may change between two slices: whoever reads it applies all txns after the SNAP's zxid again. */
export function* encodeSnapshotStream(tree: DataTree): Generator<Uint8Array, void> {
  yield* encodeTree(tree)
  const writer = new JuteWriter(64)
  writer.ustring(STREAM_SIGNATURE)
  yield writer.take()
}
