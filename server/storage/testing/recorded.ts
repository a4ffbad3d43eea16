// Files recorded from a running Apache ZooKeeper 3.8.0 with preAllocSize=64 KiB: an empty standalone database, a
// log of 29 txns (shared/jute has it), and the snapshot after them.

import { vector } from '#shared/jute/testdata/vectors.ts'
import vectors from './vectors.json' with { type: 'json' }

export function recordedSnapshot(id: keyof typeof vectors): Buffer {
  return Buffer.from(vectors[id], 'hex')
}

/** log.1 with the first 12 bytes of its padding. */
export function recordedLog(): Buffer {
  return Buffer.from(vector('storage.log'))
}
