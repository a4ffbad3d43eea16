// Frames of bytes into events. Every byte is checked: what comes out has exactly the shape that fields.ts describes, so
// nobody checks it again. Layout: fields.ts.

import { unreachable } from '../../base/assert.ts'
import type { ClusterEvent } from '../cluster-event.ts'
import { ByteReader, FrameError } from './bytes.ts'
import { EVENT_FIELDS, EVENT_TYPES, type Field, type Kind, LIST_MAX, WIRE_VERSION } from './fields.ts'

/**
 * The events of one frame, in order. Throws FrameError.
 * @param ownText what an event that was written as JSON means; left out: no event may be
 */
export function decodeFrame(frame: Uint8Array): ClusterEvent[]
export function decodeFrame<Own>(frame: Uint8Array, ownText: (json: string) => Own): (ClusterEvent | Own)[]
export function decodeFrame<Own>(frame: Uint8Array, ownText?: (json: string) => Own): (ClusterEvent | Own)[] {
  const bytes = new ByteReader(frame)
  const version = bytes.byte()
  if (version !== WIRE_VERSION)
    throw new FrameError(`a frame of version ${version}; this one is ${WIRE_VERSION}: start all from one build`)
  const firstMs = bytes.float()
  const events: (ClusterEvent | Own)[] = []
  while (!bytes.isAtEnd) {
    const code = bytes.byte()
    if (code === 0) {
      const text = bytes.text()
      if (!ownText) throw new FrameError('an event as text, which no member sends')
      events.push(ownText(text))
    } else events.push(readEvent(bytes, code, firstMs))
  }
  return events
}

function readEvent(bytes: ByteReader, code: number, firstMs: number): ClusterEvent {
  const type = EVENT_TYPES[code - 1]
  const fields = EVENT_FIELDS[code]
  if (type === undefined || fields === undefined) throw new FrameError(`an event of the unknown type ${code}`)
  const sid = bytes.number()
  const t = firstMs + bytes.number() / 1000
  if (!Number.isSafeInteger(sid) || !Number.isFinite(t)) throw new FrameError('an event of nobody, or of no time')
  const event: Record<string, unknown> = { t, sid, type }
  try {
    readFields(bytes, event, fields)
  } catch (error) {
    throw error instanceof FrameError ? new FrameError(`${type}.${error.message}`) : error
  }
  return event as unknown as ClusterEvent // its fields are those of LAYOUTS, which is typed by the very events
}

function readFields(bytes: ByteReader, into: Record<string, unknown>, fields: readonly Field[]): void {
  let reading = ''
  try {
    for (const [name, kind] of fields) {
      reading = name
      into[name] = readValue(bytes, kind)
    }
  } catch (error) {
    throw error instanceof FrameError ? new FrameError(`${reading}: ${error.message}`) : error
  }
}

function readValue(bytes: ByteReader, kind: Kind): unknown {
  switch (kind) {
    case 'number':
      return bytes.number()
    case 'hex':
      return bytes.hex()
    case 'text':
      return bytes.text()
    case 'bool':
      return readBool(bytes)
    case 'number?':
      return readBool(bytes) ? bytes.number() : null
    case 'text?':
      return readBool(bytes) ? bytes.text() : null
    case 'numbers':
      return readList(bytes, () => bytes.number())
    default:
      break
  }
  if ('oneOf' in kind) {
    const word = kind.oneOf[bytes.byte()]
    if (word === undefined) throw new FrameError('a word that the field does not have')
    return word
  }
  if ('record' in kind) return readRecord(bytes, kind.record)
  if ('listOf' in kind) return readList(bytes, () => readRecord(bytes, kind.listOf))
  return unreachable(kind)
}

function readRecord(bytes: ByteReader, fields: readonly Field[]): Record<string, unknown> {
  const record: Record<string, unknown> = {}
  readFields(bytes, record, fields)
  return record
}

function readBool(bytes: ByteReader): boolean {
  const byte = bytes.byte()
  if (byte > 1) throw new FrameError('a truth value that is neither')
  return byte === 1
}

function readList<T>(bytes: ByteReader, item: () => T): T[] {
  const length = bytes.unsigned()
  if (length > LIST_MAX) throw new FrameError(`a list of ${length}`)
  const list: T[] = []
  for (let i = 0; i < length; i += 1) list.push(item())
  return list
}
