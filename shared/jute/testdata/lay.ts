// Bytes laid by hand, field by field as the reference documents a record: for forms that could not be recorded.
// Knows nothing of JuteWriter, so that it can contradict it. For tests only.

import { utf8Encode } from '../../base/text.ts'

export type Field = readonly number[]

/** The fields behind each other. */
export function lay(...fields: readonly Field[]): Uint8Array {
  return Uint8Array.from(fields.flat())
}

/** Several fields as one. */
export function all(...fields: readonly Field[]): Field {
  return fields.flat()
}

export function byte(value: number): Field {
  return [value & 0xff]
}

export function int(value: number): Field {
  return [24, 16, 8, 0].map((shift) => (value >> shift) & 0xff)
}

export function long(value: bigint | number): Field {
  const bits = BigInt.asUintN(64, BigInt(value))
  return [56n, 48n, 40n, 32n, 24n, 16n, 8n, 0n].map((shift) => Number((bits >> shift) & 0xffn))
}

/** A ustring; null has the length -1. */
export function str(value: string | null): Field {
  return buf(value === null ? null : [...utf8Encode(value)])
}

/** A buffer; null has the length -1. */
export function buf(value: Field | null): Field {
  return value === null ? int(-1) : [...int(value.length), ...value]
}

export function vec(...items: readonly Field[]): Field {
  return [...int(items.length), ...items.flat()]
}

/** What `world:anyone` with all permissions looks like in a vector of ACLs. */
export const OPEN: Field = vec(all(int(31), str('world'), str('anyone')))
