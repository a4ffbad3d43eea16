// What the tests know of each kind of record: how it is read and written, and samples of it. The samples are in
// client-records.ts, quorum-records.ts and entry-records.ts. For tests only.

import { DecodeError } from '../reader.ts'
import type { JuteWriter } from '../writer.ts'
import type { Vector } from './vectors.ts'

export type Outcome =
  /** `length`: how many bytes it took; of what fills a frame, all of them. */
  | { readonly type: 'value'; readonly value: unknown; readonly length: number }
  | { readonly type: 'incomplete' }
  | { readonly type: 'refused' }

export interface Sample {
  readonly id: string
  readonly bytes: Uint8Array
  /** What it means. Of recorded bytes decoded.txt says so. */
  readonly value?: unknown
  /** Bytes that we read but do not write: why writing the value gives others. */
  readonly readOnly?: string
}

export interface RecordKind {
  readonly name: string
  /** frame: something outside says where it ends. itself: it stands in a stream and says so itself. */
  readonly endsWith: 'frame' | 'itself'
  readonly read: (bytes: Uint8Array) => Outcome
  readonly write: (writer: JuteWriter, value: unknown) => void
  readonly samples: readonly Sample[]
  /** What the first `end` bytes of a sample mean where a shorter form ends there, else undefined. */
  readonly shorter: (value: unknown, end: number, whole: Uint8Array) => unknown
  /** Whether bytes behind the record would be read as part of it. */
  readonly junkMatters: (value: unknown) => boolean
}

interface Spec<T> {
  readonly name: string
  readonly samples: readonly Sample[]
  readonly write: (writer: JuteWriter, value: T) => void
  readonly shorter?: (value: T, end: number, whole: Uint8Array) => unknown
  readonly junkMatters?: (value: T) => boolean
}

/** A kind whose decoder is given all bytes of a frame; null from `read` means "refused", like DecodeError. */
export function framedKind<T>(spec: Spec<T> & { readonly read: (bytes: Uint8Array) => T | null }): RecordKind {
  return {
    ...erased(spec),
    endsWith: 'frame',
    read(bytes) {
      try {
        const value = spec.read(bytes)
        return value === null ? { type: 'refused' } : { type: 'value', value, length: bytes.length }
      } catch (error) {
        if (error instanceof DecodeError) return { type: 'refused' }
        throw error
      }
    },
  }
}

type Found<T> = { readonly value: T; readonly length: number }

/** A kind that stands in a stream; its decoder throws nothing at all. */
export function streamKind<T>(
  spec: Spec<T> & { readonly read: (bytes: Uint8Array) => Found<T> | 'incomplete' | 'refused' },
): RecordKind {
  return {
    ...erased(spec),
    endsWith: 'itself',
    read(bytes) {
      const found = spec.read(bytes)
      return typeof found === 'string' ? { type: found } : { type: 'value', ...found }
    },
  }
}

/** The table holds kinds of different values; each is only given what its own `read` returned. */
function erased<T>(spec: Spec<T>): Omit<RecordKind, 'endsWith' | 'read'> {
  const { shorter, junkMatters } = spec
  return {
    name: spec.name,
    samples: spec.samples,
    write: (writer, value) => spec.write(writer, value as T),
    shorter: (value, end, whole) => shorter?.(value as T, end, whole),
    junkMatters: (value) => junkMatters?.(value as T) ?? false,
  }
}

/** Recorded frames of the client port, without their lengths. */
export function unframed(vectors: readonly Vector[]): Sample[] {
  return vectors.map(({ id, bytes }) => ({ id, bytes: bytes.subarray(4) }))
}

/** For decoded.txt: a value in one line, buffers and big integers as hex. */
export function show(value: unknown): string {
  if (value instanceof Uint8Array) return `<${[...value].map((b) => b.toString(16).padStart(2, '0')).join('')}>`
  if (typeof value === 'bigint') return `0x${value.toString(16)}`
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{ ${Object.entries(value)
    .map(([key, part]) => `${key}: ${show(part)}`)
    .join(', ')} }`
}
