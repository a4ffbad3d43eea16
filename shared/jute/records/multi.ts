// The framing of multi and multiRead: a MultiHeader before each member and one that ends the list.
// What the members are is in request.ts and reply.ts. Source: MultiOperationRecord, MultiResponse.

import { DecodeError, type JuteReader } from '../reader.ts'
import type { JuteWriter } from '../writer.ts'

interface MultiHeader {
  /** An opcode; -1 at the end and for errors. */
  readonly type: number
  readonly done: boolean
  readonly err: number
}

export function writeMultiHeader(writer: JuteWriter, type: number, err: number): void {
  writer.int(type)
  writer.bool(false)
  writer.int(err)
}

export function writeMultiEnd(writer: JuteWriter): void {
  writer.int(-1)
  writer.bool(true)
  writer.int(-1)
}

function readMultiHeader(reader: JuteReader): MultiHeader {
  return { type: reader.int(), done: reader.bool(), err: reader.int() }
}

/** Reads members until the end header. Each takes 9 bytes at least, so the frame bounds their number. */
export function readMultiMembers<T>(
  reader: JuteReader,
  readMember: (reader: JuteReader, type: number) => T | null,
): T[] {
  const members: T[] = []
  for (;;) {
    const header = readMultiHeader(reader)
    if (header.done) return members
    const member = readMember(reader, header.type)
    if (member === null) throw new DecodeError(`a multi cannot hold an operation ${header.type}`)
    members.push(member)
  }
}
