// A server on a real socket that behaves badly at a chosen moment: in the handshake, or when the first request comes.

import net, { type Socket } from 'node:net'
import { writeConnectResponse } from '#shared/jute/records/connect.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import { asSessionId } from '#shared/zk/ids.ts'

const HEX = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex')
/** A reply header with err 0, and so the start of an answer to `xid`. */
const header = (xid: number) => {
  const bytes = Buffer.alloc(16)
  bytes.writeInt32BE(xid)
  return bytes
}
const framed = (body: Uint8Array) => {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  return Buffer.concat([length, body])
}

/** What it does instead of what a server does. */
export const MISDEEDS = {
  'never answers': () => undefined,
  'closes at once': (socket: Socket) => socket.end(),
  'breaks off': (socket: Socket) => socket.resetAndDestroy(),
  'answers garbage': (socket: Socket) => socket.write(Buffer.alloc(4096, 'GET / HTTP/1.1\r\n')),
  'closes in mid-frame': (socket: Socket) => socket.end(HEX('00000064 0000 0001')),
  'says a huge length': (socket: Socket) => socket.write(HEX('7fffffff 00000001')),
  'says a negative length': (socket: Socket) => socket.write(HEX('ffffff00 00000001')),
  'says a length of zero': (socket: Socket) => socket.write(HEX('00000000')),
  'sends a frame that is too short': (socket: Socket) => socket.write(framed(HEX('0000'))),
  'answers a request that nobody made': (socket: Socket) => socket.write(framed(header(77))),
  'answers with a body that cannot be': (socket: Socket) =>
    socket.write(framed(Buffer.concat([header(1), HEX('7ffffff0 00')]))),
  'answers byte by byte, and stops': (socket: Socket) => {
    for (const byte of HEX('00000014 00000001')) socket.write(Buffer.of(byte))
  },
} as const
export type Misdeed = keyof typeof MISDEEDS

export interface BadServer {
  readonly address: string
  close(): void
}

/** @param when handshake: to the first frame. request: it gives a session first, with this timeout. */
export async function startBadServer(
  misdeed: Misdeed,
  when: 'handshake' | 'request',
  sessionTimeoutMs: number,
): Promise<BadServer> {
  const sockets = new Set<Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    let frames = 0
    socket.on('data', () => {
      frames += 1
      if (when === 'request' && frames === 1) socket.write(welcome(sessionTimeoutMs))
      else MISDEEDS[misdeed](socket)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const at = server.address()
  if (at === null || typeof at === 'string') throw new Error('a TCP server has a port')
  return {
    address: `127.0.0.1:${at.port}`,
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

function welcome(timeoutMs: number): Buffer {
  const writer = new JuteWriter()
  const passwd = new Uint8Array(16).fill(7)
  writeConnectResponse(writer, { protocolVersion: 0, timeoutMs, sessionId: asSessionId(7n), passwd, readOnly: false })
  return framed(writer.take())
}
