// Events into frames of bytes, many to a frame. Layout: fields.ts. When a frame leaves is the caller's business.

import { assert, unreachable } from '../../base/assert.ts'
import type { GatewayEvent } from '../socket-protocol.ts'
import { ByteWriter } from './bytes.ts'
import { EVENT_CODES, EVENT_FIELDS, type Field, type Kind, WIRE_VERSION } from './fields.ts'

/** Values by name, as the tables of fields.ts describe them. */
type Values = Readonly<Record<string, unknown>>

export class FrameEncoder {
  readonly #bytes = new ByteWriter()
  #firstMs = 0
  #count = 0

  /** Events in the frame that is being written, and its bytes so far. */
  get count(): number {
    return this.#count
  }

  get length(): number {
    return this.#bytes.length
  }

  /** A type that fields.ts does not have, as the gateway's own, is written as JSON. */
  push(event: GatewayEvent): void {
    const bytes = this.#bytes
    if (this.#count === 0) {
      this.#firstMs = event.t
      bytes.byte(WIRE_VERSION)
      bytes.float(event.t)
    }
    this.#count += 1
    const code = EVENT_CODES.get(event.type) ?? 0
    bytes.byte(code)
    if (code === 0) return bytes.text(JSON.stringify(event))
    bytes.number(event.sid)
    bytes.number(Math.round((event.t - this.#firstMs) * 1000))
    writeFields(bytes, event as unknown as Values, EVENT_FIELDS[code] ?? []) // LAYOUTS is typed by the very events
  }

  /** The frame, or null when nothing was pushed. */
  take(): Uint8Array | null {
    if (this.#count === 0) return null
    this.#count = 0
    return this.#bytes.take()
  }
}

function writeFields(bytes: ByteWriter, values: Values, fields: readonly Field[]): void {
  for (let i = 0; i < fields.length; i += 1) {
    const field = fields[i]
    if (field) writeValue(bytes, values[field[0]], field[1])
  }
}

/** The kinds are checked against the events' types where they are listed, so each `as` here repeats what LAYOUTS says. */
function writeValue(bytes: ByteWriter, value: unknown, kind: Kind): void {
  switch (kind) {
    case 'number':
      return bytes.number(value as number)
    case 'hex':
      return bytes.hex(value as string)
    case 'text':
      return bytes.text(value as string)
    case 'bool':
      return bytes.byte(value === true ? 1 : 0)
    case 'number?':
      bytes.byte(value === null ? 0 : 1)
      if (value !== null) bytes.number(value as number)
      return
    case 'text?':
      bytes.byte(value === null ? 0 : 1)
      if (value !== null) bytes.text(value as string)
      return
    case 'numbers': {
      const list = value as readonly number[]
      bytes.unsigned(list.length)
      for (const item of list) bytes.number(item)
      return
    }
    default:
      break
  }
  if ('oneOf' in kind) {
    const index = kind.oneOf.indexOf(value as string)
    assert(index >= 0, 'an event holds one of the words of its field')
    bytes.byte(index)
  } else if ('record' in kind) writeFields(bytes, value as Values, kind.record)
  else if ('listOf' in kind) {
    const list = value as readonly Values[]
    bytes.unsigned(list.length)
    for (const item of list) writeFields(bytes, item, kind.listOf)
  } else unreachable(kind)
}
