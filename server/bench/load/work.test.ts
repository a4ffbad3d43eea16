// Each check of an answer is shown an answer that is right, and then ones that are wrong.

import { expect, test } from 'vitest'
import { decodeClientFrame } from '#shared/jute/records/client-frame.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import { OrderCheck } from './check-order.ts'
import { ChildrenWork } from './children-work.ts'
import { CreateWork } from './create-work.ts'
import { STAT_BYTES, STAT_DATA_LENGTH_AT, STAT_NUM_CHILDREN_AT, STAT_VERSION_AT, stampedData } from './frames.ts'
import { type KeyedOp, KeyedWork } from './keyed-work.ts'
import type { Work } from './work.ts'

const BYTES = 100

function reply(xid: number, zxid: number, ...parts: readonly Uint8Array[]): DataView {
  const writer = new JuteWriter()
  writer.int(xid)
  writer.longNumber(zxid)
  writer.int(0)
  for (const part of parts) writer.raw(part)
  const bytes = writer.take()
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

function stat(version: number, dataLength: number, numChildren = 0): Uint8Array {
  const bytes = new Uint8Array(STAT_BYTES)
  const view = new DataView(bytes.buffer)
  view.setInt32(STAT_VERSION_AT, version)
  view.setInt32(STAT_DATA_LENGTH_AT, dataLength)
  view.setInt32(STAT_NUM_CHILDREN_AT, numChildren)
  return bytes
}

function buffer(bytes: Uint8Array): Uint8Array {
  const writer = new JuteWriter()
  writer.buffer(bytes)
  return writer.take()
}

function names(...all: readonly string[]): Uint8Array {
  const writer = new JuteWriter()
  writer.vector(all, (to, name) => to.ustring(name))
  return writer.take()
}

const wrongIn = (work: Work, view: DataView): string | null => work.wrong(0, view, 0, view.byteLength)

/** The next request, as a server would read it. */
function nextOf(work: Work): ReturnType<typeof decodeClientFrame> {
  const into = Buffer.alloc(work.frameBytesMax)
  const length = work.next(0, into, 0)
  expect(into.readInt32BE(0)).toBe(length - 4)
  return decodeClientFrame(into.subarray(4, length))
}

/** One key, number 7, at version 4. */
function keyed(op: KeyedOp, setsOf100 = 0): KeyedWork {
  return new KeyedWork({ root: '/r', bytes: BYTES, keys: [7], versions: [4], op, setsOf100, slots: 1, seed: 1 })
}

test('setData sends key and coming version in its data, and wants that version back', () => {
  const work = keyed('set')
  const data = stampedData(BYTES, 7, 5)
  expect(nextOf(work)).toMatchObject({ request: { type: 'setData', path: '/r/k0007', data, version: -1 } })
  expect(wrongIn(work, reply(1, 9, stat(5, BYTES)))).toBeNull()
  expect(work.versions()).toEqual([[7, 5]])
})

test.each([
  ['a version again', stat(4, BYTES), 'has version 4 where 5 was due'],
  ['a version left out', stat(6, BYTES), 'has version 6 where 5 was due'],
  ['a length', stat(5, 99), 'has 99 bytes'],
  ['half a Stat', stat(5, BYTES).subarray(0, 30), 'is answered with 46 bytes'],
])('setData complains of %s', (_, body, complaint) => {
  const work = keyed('set')
  nextOf(work)
  expect(wrongIn(work, reply(1, 9, body))).toContain(complaint)
})

test('getData wants the data of this key at this version', () => {
  const work = keyed('get')
  expect(nextOf(work)).toMatchObject({ request: { type: 'getData', path: '/r/k0007', watch: false } })
  const answer = (key: number, version: number): DataView =>
    reply(1, 9, buffer(stampedData(BYTES, key, version)), stat(4, BYTES))
  expect(wrongIn(work, answer(7, 4))).toBeNull()
  expect(wrongIn(work, answer(7, 3))).toContain('holds the data of 7 at 3')
  expect(wrongIn(work, answer(8, 4))).toContain('holds the data of 8 at 4')
  expect(wrongIn(work, reply(1, 9, buffer(stampedData(BYTES, 7, 4)), stat(3, BYTES)))).toContain('version 3')
  expect(wrongIn(work, reply(1, 9, buffer(new Uint8Array(99)), stat(4, 99)))).toContain('is answered with')
})

test('a read after a write of the same connection must see it', () => {
  const work = keyed('get', 50)
  let version = 4
  for (let sent = 0; sent < 100; sent += 1) {
    if (nextOf(work).type !== 'request') throw new Error('a request')
    // Answered as if every request were a read of the old version: right for reads only.
    const read = reply(1, 9, buffer(stampedData(BYTES, 7, version)), stat(version, BYTES))
    if (wrongIn(work, read) !== null) version += 1
  }
  expect(version).toBeGreaterThan(30)
  expect(work.versions()).toEqual([[7, version]])
})

test('create counts names up, and wants each back', () => {
  const work = new CreateWork('/d', BYTES, 9)
  expect(nextOf(work)).toMatchObject({ request: { type: 'create', path: '/d/n0000009' } })
  expect(nextOf(work)).toMatchObject({ request: { type: 'create', path: '/d/n0000010' } })
  const path = (text: string): DataView => reply(1, 9, buffer(new TextEncoder().encode(text)))
  expect(wrongIn(work, path('/d/n0000009'))).toBeNull()
  expect(wrongIn(work, path('/d/n0000011'))).toBe('number 11 was created where 10 was due')
  expect(wrongIn(work, path('/d/n1'))).toContain('a path of 5 bytes')
})

test('a listing has the names 0 to 9, each once', () => {
  const work = new ChildrenWork(1)
  const ten = [...'0123456789']
  expect(wrongIn(work, reply(1, 9, names(...ten), stat(0, 0, 10)))).toBeNull()
  expect(wrongIn(work, reply(1, 9, names(...ten.slice(1), '1'), stat(0, 0, 10)))).toContain('other names')
  expect(wrongIn(work, reply(1, 9, names(...ten.slice(1)), stat(0, 0, 10)))).toContain('bytes')
  expect(wrongIn(work, reply(1, 9, names(...ten), stat(0, 0, 9)))).toContain('counts otherwise')
})

test('answers come in the order of requests, and the zxid never goes back', () => {
  const order = new OrderCheck()
  expect(order.wrong(reply(1, 2 ** 32 + 5), 0, 1)).toBeNull()
  expect(order.wrong(reply(2, 2 ** 32 + 5), 0, 2)).toBeNull()
  expect(order.wrong(reply(4, 2 ** 32 + 6), 0, 3)).toBe('the answer to xid 3 was due, 4 came')
  expect(order.wrong(reply(3, 2 ** 32 + 4), 0, 3)).toBe('zxid 0x100000004 came after 0x100000005')
  expect(order.wrong(reply(4, -1), 0, 4)).toBeNull()
})
