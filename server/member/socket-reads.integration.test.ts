import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { listen, stopListening } from './listening.ts'
import { divert, onBytes } from './socket-reads.ts'
import { SocketWriter } from './socket-writer.ts'
import { createTurn } from './turn.ts'

const opened: Socket[] = []
const servers: Server[] = []
const WAIT = { timeout: 10_000 }

afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy()
  await Promise.all(servers.splice(0).map(stopListening))
})

async function pair(): Promise<{ readonly near: Socket; readonly far: Socket }> {
  let accepted: Socket | null = null
  const server = createServer({ noDelay: true }, (socket) => {
    accepted = socket
  })
  servers.push(server)
  const port = await listen(server, 'test', { port: 0, host: '127.0.0.1' })
  const far = createConnection(port, '127.0.0.1')
  await vi.waitFor(() => expect(accepted).not.toBeNull(), WAIT)
  const near = accepted as unknown as Socket // set by the callback
  opened.push(near, far)
  return { near, far }
}

test('this Node lets reads go into one piece of memory', async () => {
  const { near } = await pair()
  expect(divert(near, () => undefined)).toBe(true)
})

test('what has been read stays as it was when more comes, on any socket', async () => {
  const [one, other] = [await pair(), await pair()]
  const got: Uint8Array[] = []
  onBytes(one.near, (bytes) => got.push(bytes))
  onBytes(other.near, (bytes) => got.push(bytes))
  one.far.write('first')
  await vi.waitFor(() => expect(got).toHaveLength(1), WAIT)
  other.far.write('SECOND')
  await vi.waitFor(() => expect(got).toHaveLength(2), WAIT)
  one.far.write('third')
  await vi.waitFor(() => expect(got).toHaveLength(3), WAIT)
  expect(got.map((bytes) => Buffer.from(bytes).toString())).toEqual(['first', 'SECOND', 'third'])
})

test('a paused socket reads nothing until it is resumed, and nothing is lost', async () => {
  const { near, far } = await pair()
  let bytes = 0
  let held = 0
  onBytes(near, (chunk) => {
    bytes += chunk.length
    near.pause()
    held += 1
  })
  const all = 8 * 1024 * 1024
  far.write(Buffer.alloc(all, 1))
  await vi.waitFor(() => expect(held).toBe(1), WAIT)
  for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate)
  expect(held).toBe(1)
  while (bytes < all) {
    const before = held
    near.resume()
    await vi.waitFor(() => expect(held).toBe(before + 1), { ...WAIT, interval: 1 })
  }
  expect(bytes).toBe(all)
})

test('the end of the other side ends the socket', async () => {
  const { near, far } = await pair()
  let closed = false
  near.on('close', () => {
    closed = true
  })
  onBytes(near, () => undefined)
  far.end('bye')
  await vi.waitFor(() => expect(closed).toBe(true), WAIT)
})

test('bytes that were read before are not lost: then the stream stays in between', async () => {
  const { near, far } = await pair()
  near.once('data', (chunk) => {
    near.pause()
    near.unshift(chunk)
  })
  far.write('early')
  await vi.waitFor(() => expect(near.readableLength).toBe(5), WAIT)
  let text = ''
  onBytes(near, (bytes) => {
    text += Buffer.from(bytes).toString()
  })
  near.resume()
  far.write(' late')
  await vi.waitFor(() => expect(text).toBe('early late'), WAIT)
})

test('a writer whose reader is slow keeps the order: what the system does not take waits for its turn', async () => {
  const { near, far } = await pair()
  const runs: (() => void)[] = []
  const writer = new SocketWriter(
    near,
    createTurn((run) => runs.push(run)),
  )
  const received: Buffer[] = []
  let count = 0
  let wrote = 0
  // Far more than the system keeps for a reader that does not read.
  const rounds = 400
  const ints = 16 * 1024
  for (let round = 0; round < rounds; round += 1) {
    for (let i = 0; i < ints; i += 1) writer.records.int(round * ints + i)
    if (round % 100 === 0) writer.onceWritten(() => (wrote += 1))
    writer.touch()
    for (const run of runs.splice(0)) run()
  }
  expect(writer.queuedBytes).toBeGreaterThan(0)
  far.on('data', (chunk) => {
    received.push(chunk)
    count += chunk.length
  })
  await vi.waitFor(() => expect(count).toBe(rounds * ints * 4), { timeout: 30_000 })
  const all = Buffer.concat(received)
  let wrong = 0
  for (let i = 0; i < rounds * ints; i += 1) if (all.readInt32BE(i * 4) !== i) wrong += 1
  expect(wrong).toBe(0)
  await vi.waitFor(() => expect(wrote).toBe(4), WAIT)
  expect(writer.queuedBytes).toBe(0)
})
