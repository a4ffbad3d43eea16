// Real sockets under rules: what each side sees of a cut, a one-way cut, a reset and a long way.

import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { freePort } from '../testing/free-port.ts'
import { FaultySocket } from './faulty-socket.ts'
import type { LinkRule } from './link-rule.ts'

const opened: (Server | Socket | FaultySocket)[] = []
const rule = (is: LinkRule) => ({ rule: is, hits: { count: 0 } })

afterEach(() => {
  for (const one of opened.splice(0)) {
    if ('destroy' in one) one.destroy()
    else one.close()
  }
})

interface Side {
  received: string
  ended: boolean
  closed: boolean
  error: string
}

function watch(socket: Socket | FaultySocket): Side {
  const side: Side = { received: '', ended: false, closed: false, error: '' }
  socket.on('data', (chunk: Buffer) => {
    side.received += chunk.toString()
  })
  socket.on('end', () => {
    side.ended = true
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    side.error = error.code ?? error.message
  })
  socket.on('close', () => {
    side.closed = true
  })
  return side
}

async function pair() {
  const port = await freePort()
  const accepted = new Promise<Socket>((resolve) => {
    const server = createServer({ noDelay: true }, resolve)
    opened.push(server)
    server.listen(port, '127.0.0.1')
  })
  const raw = await vi.waitFor(
    () =>
      new Promise<Socket>((resolve, reject) => {
        const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket))
        socket.on('error', reject)
      }),
  )
  const far = await accepted
  const near = new FaultySocket(raw, () => 0.5)
  opened.push(raw, far, near)
  return { near, far, atNear: watch(near), atFar: watch(far) }
}

test('without rules it is the socket below', async () => {
  const { near, far, atNear, atFar } = await pair()
  near.write('there')
  far.write('back')
  await vi.waitFor(() => expect([atFar.received, atNear.received]).toEqual(['there', 'back']))
  expect([near.bytesWritten, near.bytesRead]).toEqual([5, 4])
  near.end()
  await vi.waitFor(() => expect(atFar.ended).toBe(true))
  await vi.waitFor(() => expect(atNear.closed && atFar.closed).toBe(true))
})

test('one way cut: the other way goes on, and what was held back arrives at the end', async () => {
  const { near, far, atNear, atFar } = await pair()
  near.setRules({ out: rule({ type: 'cut' }), in: null })
  near.write('held ')
  near.write('back')
  far.write('heard')
  await vi.waitFor(() => expect(atNear.received).toBe('heard'))
  expect(atFar.received).toBe('')
  near.setRules({ out: null, in: null })
  await vi.waitFor(() => expect(atFar.received).toBe('held back'))
})

test('behind a cut not even the end of a connection is seen', async () => {
  const { near, far, atNear, atFar } = await pair()
  near.setRules({ out: rule({ type: 'cut' }), in: rule({ type: 'cut' }) })
  near.destroy()
  await vi.waitFor(() => expect(atNear.closed).toBe(true))
  far.write('into the void')
  await new Promise((resolve) => far.write('again', resolve))
  expect(atFar.closed).toBe(false)
  near.setRules({ out: null, in: null })
  await vi.waitFor(() => expect(atFar.closed).toBe(true))
})

test('the other side’s end comes behind what it sent, when the cut ends', async () => {
  const { near, far, atNear } = await pair()
  near.setRules({ out: null, in: rule({ type: 'cut' }) })
  far.end('last words')
  await new Promise((resolve) => far.once('finish', resolve))
  near.write('still open')
  expect([atNear.received, atNear.ended]).toEqual(['', false])
  near.setRules({ out: null, in: null })
  await vi.waitFor(() => expect([atNear.received, atNear.ended]).toEqual(['last words', true]))
})

test('a reset is seen at once on both sides', async () => {
  const { near, atNear, atFar } = await pair()
  near.reset()
  await vi.waitFor(() => expect([atNear.closed, atFar.closed, atFar.error]).toEqual([true, true, 'ECONNRESET']))
})

test('a sender is made to wait when too much is on its way', async () => {
  const { near } = await pair()
  near.setRules({ out: rule({ type: 'cut' }), in: null })
  for (let i = 0; i < 40; i += 1) near.write(Buffer.alloc(64 * 1024))
  await vi.waitFor(() => expect(near.writableNeedDrain).toBe(true))
  expect(near.writableLength, 'the rest waits above').toBeGreaterThan(1024 * 1024)
})

test('destroySoon sends what was written, and then closes', async () => {
  const { near, atNear, atFar } = await pair()
  near.setRules({ out: rule({ type: 'delay', ms: 50, jitterMs: 0 }), in: null })
  near.write('last words')
  near.destroySoon()
  expect(near.destroyed).toBe(false)
  await vi.waitFor(() => expect([atFar.received, atFar.closed, atNear.closed]).toEqual(['last words', true, true]))
})

test('a reset by the other side is a close, and no error that nobody listens to', async () => {
  const { near, far, atNear } = await pair()
  far.resetAndDestroy()
  await vi.waitFor(() => {
    if (near.writable) near.write('anybody?')
    expect(atNear.closed).toBe(true)
  })
  expect(atNear.error).toBe('')
})
