import { createConnection, type Socket } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ClusterEvent, StreamHello } from '#shared/events/cluster-event.ts'
import { decodeFrame } from '#shared/events/wire/decode.ts'
import { systemClock } from '../clock.ts'
import { silentLogger } from '../logging.ts'
import { createTurn } from '../turn.ts'
import { createActivity } from './activity.ts'
import { BATCH_MS, createEventStream, type EventStream } from './event-stream.ts'

const SECRET = Buffer.from('00112233445566778899aabbccddeeff', 'hex')
const HELLO: StreamHello = {
  type: 'hello',
  version: 3,
  sid: 1,
  pid: 7,
  stats: {
    pid: 7,
    state: 'LOOKING',
    acceptedEpoch: 0,
    currentEpoch: 0,
    leader: null,
    lastZxid: '0x0',
    connections: 0,
    sessions: 0,
    znodes: 5,
    watches: 0,
    outstanding: 0,
    requests: 0,
    uptimeMs: 1,
    cpuMs: 1,
    rssBytes: 80_000_000,
  },
  phase: 'ELECTION',
  connections: [],
  watches: [],
  watchesTotal: 0,
  counts: createActivity(0),
  recent: [],
}

const streams: EventStream[] = []
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all(streams.splice(0).map((stream) => stream.close()))
})

async function start(queueBytesMax?: number, monotonicMs?: () => number) {
  const watched: boolean[] = []
  const stream = createEventStream({
    port: 0,
    secret: SECRET,
    hello: () => HELLO,
    onWatched: (on) => watched.push(on),
    converse: null,
    dropped: (count) => ({ type: 'dropped', t: 1, sid: 1, count }),
    clock: { ...systemClock(), ...(monotonicMs ? { monotonicMs } : {}) },
    turn: createTurn(),
    log: silentLogger(),
    ...(queueBytesMax === undefined ? {} : { queueBytesMax }),
  })
  streams.push(stream)
  return { stream, watched, port: await stream.listen() }
}

function attach(port: number, line: string) {
  const socket = createConnection(port, '127.0.0.1')
  sockets.push(socket)
  const frames: unknown[] = []
  let bytes = Buffer.alloc(0)
  let closed = false
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk])
    while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE(0)) {
      const length = bytes.readUInt32BE(0)
      const body = bytes.subarray(4, 4 + length)
      frames.push(frames.length === 0 ? JSON.parse(body.toString()) : decodeFrame(body))
      bytes = bytes.subarray(4 + length)
    }
  })
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    closed = true
  })
  socket.write(line)
  return { socket, frames, closed: () => closed }
}

const notServing = (reason: string): ClusterEvent => ({ type: 'notServing', t: 1, sid: 1, reason })

describe('the event stream', () => {
  test('greets an observer that knows the secret, then sends batches', async () => {
    const { stream, watched, port } = await start()
    const observer = attach(port, `${SECRET.toString('hex')}\n`)
    await vi.waitFor(() => expect(observer.frames).toEqual([HELLO]))
    expect(watched).toEqual([true])
    stream.emit(notServing('a'))
    stream.emit(notServing('é'))
    await vi.waitFor(() => expect(observer.frames[1]).toEqual([notServing('a'), notServing('é')]))
    observer.socket.destroy()
    await vi.waitFor(() => expect(watched).toEqual([true, false]))
  })

  test('sends at the end of the turn after a silence, and waits while it has just sent', async () => {
    let nowMs = 1000
    const { stream, port } = await start(undefined, () => nowMs)
    const observer = attach(port, `${SECRET.toString('hex')}\n`)
    await vi.waitFor(() => expect(observer.frames).toHaveLength(1))
    const timers = vi.spyOn(globalThis, 'setTimeout')
    stream.emit(notServing('first'))
    expect(timers).not.toHaveBeenCalled()
    await new Promise(setImmediate)
    nowMs += BATCH_MS - 2
    stream.emit(notServing('too soon'))
    stream.emit(notServing('with it'))
    expect(timers.mock.calls.map(([, ms]) => ms)).toEqual([2])
    timers.mockRestore()
    await vi.waitFor(() =>
      expect(observer.frames.slice(1)).toEqual([
        [notServing('first')],
        [notServing('too soon'), notServing('with it')],
      ]),
    )
  })

  test.each([
    ['a wrong secret', `${'0'.repeat(32)}\n`],
    ['a short secret', '00\n'],
    ['no end of line', 'x'.repeat(2000)],
  ])('closes on %s', async (_, line) => {
    const { watched, port } = await start()
    const observer = attach(port, line)
    await vi.waitFor(() => expect(observer.closed()).toBe(true))
    expect(observer.frames).toEqual([])
    expect(watched).toEqual([])
  })

  test('drops what a full queue cannot hold, and says how much', async () => {
    const { stream, port } = await start(100)
    const observer = attach(port, `${SECRET.toString('hex')}\n`)
    await vi.waitFor(() => expect(observer.frames).toHaveLength(1))
    for (let i = 0; i < 10; i += 1) stream.emit(notServing(`event ${i}, of more bytes than the queue takes`))
    await vi.waitFor(() => expect(observer.frames).toHaveLength(2))
    expect(observer.frames[1]).toEqual([{ type: 'dropped', t: 1, sid: 1, count: 10 }])
    stream.emit(notServing('heard again'))
    await vi.waitFor(() => expect(observer.frames[2]).toEqual([notServing('heard again')]))
  })

  test('tells who comes later only what happens from then on', async () => {
    const { stream, port } = await start(undefined, () => 0)
    const first = attach(port, `${SECRET.toString('hex')}\n`)
    await vi.waitFor(() => expect(first.frames).toHaveLength(1))
    stream.emit(notServing('before'))
    const second = attach(port, `${SECRET.toString('hex')}\n`)
    await vi.waitFor(() => expect(second.frames).toHaveLength(1))
    stream.emit(notServing('after'))
    await vi.waitFor(() => expect(second.frames.slice(1)).toEqual([[notServing('after')]]))
    expect(first.frames.slice(1).flat()).toEqual([notServing('before'), notServing('after')])
  })
})
