// Bytes recorded from running Apache ZooKeeper 3.8.0 servers, by name: what our encoding must reproduce.
// For tests only.

import { assert } from '../../base/assert.ts'
import more from './more-vectors.json' with { type: 'json' }
import vectors from './vectors.json' with { type: 'json' }

export interface Vector {
  readonly id: string
  readonly bytes: Uint8Array
}

function toVector(recorded: { id: string; hex: string }): Vector {
  const bytes = Uint8Array.from(recorded.hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  return { id: recorded.id, bytes }
}

/** Frames of the client port, with their lengths. */
export const CLIENT_VECTORS: readonly Vector[] = [...vectors.client, ...more.client].map(toVector)
/**
 * Packets of the quorum port (`zab.…`), handshakes and notifications of the election port (`fle.…`), quorum
 * authentication (`auth.…`).
 */
export const QUORUM_VECTORS: readonly Vector[] = [...vectors.quorum, ...more.quorum].map(toVector)
/** Log files, up to the first bytes of their padding. */
export const STORAGE_VECTORS: readonly Vector[] = [...vectors.storage, ...more.storage].map(toVector)

/** The bytes recorded under `id`, which must exist. */
export function vector(id: string): Uint8Array {
  const found = [...CLIENT_VECTORS, ...QUORUM_VECTORS, ...STORAGE_VECTORS].find((v) => v.id === id)
  assert(found !== undefined, `a vector is recorded under ${id}`)
  return found.bytes
}

/** For readable failures: bytes as hex. */
export function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
