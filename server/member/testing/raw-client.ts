// For tests: a client connection of which every byte is ours. Requests go out as frames, whatever comes back
// is kept in order.

import { createConnection, type Socket } from 'node:net'
import { Framer } from '#shared/jute/framer.ts'
import { JuteReader } from '#shared/jute/reader.ts'
import { writeRequest } from '#shared/jute/records/client-frame.ts'
import { readConnectResponse, writeConnectRequest } from '#shared/jute/records/connect.ts'
import { readReplyHeader } from '#shared/jute/records/header.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import { NO_SESSION } from '#shared/zk/ids.ts'
import type { ClientRequest, ConnectRequest, ConnectResponse } from '#shared/zk/request.ts'
import { ZERO_ZXID } from '#shared/zk/zxid.ts'

export interface RawClient {
  readonly socket: Socket
  /** Everything received, as bytes. */
  received(): Buffer
  /** Whole frames received, without their lengths. */
  frames(): Uint8Array[]
  closed(): boolean
  send(hex: string): void
  sendFrame(write: (writer: JuteWriter) => void): void
  connect(fields?: Partial<ConnectRequest>): void
  request(xid: number, request: ClientRequest): void
  connectResponse(): ConnectResponse
  /** [xid, err] of the replies behind the ConnectResponse. */
  replies(): [number, number][]
}

export function rawClient(port: number): RawClient {
  return rawClientOn(createConnection(port, '127.0.0.1'))
}

/** Over a socket of the test's own, for example one with TLS. */
export function rawClientOn(socket: Socket): RawClient {
  const chunks: Buffer[] = []
  let closed = false
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    closed = true
  })
  const client: RawClient = {
    socket,
    received: () => Buffer.concat(chunks),
    frames() {
      const framer = new Framer(2 ** 28)
      framer.push(Buffer.concat(chunks))
      const frames: Uint8Array[] = []
      for (let frame = framer.next(); frame.type === 'frame'; frame = framer.next()) frames.push(frame.bytes)
      return frames
    },
    closed: () => closed,
    send: (hex) => void socket.write(Buffer.from(hex, 'hex')),
    sendFrame(write) {
      const writer = new JuteWriter()
      const place = writer.beginLength()
      write(writer)
      writer.endLength(place)
      socket.write(writer.take())
    },
    connect: (fields) => client.sendFrame((writer) => writeConnectRequest(writer, { ...NEW_SESSION, ...fields })),
    request: (xid, request) => client.sendFrame((writer) => writeRequest(writer, xid, request)),
    connectResponse: () => readConnectResponse(new JuteReader(client.frames()[0] ?? new Uint8Array(0))),
    replies: () =>
      client
        .frames()
        .slice(1)
        .map((frame) => {
          const { xid, err } = readReplyHeader(new JuteReader(frame))
          return [xid, err]
        }),
  }
  return client
}

const NEW_SESSION: ConnectRequest = {
  protocolVersion: 0,
  lastZxidSeen: ZERO_ZXID,
  timeoutMs: 10_000,
  sessionId: NO_SESSION,
  passwd: new Uint8Array(16),
  readOnly: false,
}
