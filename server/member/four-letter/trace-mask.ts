// ZooKeeper's trace mask: a long that `gtmk` shows and `stmk` sets. Source: ZooTrace, SetTraceMaskCommand.

import type { ServerFacts } from '../server-facts.ts'

/** CLIENT_REQUEST, SERVER_PACKET, SESSION and WARNING. */
export const TRACE_MASK_DEFAULT = 306n

/** `bytes`: eight of them, big-endian. Answers with the new mask. */
export function setTraceMask({ trace }: ServerFacts, bytes: Uint8Array): string {
  trace.mask = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigInt64(0)
  return String(trace.mask)
}

/** A long as Java reads it; null for anything else. */
export function parseTraceMask(text: string | null): bigint | null {
  if (text === null || !/^[+-]?\d{1,19}$/.test(text)) return null
  const value = BigInt(text.replace('+', ''))
  return BigInt.asIntN(64, value) === value ? value : null
}
